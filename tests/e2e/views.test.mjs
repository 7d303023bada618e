// Saved views: which conversations one looks at, under a name, with how many there are, right the moment something changes.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, Windows } from './support/browser.mjs';
import { visitors } from './support/http.mjs';
import { openChat, openConversation, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

describe('saved views', () => {
  let server, windows, admin, amara, chat;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    admin = await (await windows.person()).newPage();
    amara = await (await windows.person()).newPage();
    await signIn(admin, server.person(/^admin$/), '**/inbox');
    await signIn(amara, server.person(/^account manager/), '**/inbox');
    chat = await openChat(await (await windows.person()).newPage());
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    windows?.assertQuiet();
  });

  const list = (page) => page.getByRole('region', { name: 'Conversations' });
  const views = (page) => list(page).getByRole('group', { name: 'Saved views' });
  const tab = (page, name) => views(page).getByRole('button', { name: new RegExp(`^${name}`) });
  const number = async (page, name) => Number(/\d+$/.exec(await tab(page, name).innerText())?.[0] ?? 0);
  const rows = (page) => list(page).locator('[data-row]');
  const dialog = (page, name) => page.getByRole('dialog', { name });

  it('says how many each has, and shows exactly those', async () => {
    await tab(amara, 'Not taken yet').waitFor();
    const before = await number(amara, 'Not taken yet');
    await tab(amara, 'Not taken yet').click();
    await list(amara).getByText('Open · nobody’s · longest waiting').waitFor();
    await eventually(async () => assert.equal(await rows(amara).count(), before));
    await say(chat, 'Is the soup gluten-free?');
    await eventually(async () => assert.equal(await number(amara, 'Not taken yet'), before + 1));
    await eventually(async () => assert.equal(await rows(amara).count(), before + 1));
    await picture(amara, 'inbox-view-desktop');
    await assertAccessible(amara, 'a view');
  });

  it('loses at once what a colleague takes', async () => {
    const before = await number(amara, 'Not taken yet');
    await openConversation(admin, 'gluten-free');
    await admin.getByRole('textbox', { name: 'Write an answer' }).press('Escape');
    await admin.keyboard.press('a');
    await dialog(admin, 'Who answers this?').getByRole('button', { name: /Amara/ }).click();
    await eventually(async () => assert.equal(await number(amara, 'Not taken yet'), before - 1));
    await eventually(async () => assert.equal(await rows(amara).filter({ hasText: 'gluten-free' }).count(), 0));
  });

  it('is kept from what is shown, after what is wrong with it was said', async () => {
    await list(amara).getByRole('button', { name: /^Mine/ }).click();
    await list(amara).getByRole('button', { name: 'Save as a view' }).click();
    const box = dialog(amara, 'Save as a view');
    assert.equal(await box.getByLabel('Answered by').inputValue(), 'me');
    assert.equal(await box.getByLabel('Everybody on the team').count(), 0, 'admins decide what everybody sees');
    await box.getByRole('button', { name: 'Save' }).click();
    await box.getByText('name is empty').waitFor();
    await assertAccessible(amara, 'a view with a mistake');
    await box.getByLabel('Name').fill('عاجل 🚚 ' + 'long '.repeat(10));
    await box.getByLabel('Does the customer wait?').selectOption('true');
    await picture(amara, 'inbox-view-dialog');
    await amara.keyboard.press('Enter');
    await box.waitFor({ state: 'detached' });
    await list(amara).getByText('Open · waiting · mine').waitFor();
    await rows(amara).filter({ hasText: 'gluten-free' }).waitFor();
    assert.match(amara.url(), /f=vew_/);
    assert.equal(await tab(admin, 'عاجل').count(), 0, 'nobody else’s');
    await picture(amara, 'inbox-view-own-desktop');
  });

  it('is there after a reload, and Back and the address lead to it', async () => {
    await amara.reload();
    await list(amara).getByText('Open · waiting · mine').waitFor();
    await rows(amara).filter({ hasText: 'gluten-free' }).click();
    await amara.getByRole('textbox', { name: 'Write an answer' }).waitFor();
    assert.match(amara.url(), /f=vew_/);
  });

  it('can be changed and removed, and had back', async () => {
    await list(amara).getByRole('button', { name: 'Change this view' }).click();
    const box = dialog(amara, 'Change this view');
    await box.getByLabel('Name').fill('Weddings');
    await box.getByLabel('With the label').selectOption({ label: 'Catering' });
    await box.getByRole('button', { name: 'Save' }).click();
    await list(amara).getByText('Open · waiting · mine · Catering').waitFor();
    await list(amara).getByText('Nothing here now').waitFor();
    await list(amara).getByRole('button', { name: 'Change this view' }).click();
    await dialog(amara, 'Change this view').getByRole('button', { name: 'Remove this view' }).click();
    await amara.getByText('The view “Weddings” is removed.').waitFor();
    assert.equal(await tab(amara, 'Weddings').count(), 0);
    await eventually(async () => assert.doesNotMatch(amara.url(), /f=/));
    await amara.getByRole('button', { name: 'Undo' }).click();
    await tab(amara, 'Weddings').waitFor();
    await list(amara).getByText('Open · waiting · mine · Catering').waitFor();
  });

  it('is everybody’s when an admin says so, and only admins change it', async () => {
    await list(admin).getByRole('button', { name: 'Save as a view' }).click();
    const box = dialog(admin, 'Save as a view');
    await box.getByLabel('Name').fill('Urgent things');
    await box.getByLabel('Priority').selectOption('urgent');
    await box.getByLabel('Everybody on the team').check();
    await box.getByRole('button', { name: 'Save' }).click();
    await tab(admin, 'Urgent things').waitFor();
    await amara.reload();
    await tab(amara, 'Urgent things').click();
    await list(amara).getByRole('button', { name: 'Change this view' }).click();
    await amara.getByText('Ask an admin to change it').waitFor();
  });

  it('counts everything, and fetches what the list does not hold', async () => {
    const begin = await visitors(server);
    const ask = (n) => begin(`Question ${n}`);
    const more = 510;
    for (let n = 0; n < more; n += 30) await Promise.all(Array.from({ length: 30 }, (_, k) => ask(n + k)));
    const shown = (name) => list(amara).getByRole('button', { name: new RegExp(`^${name}`) }).innerText().then((text) => Number(/\d+$/.exec(text)?.[0] ?? 0));
    await amara.goto('/inbox');
    const open = (await amara.evaluate(() => fetch('/v1/inbox/counts').then((answer) => answer.json()))).data.open;
    assert.ok(open > more);
    await eventually(async () => assert.equal(await shown('Open'), open));
    assert.ok(await number(amara, 'Not taken yet') >= more);
    // The oldest is not among the newest 500, and is there when it is asked for.
    await list(amara).getByLabel('Order').selectOption('longest');
    await rows(amara).first().filter({ hasText: 'Ruth' }).waitFor();
    await list(amara).getByLabel('Order').selectOption('newest');
    const long = async () => Number(await rows(amara).first().getAttribute('aria-setsize'));
    await eventually(async () => assert.ok(await long() >= 500));
    assert.ok(await rows(amara).count() < 100, 'the page has what is near the eyes');
    // Who comes to its end is shown the rest.
    const toEnd = () => list(amara).evaluate(({ lastElementChild: scroller }) => (scroller.scrollTop = scroller.scrollHeight));
    await eventually(async () => {
      await toEnd();
      assert.equal(await long(), open);
    });
    await eventually(async () => {
      await toEnd();
      assert.equal(Number(await rows(amara).last().getAttribute('aria-posinset')), open);
    });
    await ask(more);
    await eventually(async () => assert.equal(await shown('Open'), open + 1));
    await picture(amara, 'inbox-many-desktop');
  });

  it('fits a phone', async () => {
    const phone = await (await windows.person({ size: 'phone', scheme: 'dark' })).newPage();
    await signIn(phone, server.person(/^account manager/), '**/inbox');
    await tab(phone, 'Allergies').click();
    await list(phone).getByText('Open · Allergy').waitFor();
    await picture(phone, 'inbox-view-phone');
    await assertAccessible(phone, 'a view on a phone');
    await list(phone).getByRole('button', { name: /^Open/ }).click();
    await list(phone).getByRole('button', { name: 'Save as a view' }).click();
    await picture(phone, 'inbox-view-dialog-phone');
    const wide = await phone.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(wide, 0);
  });
});
