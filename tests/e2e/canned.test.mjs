// Canned replies: an admin keeps them, whoever answers takes them, also several, also without a mouse.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, Windows } from './support/browser.mjs';
import { hears, openChat, openConversation, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

describe('canned replies', () => {
  let server, windows, admin, amara, chat;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    admin = await (await windows.person()).newPage();
    amara = await (await windows.person()).newPage();
    await signIn(admin, server.person(/^admin$/), '**/inbox');
    await signIn(amara, server.person(/^account manager/), '**/inbox');
    chat = await openChat(await (await windows.person()).newPage());
    await say(chat, 'Is anybody there?');
    await openConversation(amara, 'Is anybody there?');
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    windows?.assertQuiet();
  });

  const settings = async (page) => {
    await page.goto('/settings#replies');
    await page.getByRole('heading', { level: 1, name: 'Canned replies' }).waitFor();
    await page.getByText('/hello').waitFor();
  };
  const answer = () => amara.getByRole('textbox', { name: 'Write an answer' });
  const offered = () => amara.getByRole('listbox', { name: 'Canned replies' });

  it('an admin adds one, and is told what is wrong with it first', async () => {
    await settings(admin);
    await admin.getByRole('button', { name: 'Add a reply' }).click();
    const dialog = admin.getByRole('dialog', { name: 'New canned reply' });
    await dialog.getByLabel('Shortcut').fill('Thanks!');
    await dialog.getByLabel('Text').fill('Thank you, {{customer.nickname}}.');
    await dialog.getByRole('button', { name: 'Add' }).click();
    await dialog.getByText('A shortcut has 1 to 32').waitFor();
    await dialog.getByLabel('Shortcut').fill('thanks');
    await dialog.getByRole('button', { name: 'Add' }).click();
    await dialog.getByText('There is no {{customer.nickname}}').waitFor();
    await assertAccessible(admin, 'a canned reply with a mistake');
    await dialog.getByLabel('Text').fill('Thank you, {{customer.first_name|dear guest}} – until soon at {{business.name}}!');
    await dialog.getByRole('button', { name: 'Add' }).click();
    await admin.getByText('/thanks').waitFor();
    await picture(admin, 'settings-replies-desktop');
    await assertAccessible(admin, 'canned replies');
  });

  it('a shortcut is given once, and what two admins change at once is not overwritten', async () => {
    const other = await admin.context().newPage();
    await settings(other);
    await settings(admin);
    for (const page of [admin, other]) await page.getByRole('button', { name: 'Change /packs' }).click();
    await admin.getByLabel('Text').fill('From the first desk.');
    await admin.getByRole('button', { name: 'Save' }).click();
    await admin.getByText('From the first desk.').waitFor();
    await other.getByLabel('Text').fill('From the second desk.');
    await other.getByRole('button', { name: 'Save' }).click();
    await other.getByText('Somebody else has changed this canned reply meanwhile').waitFor();
    assert.equal(await other.getByLabel('Text').inputValue(), 'From the second desk.', 'what was written stays');
    await other.reload();
    await other.getByRole('button', { name: 'Change /packs' }).click();
    await other.getByLabel('Shortcut').fill('hello');
    await other.getByRole('button', { name: 'Save' }).click();
    await other.getByText('Another canned reply has this shortcut').waitFor();
    await other.close();
  });

  it('who answers takes several into one message by keyboard, with the names filled in', async () => {
    await answer().focus();
    await amara.keyboard.type('/he');
    await offered().getByRole('option', { name: /^\/hello/ }).waitFor();
    await picture(amara, 'inbox-replies-desktop');
    await assertAccessible(amara, 'canned replies on offer');
    await amara.keyboard.press('Shift+Enter');
    await offered().getByRole('option').nth(4).waitFor();
    await amara.keyboard.type('tha');
    await amara.keyboard.press('Enter');
    const text = 'Hi there, this is Amara of Balance Kitchen. How can I help?\nThank you, dear guest – until soon at Balance Kitchen!';
    assert.equal(await answer().inputValue(), text);
    await amara.keyboard.press('Enter');
    await hears(chat, text.replace('\n', ''));
  });

  it('on a phone there is a button for them, and the list fits', async () => {
    const phone = await (await windows.person({ size: 'phone' })).newPage();
    await signIn(phone, server.person(/^account manager/), '**/inbox');
    await openConversation(phone, 'Hi there, this is Amara');
    await phone.getByRole('button', { name: 'Canned replies' }).click();
    const list = phone.getByRole('listbox', { name: 'Canned replies' });
    await list.getByRole('option', { name: /^\/allergies/ }).waitFor();
    await picture(phone, 'inbox-replies-phone');
    const box = await list.boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 390 && box.y >= 0, JSON.stringify(box));
    await list.getByRole('option', { name: /^\/delivery/ }).click();
    assert.match(await phone.getByRole('textbox', { name: 'Write an answer' }).inputValue(), /^We deliver on Sundays/);
  });

  it('what is removed can be had back, and account managers only look', async () => {
    await settings(admin);
    await admin.getByRole('button', { name: 'Remove /allergies' }).click();
    await admin.getByText('/allergies is removed.').waitFor();
    await eventually(async () => assert.equal(await admin.getByRole('button', { name: 'Remove /allergies' }).count(), 0));
    await admin.getByRole('button', { name: 'Undo' }).click();
    await admin.getByRole('button', { name: 'Remove /allergies' }).waitFor();

    for (const number of [1, 2, 3, 4]) {
      await admin.getByRole('button', { name: 'Add a reply' }).click();
      await admin.getByLabel('Shortcut').fill(`extra-${number}`);
      await admin.getByLabel('Text').fill(`One more of them, number ${number}`);
      await admin.getByRole('button', { name: 'Add', exact: true }).click();
      await admin.getByRole('button', { name: `Remove /extra-${number}` }).waitFor();
    }
    await admin.getByLabel('Find').fill('/extra-3');
    assert.deepEqual(await admin.getByRole('button', { name: /^Remove \// }).allInnerTexts(), ['Remove']);
    await admin.getByRole('button', { name: 'Remove /extra-3' }).waitFor();

    await settings(amara);
    await amara.getByText('Your admins add and change them.').waitFor();
    assert.equal(await amara.getByRole('button', { name: /^(Change|Remove) \// }).count(), 0);
  });
});
