// What one is told on a device while Brigade is closed: switched on and off, really shown by the browser, and opened.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, Windows } from './support/browser.mjs';
import { openChat, say, signIn } from './support/people.mjs';
import { PushService, subscribeHere } from './support/push-service.mjs';
import { Server } from './support/server.mjs';

describe('notifications while Brigade is closed', () => {
  let server, windows, service, browser, desk, phone, chat;

  before(async () => {
    [service, server] = await Promise.all([PushService.start(), Server.start({ env: PushService.env })]);
    windows = await Windows.open(server.url);
    browser = await windows.person();
    await browser.addInitScript(subscribeHere, service.subscription);
    // A page in the background says so after two minutes: here at once.
    await browser.addInitScript(() => {
      const { setTimeout } = window;
      window.setTimeout = (run, ms, ...more) => setTimeout(run, ms === 120_000 ? 10 : ms, ...more);
    });
    desk = await browser.newPage();
    const other = await windows.person({ size: 'phone', scheme: 'dark' });
    await other.addInitScript(() => Object.defineProperty(Notification, 'permission', { value: 'denied' }));
    phone = await other.newPage();
    chat = await openChat(await (await windows.person()).newPage());
    for (const page of [desk, phone]) await signIn(page, server.person(/^account manager/), '**/inbox');
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    await service?.stop();
    windows?.assertQuiet();
  });

  const here = (page) => page.getByLabel('On this device, also when Brigade is closed');
  const list = (page) => page.getByRole('list', { name: 'Devices that get notifications' });
  const section = async (page) => {
    await page.goto(`${server.url}/settings#notifications`);
    await here(page).waitFor();
  };
  /** What the service worker shows. */
  const shown = () => desk.evaluate(async () => {
    const all = await (await navigator.serviceWorker.getRegistration('/')).getNotifications();
    return all.map(({ title, body, tag, data }) => ({ title, body, tag, url: data.url }));
  });
  /** The push service brings the browser what it was given. */
  const deliver = async (data) => {
    const session = await browser.newCDPSession(desk);
    const found = new Promise((resolve) => session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => registrations[0] && resolve(registrations[0].registrationId)));
    await session.send('ServiceWorker.enable');
    await session.send('ServiceWorker.deliverPushMessage', { origin: server.url, registrationId: await found, data });
    await session.detach();
  };

  it('says how it can be allowed again, and why it could not be switched on', async () => {
    await section(phone);
    await phone.getByText('Your browser does not allow notifications here.').waitFor();
    await phone.getByRole('table').scrollIntoViewIfNeeded();
    await picture(phone, 'push-kinds-phone');
    await here(phone).scrollIntoViewIfNeeded();
    await assertAccessible(phone, 'push on a phone that does not allow it');
    await picture(phone, 'push-denied-phone');
    await browser.grantPermissions(['notifications']);
    await section(desk);
    await desk.evaluate(() => (window.pushTrouble = true));
    await here(desk).check({ force: true });
    await desk.getByText('Your browser could not reach its push service.').waitFor();
    assert.equal(await here(desk).isChecked(), false);
    await desk.evaluate(() => (window.pushTrouble = false));
  });

  it('is switched on by keyboard, and a test is really shown', async () => {
    await here(desk).focus();
    await desk.keyboard.press('Space');
    await list(desk).getByText('This one').waitFor();
    assert.equal(await here(desk).isChecked(), true);
    await list(desk).getByRole('button', { name: 'Send a test notification: Chrome on Linux' }).click();
    await desk.getByText('On its way').waitFor();
    await eventually(() => assert.equal(service.pushed.length, 1));
    await deliver(service.pushed[0]);
    await eventually(async () => assert.deepEqual(await shown(), [{ title: 'Balance Kitchen', body: 'This is how you are told here.', tag: 'test', url: '/settings#notifications' }]));
    await list(desk).getByText('Last reached').waitFor();
    await assertAccessible(desk, 'push');
    await here(desk).scrollIntoViewIfNeeded();
    await picture(desk, 'push-on-desktop');
    await phone.reload();
    await list(phone).getByText('Chrome on Linux').waitFor();
    await list(phone).scrollIntoViewIfNeeded();
    await picture(phone, 'push-devices-phone');
  });

  it('brings what was told while no page was looked at, one for one thing, and takes it away once it is read', async () => {
    await phone.close();
    await desk.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    for (const text of ['My door code is 4711', 'أرز من فضلك 🍚']) await say(chat, text);
    await eventually(() => assert.equal(service.pushed.length, 2), 40_000);
    const told = JSON.parse(service.pushed[1]);
    assert.match(told.body, /^Visitor .* waits, and nobody has the conversation\.$/);
    assert.doesNotMatch(service.pushed[1], /4711|أرز/);
    for (const data of [service.pushed[1], service.pushed[1]]) await deliver(data);
    await eventually(async () => assert.equal((await shown()).filter(({ tag }) => tag === told.tag).length, 1));
    await desk.goto(`${server.url}${told.url}`);
    await desk.getByRole('textbox', { name: 'Write an answer' }).waitFor();
    await eventually(async () => assert.deepEqual((await shown()).filter(({ tag }) => tag === told.tag), []));
  });

  it('goes with its device, here and from elsewhere', async () => {
    await section(desk);
    await list(desk).getByRole('button', { name: 'Remove: Chrome on Linux' }).click();
    await eventually(async () => assert.equal(await here(desk).isChecked(), false));
    assert.equal(await list(desk).count(), 0);
    await here(desk).check({ force: true });
    await list(desk).waitFor();
    await desk.getByLabel('On my devices: Somebody mentions me').uncheck();
    await desk.getByText('Saved.').waitFor();
    await desk.reload();
    await here(desk).waitFor();
    assert.deepEqual([await here(desk).isChecked(), await desk.getByLabel('On my devices: Somebody mentions me').isChecked()], [true, false]);
    await desk.evaluate(async () => {
      const { data } = await (await fetch('/v1/auth/me')).json();
      await fetch('/v1/auth/sign-out', { method: 'POST', headers: { 'content-type': 'application/json', 'x-csrf-token': data.csrf }, body: '{}' });
    });
    assert.equal(server.sql('select count(*) from push_devices'), '0');
  });
});
