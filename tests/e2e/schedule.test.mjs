// What the staff write now and send later: scheduled by keyboard, before all of them and no customer, changed, held back, sent and given back.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, SIZES, Windows } from './support/browser.mjs';
import { hears, openChat, openConversation, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

const MORNING = 'Good morning! صباح الخير 🌞 The tasting is at ten, in the big kitchen.';

describe('sending later', () => {
  let server, windows, admin, amara, visitor, chat;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    [admin, amara, visitor] = await Promise.all([0, 1, 2].map(async () => (await windows.person()).newPage()));
    await signIn(admin, server.person(/^admin$/), '**/inbox');
    await signIn(amara, server.person(/^account manager/), '**/inbox');
    chat = await openChat(visitor);
    await say(chat, 'When is the tasting tomorrow?');
    for (const page of [admin, amara]) await openConversation(page, 'When is the tasting');
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    windows?.assertQuiet();
  });

  const field = (page) => page.getByRole('textbox', { name: 'Write an answer' });
  const box = (page) => page.locator('[data-scheduled]');
  const items = (page) => box(page).getByRole('listitem');
  /** The inbox's line about it. */
  const line = (page) => page.getByRole('region', { name: 'Conversations' }).locator('a[aria-current]');
  const dialog = (page, name = 'Send later') => page.getByRole('dialog', { name });
  const timeComes = () => server.sql("update graphile_worker._private_jobs set run_at = now() where payload ->> 'task' = 'scheduled.send'");
  /** Schedules it for tomorrow morning. */
  const schedule = async (page, text, careful = true) => {
    await field(page).fill(text);
    await page.getByRole('button', { name: 'Send later' }).click();
    if (!careful) await dialog(page).getByRole('checkbox').uncheck();
    await dialog(page).getByRole('button', { name: 'Schedule', exact: true }).click();
    await dialog(page).waitFor({ state: 'detached' });
    await items(page).filter({ hasText: text }).waitFor();
  };

  it('is asked for by keyboard, says what is wrong, and stands before all of the staff at once', async () => {
    await field(amara).press('Control+Shift+Enter');
    await amara.getByText('Write the message first').waitFor();
    await field(amara).fill(MORNING);
    await field(amara).press('Control+Shift+Enter');
    await dialog(amara).waitFor();
    assert.equal(await dialog(amara).getByRole('radio', { name: /^Tomorrow morning/ }).isChecked(), true);
    assert.equal(await dialog(amara).getByRole('checkbox').isChecked(), true, 'held back when they write first');
    await picture(amara, 'schedule-dialog-desktop');
    await dialog(amara).getByRole('radio', { name: /^Another time/ }).check();
    const when = dialog(amara).getByLabel('Day and time');
    await when.fill('2020-03-18T09:00');
    await amara.keyboard.press('Enter');
    await dialog(amara).getByText('at least a minute ahead').waitFor();
    await when.fill('');
    await amara.keyboard.press('Enter');
    await dialog(amara).getByText('Choose a day and a time.').waitFor();
    await assertAccessible(amara, 'choosing a time with a mistake');
    await amara.emulateMedia({ colorScheme: 'dark' });
    await picture(amara, 'schedule-dialog-mistake-dark');
    await amara.emulateMedia({ colorScheme: 'light' });
    await dialog(amara).getByRole('radio', { name: /^Tomorrow morning/ }).check();
    await amara.keyboard.press('Enter');
    await dialog(amara).waitFor({ state: 'detached' });
    assert.equal(await field(amara).inputValue(), '');
    for (const page of [amara, admin]) await eventually(async () => assert.match(await items(page).innerText(), /صباح الخير[\s\S]*tomorrow, /));
    assert.match(await items(admin).innerText(), /Amara/);
    for (const page of [amara, admin]) await line(page).getByText(/^sends tomorrow/).waitFor();
    await amara.mouse.move(0, 0);
    await picture(amara, 'schedule-list-desktop');
    await assertAccessible(admin, 'what is scheduled');
    // Only who wrote it changes it; nobody on the other side knows of it.
    assert.equal(await items(admin).getByRole('button', { name: 'Change' }).count(), 0);
    assert.equal(await chat.getByText('صباح الخير').count(), 0);
    await amara.reload();
    await items(amara).filter({ hasText: 'صباح' }).waitFor();
  });

  it('is changed by its author before the eyes of colleagues, and arrives in its time as the author’s', async () => {
    await items(amara).getByRole('button', { name: 'Change' }).click();
    const change = dialog(amara, 'Change the scheduled message');
    await change.getByLabel('Message').fill(MORNING.replace('ten', 'eleven'));
    await change.getByRole('radio', { name: /^In an hour/ }).check();
    await change.getByRole('button', { name: 'Save' }).click();
    await items(admin).filter({ hasText: 'at eleven' }).waitFor();
    timeComes();
    await hears(chat, MORNING.replace('ten', 'eleven'));
    for (const page of [amara, admin]) await eventually(async () => assert.equal(await box(page).isVisible(), false));
    assert.equal(await chat.getByText('The tasting is at ten').count(), 0);
    await eventually(async () => assert.equal(await line(admin).getByText(/^sends/).count(), 0));
  });

  it('is held back when the customer has written meanwhile, and its author decides', async () => {
    await schedule(amara, 'Did you like it?');
    await schedule(amara, 'Until then!', false);
    await say(chat, 'I loved it!');
    await items(amara).filter({ hasText: 'it will be held back' }).waitFor();
    // What happens before one's eyes is not told.
    await amara.goto('/settings');
    timeComes();
    await hears(chat, 'Until then!');
    await box(admin).getByText(/^Held back: .* has written since/).waitFor();
    await line(admin).getByText('Held back', { exact: true }).waitFor();
    await picture(admin, 'schedule-held-desktop');
    await admin.setViewportSize(SIZES.phone);
    await admin.emulateMedia({ colorScheme: 'dark' });
    await picture(admin, 'schedule-held-phone-dark');
    await assertAccessible(admin, 'held back, on a phone');
    await admin.setViewportSize(SIZES.desktop);
    await admin.emulateMedia({ colorScheme: 'light' });
    await amara.getByRole('button', { name: /^Notifications, \d+ unread/ }).first().click();
    await amara.getByText(/A scheduled message to .* was held back/).first().waitFor();
    await amara.goto('/inbox');
    await openConversation(amara, 'Until then!');
    await items(amara).filter({ hasText: 'Did you like it?' }).getByRole('button', { name: 'Send now' }).click();
    await hears(chat, 'Did you like it?');
    await eventually(async () => assert.equal(await line(amara).getByText('Held back').count(), 0));
    const phone = await (await windows.person({ size: 'phone', scheme: 'dark' })).newPage();
    await signIn(phone, server.person(/^account manager/), '**/inbox');
    await schedule(amara, 'Next year again?');
    const listed = phone.getByRole('region', { name: 'Conversations' }).getByRole('link').filter({ hasText: 'Did you like it?' });
    await listed.getByText(/^sends tomorrow/).waitFor();
    await picture(phone, 'schedule-inbox-phone-dark');
    await assertAccessible(phone, 'a line with what is sent later, on a phone');
    assert.equal(await phone.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
    await items(amara).getByRole('button', { name: 'Cancel' }).click();
    await eventually(async () => assert.equal(await listed.getByText(/^sends/).count(), 0));
    await phone.context().close();
    await field(amara).fill('');
  });

  it('is cancelled and given back; a colleague sends it only under the own name', async () => {
    await amara.setViewportSize(SIZES.phone);
    for (const text of ['One for later', 'And one for much later, which is long enough to need a second line on a phone, and perhaps a third', 'Three']) await schedule(amara, text);
    await picture(amara, 'schedule-list-phone');
    await assertAccessible(amara, 'several, on a phone');
    await items(amara).filter({ hasText: 'One for later' }).getByRole('button', { name: 'Cancel' }).click();
    await eventually(async () => assert.equal(await field(amara).inputValue(), 'One for later'));
    await items(admin).filter({ hasText: 'Three' }).getByRole('button', { name: 'Send as mine' }).click();
    await admin.getByRole('dialog', { name: 'Send it under your name?' }).getByRole('button', { name: 'Send as mine' }).click();
    await hears(chat, 'Three');
    await eventually(async () => assert.equal(await items(amara).count(), 1));
    await items(admin).getByRole('button', { name: 'Cancel' }).click();
    await admin.getByRole('button', { name: 'Write it yourself' }).click();
    await eventually(async () => assert.match(await field(admin).inputValue(), /^And one for much later/));
    await eventually(async () => assert.equal(await box(amara).isVisible(), false));
    // By name, where it says why not.
    await field(amara).fill('');
    await amara.keyboard.press('Control+k');
    await amara.keyboard.type('send later');
    await amara.getByText('Write the message first').first().waitFor();
  });
});
