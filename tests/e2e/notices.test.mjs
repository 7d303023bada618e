// What one is told: on every page and device, read on one and gone on the others, and nothing of what is before one's eyes.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, feelAlerts, picture, Windows } from './support/browser.mjs';
import { openChat, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

describe('notifications', () => {
  let server, windows, desk, phone, chat;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    const browser = await windows.person();
    await browser.grantPermissions(['notifications']);
    desk = await browser.newPage();
    await desk.addInitScript(feelAlerts);
    phone = await (await windows.person({ size: 'phone', scheme: 'dark' })).newPage();
    chat = await openChat(await (await windows.person()).newPage());
    for (const page of [desk, phone]) await signIn(page, server.person(/^account manager/), '**/inbox');
    await phone.goto(`${server.url}/settings`);
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    windows?.assertQuiet();
  });

  const bell = (page) => page.getByRole('button', { name: /^Notifications/ });
  const panel = (page) => page.getByRole('dialog', { name: 'Notifications' });
  const rows = (page) => panel(page).getByRole('link');
  const unread = (page, expected) => eventually(async () => {
    const label = await bell(page).getAttribute('aria-label');
    assert.equal(label, expected === 0 ? 'Notifications' : `Notifications, ${expected} unread`);
  });

  it('says what will come here, and when it cannot be loaded', async () => {
    await desk.route('**/v1/notices', (route) => route.fulfill({ json: { success: true, data: [], meta: { request_id: 'req_1', timestamp: '' } } }));
    await desk.reload();
    await bell(desk).click();
    await panel(desk).getByText('Nothing yet').waitFor();
    await assertAccessible(desk, 'no notifications');
    await picture(desk, 'notices-empty');
    await desk.unroute('**/v1/notices');
    let asked = 0;
    await desk.route('**/v1/notices', (route) => {
      asked += 1;
      return route.abort();
    });
    await desk.reload();
    await bell(desk).click();
    await panel(desk).getByText('Notifications could not be loaded').waitFor();
    const before = asked;
    // Also tried by itself: as soon as it can be had, the button is gone.
    await panel(desk).getByRole('button', { name: 'Try again' }).click();
    await eventually(() => assert.ok(asked > before));
    await desk.unroute('**/v1/notices');
    await rows(desk).first().waitFor();
    await desk.keyboard.press('Escape');
    assert.ok(await bell(desk).evaluate((opener) => opener === document.activeElement), 'the focus is back where it was');
  });

  it('marks all as read, on the other device too', async () => {
    await eventually(async () => assert.match(await bell(phone).getAttribute('aria-label'), /\d unread/));
    await bell(desk).click();
    await panel(desk).getByRole('button', { name: 'Mark all as read' }).click();
    await unread(desk, 0);
    await desk.keyboard.press('Escape');
    await unread(phone, 0);
  });

  it('tells of who waits, live, as one thing however much they write', async () => {
    for (const text of ['Do you have rice without salt?', 'أرز من فضلك 🍚', 'It is for Sunday']) await say(chat, text);
    for (const page of [desk, phone]) await unread(page, 1);
    await bell(phone).click();
    await rows(phone).getByText('It is for Sunday').waitFor();
    await assertAccessible(phone, 'notifications on a phone');
    await picture(phone, 'notices-phone');
    const { width, height } = await panel(phone).boundingBox();
    assert.deepEqual({ width, height }, phone.viewportSize(), 'a full sheet');
  });

  it('opens it by keyboard, and what is read here is read there, where the list is open', async () => {
    await desk.keyboard.press('Control+k');
    await desk.keyboard.type('notifications');
    await desk.keyboard.press('Enter');
    await rows(desk).first().waitFor();
    await assertAccessible(desk, 'notifications');
    await picture(desk, 'notices-desktop');
    await desk.keyboard.press('ArrowDown');
    await desk.keyboard.press('Enter');
    await desk.getByRole('textbox', { name: 'Write an answer' }).waitFor();
    assert.match(desk.url(), /\?c=cnv_/);
    assert.equal(await panel(desk).count(), 0);
    await unread(desk, 0);
    await eventually(async () => assert.equal(await rows(phone).getByText('Unread:').count(), 0));
    await panel(phone).getByRole('button', { name: 'Close' }).click();
    await unread(phone, 0);
  });

  it('says nothing of the conversation before one’s eyes, and again once one looks elsewhere', async () => {
    await desk.getByRole('textbox', { name: 'Write an answer' }).fill('Yes, we do.');
    await desk.getByRole('button', { name: 'Send', exact: true }).click();
    const labels = [];
    const watch = setInterval(() => void bell(desk).getAttribute('aria-label').then((label) => labels.push(label), () => {}), 100);
    await say(chat, 'Wonderful');
    await say(chat, 'And bread?');
    await desk.waitForTimeout(4_500);
    clearInterval(watch);
    assert.ok(labels.length > 10);
    assert.deepEqual([...new Set(labels)], ['Notifications']);
    await unread(phone, 0);
    await desk.goto(`${server.url}/settings`);
    await say(chat, 'With sesame?');
    await unread(desk, 1);
    await bell(phone).click();
    await rows(phone).first().click();
    await phone.waitForURL(/\/inbox\?c=cnv_/);
    await unread(desk, 0);
  });

  it('is heard, and shown over everything while the page is in the background, as it is chosen for this device', async () => {
    await desk.goto(`${server.url}/settings#notifications`);
    const sound = desk.getByLabel('A sound when there is something new');
    const over = desk.getByLabel('Shown on the desktop while the page is in the background');
    const felt = () => desk.evaluate(() => window.felt);
    assert.ok((await felt()).tones > 0, 'what came before was heard');
    await desk.evaluate(() => (window.felt.tones = 0));
    await sound.uncheck();
    await sound.check();
    await eventually(async () => assert.deepEqual(await felt(), { tones: 2, shown: [] }));
    await over.check();
    await eventually(async () => assert.deepEqual((await felt()).shown, ['This is how you are told here.']));
    // What is before one's eyes there is not told of here.
    await phone.goto(`${server.url}/settings`);
    await desk.waitForTimeout(3_100);
    await desk.evaluate(() => Object.defineProperty(document, 'hidden', { value: true, configurable: true }));
    await say(chat, 'My door code is 4711');
    await eventually(async () => {
      const { tones, shown } = await felt();
      assert.deepEqual([tones, shown.length], [4, 2]);
      assert.match(shown[1], /^Visitor .* waits, and nobody has the conversation\.$/);
    });
    await bell(desk).click();
    await panel(desk).getByLabel('Sound').uncheck();
    await desk.keyboard.press('Escape');
    assert.equal(await sound.isChecked(), false);
    await picture(desk, 'notices-device-desktop');
    await desk.waitForTimeout(3_100);
    await say(chat, 'And the bell is broken');
    await eventually(async () => assert.equal((await felt()).shown.length, 3));
    assert.equal((await felt()).tones, 4, 'no sound any more');
    await desk.reload();
    assert.equal(await sound.isChecked(), false, 'remembered');
  });

  it('keeps what one wants to be told at once, and two windows agree', async () => {
    for (const page of [desk, phone]) {
      await page.goto(`${server.url}/settings#notifications`);
      await page.getByLabel('Keep quiet hours').waitFor();
    }
    const waits = 'A customer waits, and nobody has the conversation';
    await desk.getByLabel(`Told here: ${waits}`).uncheck();
    await desk.getByText('Saved.').waitFor();
    assert.ok(await desk.getByLabel(`By e-mail: ${waits}`).isDisabled());
    await eventually(async () => assert.equal(await phone.getByLabel(`Told here: ${waits}`).isChecked(), false));
    await phone.getByLabel('Keep quiet hours').check();
    await phone.getByText('Saved.').waitFor();
    await eventually(async () => assert.equal(await desk.getByLabel('From').inputValue(), '22:00'));
    assert.notEqual(await desk.getByLabel('My time zone').inputValue(), '');
    await assertAccessible(phone, 'notification settings on a phone');
    await assertAccessible(desk, 'notification settings');
    await picture(phone, 'notices-settings-phone');
    await picture(desk, 'notices-settings-desktop');
    await desk.getByLabel('My time zone').fill('Atlantis');
    await desk.getByLabel('My time zone').press('Tab');
    await desk.getByText('This is not a time zone.').waitFor();
    assert.notEqual(await desk.getByLabel('My time zone').inputValue(), 'Atlantis', 'what is kept is shown');
    await desk.getByLabel('What I have not read comes by e-mail').selectOption('Never');
    await desk.getByText('Saved.').waitFor();
    assert.ok(await desk.getByLabel('By e-mail: Somebody mentions me').isDisabled());
    await eventually(async () => assert.ok(await phone.getByLabel('By e-mail: Somebody mentions me').isDisabled()));
  });
});
