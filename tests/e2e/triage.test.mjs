// How the staff sort conversations: putting off, priority and labels, for all of them at once, by keyboard, and never for customers.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, Windows } from './support/browser.mjs';
import { openChat, openConversation, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

describe('sorting conversations', () => {
  let server, windows, admin, amara, visitor, chat;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    admin = await (await windows.person()).newPage();
    amara = await (await windows.person()).newPage();
    visitor = await (await windows.person()).newPage();
    await signIn(admin, server.person(/^admin$/), '**/inbox');
    await signIn(amara, server.person(/^account manager/), '**/inbox');
    chat = await openChat(visitor);
    await say(chat, 'Can you cook for sixty people?');
    await openConversation(amara, 'Can you cook for sixty');
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    windows?.assertQuiet();
  });

  const list = (page) => page.getByRole('region', { name: 'Conversations' });
  const line = (page, words = 'sixty people') => list(page).getByRole('link').filter({ hasText: words });
  const show = (page, name) => list(page).getByRole('group', { name: 'Which conversations' }).getByRole('button', { name: new RegExp(`^${name}`) }).click();
  /** Out of the composer, where keys are letters. */
  const press = async (page, key) => {
    await page.getByRole('textbox', { name: 'Write an answer' }).press('Escape');
    await page.keyboard.press(key);
  };
  const details = (page) => page.getByRole('complementary', { name: 'Details' });
  const labels = async (page) => {
    await page.goto('/settings#labels');
    await page.getByRole('heading', { level: 1, name: 'Labels' }).waitFor();
    await page.getByText('Allergy', { exact: true }).waitFor();
  };

  it('an admin makes a label, is told what is wrong with it first, and colleagues have it at once', async () => {
    await labels(admin);
    await admin.getByRole('button', { name: 'Add a label' }).click();
    const dialog = admin.getByRole('dialog', { name: 'New label' });
    await dialog.getByLabel('Name').fill('ALLERGY');
    await dialog.getByRole('radio', { name: 'Teal' }).check();
    await dialog.getByRole('button', { name: 'Add' }).click();
    await dialog.getByText('Another label is called so').waitFor();
    await assertAccessible(admin, 'a label with a mistake');
    await picture(admin, 'settings-label-dialog');
    await dialog.getByLabel('Name').fill('حفلة زفاف 🎉');
    await dialog.getByRole('button', { name: 'Add' }).click();
    await admin.getByRole('button', { name: 'Change حفلة زفاف 🎉' }).waitFor();
    await picture(admin, 'settings-labels-desktop');
    await assertAccessible(admin, 'labels');
    await press(amara, 'l');
    await amara.getByRole('dialog', { name: 'What is it about?' }).getByRole('checkbox', { name: 'حفلة زفاف 🎉' }).waitFor();
    await amara.keyboard.press('Escape');
  });

  it('labels and priority are put on by keyboard, and all colleagues see them at once', async () => {
    await press(amara, 'l');
    const dialog = amara.getByRole('dialog', { name: 'What is it about?' });
    await dialog.waitFor();
    await assertAccessible(amara, 'choosing labels');
    await amara.keyboard.press('Tab');
    await amara.keyboard.press('Space');
    await picture(amara, 'inbox-labels-dialog');
    await amara.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await press(amara, 'p');
    await amara.getByRole('dialog', { name: 'How urgent is it?' }).waitFor();
    await amara.keyboard.press('u');
    await amara.keyboard.press('Enter');
    await admin.goto('/inbox');
    for (const page of [amara, admin]) await eventually(async () => assert.match(await line(page).innerText(), /Urgent[\s\S]*Catering/));
    await details(amara).getByText('Urgent').waitFor();
    await details(amara).getByText('Catering').waitFor();
    await picture(amara, 'inbox-sorted-desktop');
    await assertAccessible(amara, 'a sorted conversation');
  });

  it('the list is narrowed by a label, in the address too, and put in another order', async () => {
    await list(amara).getByLabel('Label', { exact: true }).selectOption({ label: 'Catering' });
    await eventually(async () => assert.equal(await list(amara).getByRole('listitem').count(), 1));
    assert.match(amara.url(), /[?&]l=lbl_/);
    await amara.reload();
    await line(amara).waitFor();
    assert.equal(await list(amara).getByRole('listitem').count(), 1);
    // Of the demonstration, one about catering was put off.
    await show(amara, 'Snoozed');
    await line(amara, 'Summer party').waitFor();
    assert.equal(await list(amara).getByRole('listitem').count(), 1);
    await list(amara).getByLabel('Label', { exact: true }).selectOption({ label: 'Complaint' });
    await amara.getByText('Nothing has this label').waitFor();
    await list(amara).getByLabel('Label', { exact: true }).selectOption({ label: 'All labels' });
    await show(amara, 'Open');
    await list(amara).getByLabel('Order').selectOption({ label: 'Most urgent' });
    await eventually(async () => assert.match(await list(amara).getByRole('listitem').first().innerText(), /Urgent/));
    await amara.reload();
    await line(amara).waitFor();
    assert.equal(await list(amara).getByLabel('Order').inputValue(), 'urgent', 'it is remembered');
    await list(amara).getByLabel('Order').selectOption({ label: 'Newest first' });
  });

  it('what is put off leaves the list with a way back, and comes back when the customer writes', async () => {
    await line(amara).click();
    await amara.getByRole('button', { name: 'Snooze', exact: true }).click();
    const dialog = amara.getByRole('dialog', { name: 'Put off until when?' });
    await dialog.waitFor();
    await picture(amara, 'inbox-snooze-dialog');
    await assertAccessible(amara, 'choosing a time');
    await dialog.getByRole('button', { name: /^Tomorrow morning/ }).click();
    await amara.getByText(/is put off until tomorrow, 09:00/).first().waitFor();
    for (const page of [amara, admin]) await eventually(async () => assert.equal(await line(page).count(), 0));
    await amara.getByRole('button', { name: 'Undo' }).click();
    await line(amara).waitFor();

    await press(amara, 'z');
    await dialog.getByRole('button', { name: /^In a week/ }).click();
    await show(amara, 'Snoozed');
    await eventually(async () => assert.match(await line(amara).innerText(), /until \w+, \w+ \d+, 09:00/));
    await picture(amara, 'inbox-snoozed-desktop');
    await assertAccessible(amara, 'what is put off');
    // To the customer it is what it was.
    assert.equal(await chat.getByText(/snooz|put off|urgent|catering/i).count(), 0);
    await say(chat, 'Sixty-five, actually');
    await eventually(async () => assert.equal(await line(amara, 'Sixty-five').count(), 0));
    await show(amara, 'Open');
    await line(amara, 'Sixty-five').waitFor();
  });

  it('it comes back at its time, also when the server was away then', async () => {
    const until = (seconds) => {
      const at = new Date(Date.now() + seconds * 1_000 - new Date().getTimezoneOffset() * 60_000);
      return at.toISOString().slice(0, 19);
    };
    const putOff = async (seconds) => {
      await press(amara, 'z');
      await amara.getByRole('button', { name: 'Another time…' }).click();
      await amara.getByRole('textbox', { name: 'Until' }).fill(until(seconds));
      await amara.getByRole('button', { name: 'Put off', exact: true }).click();
      await eventually(async () => assert.equal(await line(admin, 'Sixty-five').count(), 0));
    };
    await amara.getByRole('textbox', { name: 'Write an answer' }).waitFor();
    await putOff(5);
    await line(admin, 'Sixty-five').getByText('back').waitFor();
    await picture(admin, 'inbox-back-desktop');

    await putOff(4);
    await server.kill();
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    await server.up();
    await line(admin, 'Sixty-five').getByText('back').waitFor({ timeout: 30_000 });
    await say(amara, 'We can, with pleasure.');
    await eventually(async () => assert.equal(await line(admin, 'with pleasure').getByText('back').count(), 0));
  });

  it('a time that has passed is said to be so', async () => {
    await amara.getByRole('button', { name: 'Snooze', exact: true }).waitFor();
    await press(amara, 'z');
    await amara.getByRole('button', { name: 'Another time…' }).click();
    await amara.getByRole('textbox', { name: 'Until' }).fill('2020-01-01T09:00');
    await amara.getByRole('button', { name: 'Put off', exact: true }).click();
    await amara.getByText('This time has passed').waitFor();
    await amara.keyboard.press('Escape');
  });

  it('a label that is removed is gone everywhere, and can be had back', async () => {
    await labels(admin);
    await admin.getByRole('button', { name: 'Remove Catering' }).click();
    await eventually(async () => assert.equal(await line(amara, 'with pleasure').getByText('Catering').count(), 0));
    await admin.getByRole('button', { name: 'Undo' }).click();
    await line(amara, 'with pleasure').getByText('Catering').waitFor();
    await admin.getByRole('button', { name: 'Change Catering' }).click();
    await admin.getByLabel('Name').fill('Parties');
    await admin.getByRole('button', { name: 'Save' }).click();
    await line(amara, 'with pleasure').getByText('Parties').waitFor();
    await labels(amara);
    await amara.getByText('Your admins add and change them.').waitFor();
    assert.equal(await amara.getByRole('button', { name: /^(Change|Remove) / }).count(), 0);
  });

  it('on a phone everything is there and fits', async () => {
    const phone = await (await windows.person({ size: 'phone', scheme: 'dark' })).newPage();
    await signIn(phone, server.person(/^account manager/), '**/inbox');
    await line(phone, 'with pleasure').waitFor();
    await picture(phone, 'inbox-sorted-phone');
    await line(phone, 'with pleasure').click();
    await phone.getByRole('button', { name: 'Snooze', exact: true }).waitFor();
    await picture(phone, 'inbox-sorted-conversation-phone');
    await phone.getByRole('button', { name: 'Details', exact: true }).tap();
    const focused = () => phone.evaluate(() => document.activeElement.getAttribute('aria-label'));
    assert.equal(await focused(), 'Close the details');
    await details(phone).getByRole('button', { name: 'Close the details' }).tap();
    await details(phone).waitFor({ state: 'hidden' });
    assert.equal(await focused(), 'Details');
    await phone.getByRole('button', { name: 'Details', exact: true }).tap();
    await details(phone).getByRole('button', { name: 'Labels' }).click();
    await phone.getByRole('checkbox', { name: 'Delivery' }).check();
    await phone.getByRole('button', { name: 'Done' }).click();
    await details(phone).getByText('Delivery').waitFor();
    await assertAccessible(phone, 'details on a phone');
    await picture(phone, 'inbox-sorted-details-phone');
    const width = await phone.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 390, `${width} px wide`);
  });
});
