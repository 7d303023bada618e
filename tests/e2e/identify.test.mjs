// A business's own site says who its visitor is: the secret in the settings, the page that passes on what was signed, the staff who see
// it, and a browser that several people use.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, SIZES, Windows } from './support/browser.mjs';
import { chatOf, hears, messagesOf, openConversation, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

const NAME = `${'م'.repeat(20)} Mia 🎂`;

describe('who a visitor is', () => {
  let server, windows, admin, page, secret;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    admin = await (await windows.person()).newPage();
    await signIn(admin, server.person(/^admin$/), '**/inbox');
    page = await (await windows.person()).newPage();
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    windows?.assertQuiet();
  });

  /** As the example in the settings does it. */
  function signed(said, key = secret) {
    const payload = Buffer.from(JSON.stringify({ expires: Math.floor(Date.now() / 1000) + 3600, ...said })).toString('base64url');
    return `${payload}.${createHmac('sha256', key).update(payload).digest('base64url')}`;
  }
  const heard = () => page.getByRole('log', { name: 'What was heard' }).getByRole('listitem').evaluateAll((lines) => lines.map((line) => line.textContent.slice(9)));
  const hearsOf = (event) => eventually(async () => assert.equal((await heard()).filter((line) => !line.startsWith('unread')).at(-1), event));
  const here = async (token) => {
    await page.getByLabel('Who is here, signed by your server').fill(token);
    await page.keyboard.press('Enter');
  };
  const open = async () => {
    await page.getByRole('button', { name: 'Open the chat', exact: true }).click();
    await chatOf(page).getByRole('textbox', { name: /^Write/ }).waitFor();
  };

  it('is signed with a secret that the settings show once', async () => {
    const phone = await (await windows.person({ size: 'phone', scheme: 'dark', storage: await admin.context().storageState() })).newPage();
    await phone.goto('/settings#site');
    await phone.getByRole('button', { name: 'Make the secret' }).focus();
    await phone.keyboard.press('Enter');
    const dialog = phone.getByRole('dialog');
    secret = await dialog.getByText(/^idsec_/).textContent();
    await assertAccessible(phone, 'a secret that is shown once');
    await picture(phone, 'settings-identity-secret-phone-dark');
    await dialog.getByRole('button', { name: 'I have copied it' }).click();
    await phone.getByText('There is a secret.').waitFor();
    assert.equal(await phone.getByText(secret).count(), 0);
    assert.ok(await phone.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the page');
    await assertAccessible(phone, 'the secret of a business');
    await phone.getByRole('button', { name: 'End it' }).scrollIntoViewIfNeeded();
    await picture(phone, 'settings-identity-phone-dark');
    await phone.close();
    await admin.goto('/settings#site');
    await admin.getByRole('button', { name: 'New secret' }).scrollIntoViewIfNeeded();
    await picture(admin, 'settings-identity-desktop');
  });

  it('is seen by the staff, and a forged word changes nothing', async () => {
    await page.goto('/dev/widget');
    await open();
    await here(signed({ id: 'mia' }, 'idsec_guessed'));
    await hearsOf('identify_failed: AUTH_INVALID');
    await here(signed({ id: 'mia', expires: 1 }));
    await hearsOf('identify_failed: TOKEN_EXPIRED');
    await say(chatOf(page), 'My table is wet');
    await hears(chatOf(page), 'My table is wet');
    await admin.goto('/inbox');
    await openConversation(admin, 'My table is wet');
    const details = admin.getByRole('complementary', { name: 'Details' });
    assert.equal(await details.getByText('Signed by your site').count(), 0);
    await here(signed({ id: 'mia-7', name: NAME, email: 'mia@example.com' }));
    await hearsOf('identified');
    await details.getByText('Signed by your site').waitFor();
    await chatOf(page).getByText('who you are', { exact: false }).waitFor();
    await details.getByRole('heading', { name: NAME }).waitFor();
    await details.getByRole('link', { name: 'mia@example.com' }).waitFor();
    await details.getByText('mia-7').waitFor();
    await assertAccessible(admin, 'details of somebody the site has identified');
    await picture(admin, 'inbox-identified-desktop');
    await picture(page, 'example-identified-desktop');
  });

  it('is another person: the chat of the one before is gone before it is shown', async () => {
    // Whatever is shown in the chat from the first moment on.
    await page.addInitScript(() => {
      if (!location.pathname.startsWith('/widget/')) return;
      window.shown = '';
      new MutationObserver(() => (window.shown += document.body?.innerText ?? '')).observe(document, { subtree: true, childList: true, characterData: true });
    });
    await page.reload();
    await here(signed({ id: 'bo', name: 'Bo' }));
    await open();
    await eventually(async () => assert.deepEqual((await heard()).filter((line) => ['forgotten', 'identified'].includes(line)), ['forgotten', 'identified']));
    const frame = page.frames().find((each) => each.url().includes('/widget/frame'));
    assert.doesNotMatch(await frame.evaluate(() => window.shown), /wet/);
    await say(chatOf(page), 'Where is my lunch?');
    await openConversation(admin, 'Where is my lunch?');
    await admin.getByRole('complementary', { name: 'Details' }).getByRole('heading', { name: 'Bo', exact: true }).waitFor();
  });

  it('has signed out: the chat is gone, also when the page was left at once, and a new one stays', async () => {
    await page.getByRole('button', { name: 'They sign out' }).click();
    await hearsOf('forgotten');
    assert.deepEqual(await messagesOf(chatOf(page)).catch(() => []), []);
    await say(chatOf(page), 'Do you open on Sunday?');
    await hears(chatOf(page), 'Do you open on Sunday?');
    await page.reload();
    await open();
    await hears(chatOf(page), 'Do you open on Sunday?');
    const again = page.waitForEvent('load');
    await page.evaluate(() => {
      window.Brigade.forget();
      location.reload();
    }).catch(() => {});
    await again;
    await open();
    await eventually(async () => assert.equal(await chatOf(page).getByText('Do you open on Sunday?').count(), 0));
    await page.reload();
    await open();
    assert.equal(await chatOf(page).getByText('Do you open on Sunday?').count(), 0);
    await chatOf(page).getByRole('button', { name: 'Close chat' }).click();
    await page.setViewportSize(SIZES.phone);
    await assertAccessible(page, 'the example page');
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the page');
    await picture(page, 'example-identify-phone');
  });

  it('is nobody the site knows any more once the secret is ended, and again with a new one', async () => {
    await admin.goto('/settings#site');
    await admin.getByRole('button', { name: 'End it' }).click();
    await admin.getByRole('dialog', { name: 'End the secret?' }).getByRole('button', { name: 'End it' }).click();
    await admin.getByRole('button', { name: 'Make the secret' }).waitFor();
    await page.goto('/dev/widget');
    await open();
    await here(signed({ id: 'mia-8', name: 'Mia' }));
    await hearsOf('identify_failed: AUTH_INVALID');
    const before = secret;
    for (const name of ['Make the secret', 'New secret']) {
      await admin.getByRole('button', { name }).click();
      if (name === 'New secret') await admin.getByRole('dialog', { name: 'Make a new secret?' }).getByRole('button', { name: 'Make it' }).click();
      secret = await admin.getByRole('dialog').getByText(/^idsec_/).textContent();
      await admin.getByRole('button', { name: 'I have copied it' }).click();
      await admin.getByText('There is a secret.').waitFor();
      await here(signed({ id: 'mia-8', name: 'Mia' }));
      await hearsOf('identified');
    }
    await admin.getByText('The one before counts too').waitFor();
    await here(signed({ id: 'mia-9', name: 'Mia' }, before));
    await hearsOf('identify_failed: AUTH_INVALID');
  });
});
