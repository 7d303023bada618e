// How the chat looks on a site, chosen in the settings and seen by visitors at once; what a page can do with the chat; and a chat of which
// a part cannot be fetched.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, Windows } from './support/browser.mjs';
import { chatOf, hears, openChat, openConversation, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

const NAVY = 'rgb(26, 43, 92)';

describe('the look of the chat', () => {
  let server, windows, admin;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    admin = await (await windows.person()).newPage();
    await signIn(admin, server.person(/^admin$/), '**/inbox');
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    windows?.assertQuiet();
  });

  const groundOf = (locator) => locator.evaluate((element) => getComputedStyle(element).backgroundColor);
  const fits = async (page) => assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the page');

  it('is chosen with a preview; what cannot be made out is refused with the nearest that can', async () => {
    await admin.goto('/settings#look');
    const form = admin.locator('form').filter({ has: admin.getByLabel('Side of the page') });
    const preview = (scheme) => form.locator('figure').filter({ hasText: scheme });
    await preview('In the dark').locator('textarea').waitFor();
    const usual = await groundOf(preview('In the light').locator('textarea + * button, button[type=submit]').first());
    assert.equal(usual, 'rgb(9, 99, 74)');
    await form.getByLabel('A colour of our own').focus();
    await admin.keyboard.press('Space');
    const colour = form.getByLabel('Colour', { exact: true });
    await colour.fill('ffd400');
    await form.getByText('On white this colour has a contrast of 1.43 to 1').waitFor();
    await picture(admin, 'settings-look-refused-desktop');
    await form.getByRole('button', { name: 'Save' }).click();
    await eventually(async () => assert.equal(await colour.getAttribute('aria-invalid'), 'true'));
    await form.getByRole('button', { name: /^Use #/ }).click();
    await form.getByText(/^Good: 3 to 1 on white/).waitFor();
    assert.equal(await colour.getAttribute('aria-invalid'), null);

    await colour.fill('#1A2B5C');
    await form.getByLabel('Side of the page').selectOption('left');
    const send = (scheme) => preview(scheme).locator('button[type=submit]');
    await eventually(async () => assert.equal(await groundOf(send('In the light')), NAVY));
    const inTheDark = await groundOf(send('In the dark'));
    assert.notEqual(inTheDark, NAVY);
    assert.ok(inTheDark.startsWith('rgb('), inTheDark);
    await form.getByRole('button', { name: 'Undo' }).click();
    assert.equal(await form.getByLabel('Side of the page').inputValue(), 'right');
    assert.equal(await form.getByRole('button', { name: 'Undo' }).count(), 0);
    await form.getByLabel('A colour of our own').check();
    await colour.fill('#1a2b5c');
    await form.getByLabel('Side of the page').selectOption('left');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('Saved.').waitFor();
    await assertAccessible(admin, 'the look');
    await picture(admin, 'settings-look-desktop');
    const phone = await (await windows.person({ size: 'phone', scheme: 'dark', storage: await admin.context().storageState() })).newPage();
    await phone.goto('/settings#look');
    await phone.locator('figure').filter({ hasText: 'In the dark' }).locator('textarea').waitFor();
    await assertAccessible(phone, 'the look on a phone');
    await fits(phone);
    await phone.screenshot({ path: new URL('./out/settings-look-phone-dark.png', import.meta.url).pathname });
    await phone.locator('figure').last().scrollIntoViewIfNeeded();
    await picture(phone, 'settings-look-preview-phone-dark');
    await phone.context().close();
  });

  it('is what visitors see first, in the light and in the dark', async () => {
    const visitor = await (await windows.person()).newPage();
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await visitor.route('**/widget/look.css*', async (route) => {
      await held;
      await route.continue();
    });
    const button = visitor.getByRole('button', { name: 'Open chat' });
    await visitor.goto('/', { waitUntil: 'domcontentloaded' });
    await visitor.locator('#brigade-chat').waitFor({ state: 'attached' });
    assert.equal(await button.count(), 0, 'nothing is shown in other colours first');
    release();
    await button.waitFor();
    assert.equal(await groundOf(button), NAVY);
    assert.ok((await button.boundingBox()).x < 100, 'on the left');
    await button.click();
    await chatOf(visitor).getByRole('textbox').waitFor();
    assert.equal(await groundOf(chatOf(visitor).locator('header')), NAVY);
    await say(chatOf(visitor), 'I like your colour');
    await hears(chatOf(visitor), 'I like your colour');
    await assertAccessible(visitor, 'the chat in a colour');
    await picture(visitor, 'widget-look-desktop');
    const dark = await (await windows.person({ size: 'phone', scheme: 'dark' })).newPage();
    const chat = await openChat(dark);
    await say(chat, 'And in the dark?');
    await hears(chat, 'And in the dark?');
    await assertAccessible(dark, 'the chat in a colour, in the dark');
    assert.notEqual(await groundOf(chat.locator('header')), NAVY);
    await picture(dark, 'widget-look-phone-dark');
    const forced = await (await windows.person()).newPage();
    await forced.emulateMedia({ forcedColors: 'active' });
    await forced.goto('/');
    await forced.getByRole('button', { name: 'Open chat' }).waitFor();
    assert.notEqual(await groundOf(forced.getByRole('button', { name: 'Open chat' })), NAVY, 'somebody’s own colours go before ours');
  });

  it('is the usual one where it cannot be fetched, and the chat works', async () => {
    const visitor = await (await windows.person()).newPage();
    await visitor.route('**/widget/look.css*', (route) => route.abort());
    const chat = await openChat(visitor);
    await chat.getByRole('textbox').waitFor();
    await visitor.mouse.move(5, 5);
    assert.equal(await groundOf(visitor.locator('#brigade-chat button')), 'rgb(9, 99, 74)');
  });

  it('a conversation that cannot be fetched is said, and what was written stays and goes out', async () => {
    const visitor = await (await windows.person()).newPage();
    const chat = await openChat(visitor);
    await chat.getByRole('textbox').waitFor();
    await visitor.route('**/assets/chat-*.js', (route) => route.abort());
    await say(chat, 'Is this thing on?');
    await chat.getByRole('alert').filter({ hasText: 'Your message is still here' }).waitFor();
    assert.equal(await chat.getByRole('textbox').inputValue(), 'Is this thing on?');
    await picture(visitor, 'widget-not-loaded-desktop');
    await visitor.unroute('**/assets/chat-*.js');
    await chat.getByRole('button', { name: 'Send', exact: true }).click();
    await hears(chat, 'Is this thing on?');

    // Where it was only renewed meanwhile, nobody notices.
    const another = await (await windows.person()).newPage();
    const fresh = await openChat(another);
    await fresh.getByRole('textbox').waitFor();
    let renewed = false;
    await another.route('**/widget/frame?*', (route) => (renewed = true) && route.continue());
    await another.route('**/assets/chat-*.js', (route) => (renewed ? route.continue() : route.abort()));
    await say(fresh, 'And this one?');
    await hears(chatOf(another), 'And this one?');

    // Who comes back is told as well, and can try again.
    await visitor.route('**/assets/chat-*.js', (route) => route.abort());
    await visitor.reload();
    await visitor.getByRole('button', { name: 'Open chat' }).click();
    const again = chatOf(visitor).getByRole('button', { name: 'Try again' });
    await again.waitFor();
    await visitor.unroute('**/assets/chat-*.js');
    await again.click();
    await hears(chatOf(visitor), 'Is this thing on?');
  });

  it('a page opens and closes the chat, and hears how it is, but not what is said', async () => {
    const page = await (await windows.person({ size: 'phone' })).newPage();
    // Asked for before the loader has come: it is done then.
    await page.route('**/widget/loader.js', async (route) => {
      await page.getByRole('button', { name: 'Open the chat', exact: true }).click();
      await route.continue();
    });
    await page.goto('/dev/widget');
    const heard = () => page.getByRole('log', { name: 'What was heard' }).getByRole('listitem').evaluateAll((lines) => lines.map((line) => line.textContent.slice(9)));
    await chatOf(page).getByRole('textbox').waitFor();
    await eventually(async () => assert.deepEqual(await heard(), ['opened', 'ready']));
    await say(chatOf(page), 'Strictly between us');
    await hears(chatOf(page), 'Strictly between us');
    await chatOf(page).getByRole('button', { name: 'Close chat' }).click();
    await admin.goto('/inbox');
    await openConversation(admin, 'Strictly between us');
    await say(admin, 'Between us it stays');
    await page.locator('#unread').filter({ hasText: '1' }).waitFor();
    await page.getByRole('button', { name: 'Open or close it' }).click();
    await hears(chatOf(page), 'Between us it stays');
    await page.locator('#unread').filter({ hasText: '0' }).waitFor();
    const lines = await heard();
    assert.deepEqual(lines.filter((line) => !line.startsWith('unread')), ['opened', 'ready', 'closed', 'opened']);
    assert.ok(lines.includes('unread: 1'), lines.join());
    assert.doesNotMatch(await page.locator('main').innerText(), /between us/i);
    // Not from another window, and not in another shape.
    await page.evaluate(() => {
      window.heardMore = [];
      for (const name of ['opened', 'closed', 'unread', 'message']) window.Brigade.on(name, () => window.heardMore.push(name));
      window.heardMore.length = 0;
      for (const type of ['close', 'ready', 'unread']) window.postMessage({ brigade: 1, type, count: 7 }, '*');
    });
    await page.evaluate(() => window.Brigade.close());
    assert.deepEqual(await page.evaluate(() => window.heardMore), ['closed']);
    await assertAccessible(page, 'the example page');
    await picture(page, 'example-phone');
  });

  it('goes back to the usual one', async () => {
    await admin.goto('/settings#look');
    const form = admin.locator('form').filter({ has: admin.getByLabel('Side of the page') });
    await form.getByRole('button', { name: 'Back to the usual look' }).click();
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('Saved.').waitFor();
    const visitor = await (await windows.person()).newPage();
    await visitor.goto('/');
    const button = visitor.getByRole('button', { name: 'Open chat' });
    await button.waitFor();
    assert.equal(await groundOf(button), 'rgb(9, 99, 74)');
    assert.ok((await button.boundingBox()).x > 1_000, 'on the right');
  });
});
