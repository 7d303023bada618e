// What is known of oneself: recent sign-ins with a way out, and a copy to take along; for staff and for customers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, SIZES, Windows } from './support/browser.mjs';
import { signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

describe('one’s own data', () => {
  let server, windows, client;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    client = await (await windows.person()).newPage();
    await signIn(client, server.person(/^client/), '**/chat');
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
  });

  const card = (page, title) => page.locator('section', { has: page.getByRole('heading', { name: title, exact: true }) });
  const focused = (page) => page.evaluate(() => document.activeElement?.getAttribute('name') ?? document.activeElement?.textContent);
  const look = async (page, name) => {
    await picture(page, name);
    await assertAccessible(page, name);
    const [wide, width] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(wide <= width, `${name}: ${wide} px in a window of ${width}`);
  };

  it('customers have settings of their own, and nothing of the business’s', async () => {
    await client.getByRole('link', { name: 'Settings' }).click();
    await client.getByRole('heading', { level: 1, name: 'You' }).waitFor();
    const links = await client.getByRole('navigation', { name: 'Settings' }).getByRole('link').allInnerTexts();
    assert.deepEqual(links, ['You', 'Your data']);
    await client.getByRole('heading', { name: 'Recent sign-ins' }).waitFor();
  });

  it('shows who tried, and signs everybody else out with a new password', async () => {
    const { email, password } = server.person(/^client/);
    const thief = await (await windows.person({ size: 'phone', scheme: 'dark' })).newPage();
    await thief.goto('/sign-in');
    await thief.getByLabel('E-mail').fill(email);
    await thief.getByLabel('Password').fill('a guess that is wrong');
    await thief.getByRole('button', { name: 'Sign in' }).click();
    await thief.getByText(/do not match/).first().waitFor();
    await signIn(thief, { email, password }, '**/chat');
    await thief.goto('/settings#you');
    await card(thief, 'Recent sign-ins').getByText('New device').first().waitFor();
    await card(thief, 'Recent sign-ins').scrollIntoViewIfNeeded();
    await look(thief, 'own-data-history-phone-dark');

    await client.reload();
    const lines = card(client, 'Recent sign-ins').getByRole('listitem');
    await lines.filter({ hasText: 'Wrong password' }).filter({ hasText: '127.0.0.0/24' }).first().waitFor();
    const doubt = lines.filter({ hasText: 'Signed in' }).first().getByRole('button', { name: /^This was not me/ });
    await doubt.scrollIntoViewIfNeeded();
    await look(client, 'own-data-history-desktop-light');
    await doubt.focus();
    await client.keyboard.press('Enter');
    const dialog = client.getByRole('dialog', { name: 'This was not me' });
    await dialog.waitFor();
    await eventually(async () => assert.equal(await focused(client), 'current'));
    await client.keyboard.type('wrong again');
    await client.keyboard.press('Tab');
    await client.keyboard.type('seven quiet lanterns drifting');
    await client.keyboard.press('Enter');
    await dialog.getByText(/not your current password/).first().waitFor();
    await look(client, 'own-data-not-me-desktop-light');
    await dialog.getByLabel('Current password').fill(password);
    await client.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await lines.filter({ hasText: 'Password changed' }).first().waitFor();
    await thief.waitForURL('**/sign-in**');
  });

  it('makes a copy by keyboard, and saves it', async () => {
    await client.goto('/settings#data');
    const box = card(client, 'Get a copy');
    await box.getByRole('button', { name: 'Get a copy' }).focus();
    await client.keyboard.press('Enter');
    const dialog = client.getByRole('dialog', { name: 'Get a copy of your data' });
    await dialog.waitFor();
    await client.keyboard.type('not the password');
    await client.keyboard.press('Enter');
    await dialog.getByText(/not your current password/).first().waitFor();
    await look(client, 'own-data-ask-desktop-light');
    await dialog.getByLabel('Your password').fill('seven quiet lanterns drifting');
    await client.keyboard.press('Enter');
    const save = box.getByRole('link', { name: 'Save' });
    await save.waitFor();
    await look(client, 'own-data-ready-desktop-light');
    const [file] = await Promise.all([client.waitForEvent('download'), save.click()]);
    assert.match(file.suggestedFilename(), /^brigade-data-\d{4}-\d\d-\d\d\.zip$/);
    const zip = readFileSync(await file.path());
    assert.equal(zip.subarray(0, 4).toString('latin1'), 'PK\x03\x04');
    assert.ok(zip.includes('README.txt') && zip.includes('profile.json'));
    await box.getByText('You can ask for another one an hour after the last.').waitFor();
    await client.setViewportSize(SIZES.phone);
    await client.emulateMedia({ colorScheme: 'dark' });
    await look(client, 'own-data-ready-phone-dark');
    await client.emulateMedia({ colorScheme: 'light' });
    await client.setViewportSize(SIZES.desktop);
  });

  it('shows how far a copy is, and that it could not be looked at', async () => {
    const page = await (await windows.person({ size: 'phone' })).newPage();
    await signIn(page, server.person(/^account manager/), '**/inbox');
    const making = { id: 'exp_01h455vb4pex5vsknk084sn02q', state: 'making', requested_at: new Date().toISOString(), steps_done: 3, steps: 12, bytes: null, expires_at: new Date(Date.now() + 8.64e7).toISOString() };
    const answer = (data) => (route) => route.fulfill({ contentType: 'application/json', body: JSON.stringify({ success: true, data, meta: { timestamp: making.requested_at, request_id: 'req_x' } }) });
    await page.route('**/v1/auth/exports', (route) => route.abort());
    await page.goto('/settings#data');
    await page.getByText('This could not be loaded').waitFor();
    await look(page, 'own-data-broken-phone-light');
    await page.unroute('**/v1/auth/exports');
    await page.route('**/v1/auth/exports', answer([making]));
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('progressbar', { name: 'How much of your copy is made' }).waitFor();
    await look(page, 'own-data-making-phone-light');
    await page.unroute('**/v1/auth/exports');
    await page.route('**/v1/auth/exports', answer([{ ...making, state: 'ready', steps_done: 12, bytes: 123_456 }]));
    await page.getByText('Your copy is ready.').waitFor({ state: 'attached' });
    await page.getByRole('link', { name: 'Save' }).waitFor();
  });

  it('says what goes and what stays, and signing in takes it back', async () => {
    const { email } = server.person(/^client/);
    const password = 'seven quiet lanterns drifting';
    await client.goto('/settings#data');
    const box = card(client, 'Delete your account');
    const begin = box.getByRole('button', { name: 'Delete your account' });
    await begin.scrollIntoViewIfNeeded();
    await look(client, 'own-data-delete-desktop-light');
    await begin.focus();
    await client.keyboard.press('Enter');
    const dialog = client.getByRole('dialog', { name: 'Delete your account?' });
    await dialog.waitFor();
    await client.setViewportSize(SIZES.phone);
    await look(client, 'own-data-delete-ask-phone-light');
    await client.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await begin.click();
    await dialog.waitFor();
    await client.keyboard.type(password);
    await client.keyboard.press('Enter');
    await client.getByText(/your account is deleted on .* If you change your mind, sign in before/).waitFor();
    await look(client, 'own-data-goodbye-phone-light');
    await client.setViewportSize(SIZES.desktop);
    const mail = await (await windows.person()).newPage();
    await eventually(async () => {
      await mail.goto('/dev/outbox');
      await mail.getByRole('listitem').filter({ hasText: `To ${email}` }).filter({ hasText: 'Your account will be deleted' }).first().waitFor({ timeout: 2_000 });
    });
    await signIn(client, { email, password }, '**/chat');
    await client.goto('/settings#data');
    await begin.waitFor();
    await mail.goto('/dev/outbox');
    await mail.getByRole('listitem').filter({ hasText: `To ${email}` }).filter({ hasText: 'Your account stays' }).first().waitFor();
  });

  it('tells the last admin why not', async () => {
    const page = await (await windows.person({ scheme: 'dark' })).newPage();
    await signIn(page, server.person(/^admin$/), '**/inbox');
    await page.goto('/settings#data');
    const box = card(page, 'Delete your account');
    await box.getByText(/You are the last admin of/).waitFor();
    await box.getByText(/You are the last admin of/).scrollIntoViewIfNeeded();
    await look(page, 'own-data-last-admin-desktop-dark');
    assert.equal(await box.getByRole('button').count(), 0);
  });

  it('nothing was complained of on the way', () => windows.assertQuiet());
});
