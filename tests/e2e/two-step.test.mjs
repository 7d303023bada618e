// Two-step sign-in, as people meet it: set up with an app, asked for at sign-in, asked of a whole team, and lost.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, Windows } from './support/browser.mjs';
import { signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

/** What an authenticator app shows now for a key of 32 letters (RFC 6238). */
function codeOf(key) {
  let bits = '';
  for (const letter of key.replace(/\s/g, '')) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac('sha1', secret).update(step).digest();
  const word = digest.readUInt32BE(digest.at(-1) & 15) & 0x7fffffff;
  return String(word % 1_000_000).padStart(6, '0');
}

describe('two-step sign-in', () => {
  let server, windows, boss, codes;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    boss = await (await windows.person()).newPage();
    await signIn(boss, server.person(/^admin$/), '**/inbox');
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
  });

  const person = (pattern) => server.person(pattern);
  const card = (page, title) => page.locator('section', { has: page.getByRole('heading', { name: title, exact: true }) });
  const focused = (page) => page.evaluate(() => document.activeElement?.getAttribute('name') ?? document.activeElement?.textContent);
  const look = async (page, name) => {
    await picture(page, name);
    await assertAccessible(page, name);
  };
  /** From the page that shows the key to the end, by keyboard. Answers the recovery codes. */
  const finishSetUp = async (page, name) => {
    await page.getByRole('img', { name: 'QR code for your authenticator app' }).waitFor();
    await look(page, `${name}-app`);
    await eventually(async () => assert.equal(await focused(page), 'code'));
    await page.keyboard.type('000 000');
    await page.keyboard.press('Enter');
    await page.getByText(/This code does not match/).waitFor();
    const key = await page.locator('code').first().innerText();
    // What is refused is selected: the next code takes its place.
    await page.keyboard.type(codeOf(key));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
    await look(page, `${name}-codes`);
    const kept = await page.getByRole('listitem').filter({ hasText: /^\w{4}(-\w{4}){5}$/ }).allInnerTexts();
    assert.equal(new Set(kept).size, 10);
    return kept;
  };

  it('is set up by keyboard: password, app, recovery codes that were kept', async () => {
    await boss.goto('/settings#you');
    const box = card(boss, 'Two-step sign-in');
    await box.getByRole('button', { name: 'Turn on two-step sign-in' }).focus();
    await boss.keyboard.press('Enter');
    await eventually(async () => assert.equal(await focused(boss), 'password'));
    await boss.keyboard.type('not my password');
    await boss.keyboard.press('Enter');
    await box.getByText(/not your current password/).waitFor();
    await box.getByLabel('Your password').fill(person(/^admin$/).password);
    await boss.keyboard.press('Enter');
    codes = await finishSetUp(boss, 'two-step-desktop-light');

    await box.getByRole('button', { name: 'Done' }).click();
    await box.getByText(/Say first that you have kept them/).waitFor();
    const [file] = await Promise.all([boss.waitForEvent('download'), box.getByRole('button', { name: 'Save as a file' }).click()]);
    const text = readFileSync(await file.path(), 'utf8');
    for (const code of codes) assert.ok(text.includes(code));
    await box.getByLabel(/I have kept these codes/).check();
    await box.getByRole('button', { name: 'Done' }).click();
    await box.getByText('10 recovery codes are left.').waitFor();
    await look(boss, 'two-step-on-desktop-light');
    assert.ok(!(await boss.locator('body').innerText()).includes(codes[0]), 'they are not shown again');
  });

  it('asks for a code at sign-in, and takes a recovery code instead, once', async () => {
    const page = await (await windows.person({ size: 'phone' })).newPage();
    await signIn(page, person(/^admin$/), '**/sign-in');
    await page.getByRole('heading', { name: 'One more step' }).waitFor();
    const field = page.getByLabel('Code of your app');
    assert.deepEqual(await field.evaluate(({ autocomplete, inputMode }) => [autocomplete, inputMode]), ['one-time-code', 'numeric']);
    await look(page, 'two-step-sign-in-phone-light');
    await page.keyboard.type('000000');
    await page.keyboard.press('Enter');
    await page.getByText(/This code does not match, or it was used already/).waitFor();
    await page.getByRole('button', { name: 'Use a recovery code instead' }).click();
    await page.getByLabel('Recovery code').fill(codes[0].toLowerCase());
    await look(page, 'two-step-recovery-phone-light');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/inbox');

    const again = await (await windows.person({ size: 'phone', scheme: 'dark' })).newPage();
    await signIn(again, person(/^admin$/), '**/sign-in');
    await again.getByRole('button', { name: 'Use a recovery code instead' }).click();
    for (let tries = 0; tries < 5; tries++) {
      await again.getByLabel('Recovery code').fill(codes[0]);
      await again.keyboard.press('Enter');
      await again.getByText(/does not match/).waitFor();
      await again.getByLabel('Recovery code').fill('');
      await again.getByRole('button', { name: 'Use a code of your app' }).click();
      await again.getByRole('button', { name: 'Use a recovery code instead' }).click();
    }
    await again.getByLabel('Recovery code').fill(codes[1]);
    await again.keyboard.press('Enter');
    await again.getByRole('alert').filter({ hasText: /Enter your password again/ }).waitFor();
    await again.getByLabel('Password').waitFor();
    await look(again, 'two-step-over-phone-dark');
  });

  it('is asked of the whole team: who lacks it sets it up and nothing else', async () => {
    const manager = await (await windows.person({ size: 'phone', scheme: 'dark' })).newPage();
    await signIn(manager, person(/^account manager/), '**/inbox');
    await boss.goto('/settings#people');
    const box = card(boss, 'Two-step sign-in of the team');
    await box.getByLabel('Who must use it').selectOption('yes');
    await box.getByRole('button', { name: 'Save' }).click();
    const question = boss.getByRole('dialog', { name: 'Ask it of everybody?' });
    await question.waitFor();
    await look(boss, 'two-step-team-desktop-light');
    await question.getByRole('button', { name: 'Ask it of everybody' }).click();
    await box.getByText('Saved.').waitFor();

    // The page that was open leaves by itself; no other opens.
    await manager.getByRole('heading', { name: 'Set up two-step sign-in' }).waitFor();
    await manager.goto('/settings#keys');
    await manager.getByRole('heading', { name: 'Set up two-step sign-in' }).waitFor();
    await manager.getByLabel('Your password').fill(person(/^account manager/).password);
    await look(manager, 'two-step-first-phone-dark');
    await manager.keyboard.press('Enter');
    await finishSetUp(manager, 'two-step-phone-dark');
    await manager.getByLabel(/I have kept these codes/).check();
    await manager.getByRole('button', { name: 'Done' }).click();
    await manager.waitForURL('**/settings**');
    await manager.goto('/inbox');
    await manager.getByRole('region', { name: 'Conversations' }).getByRole('link').first().waitFor();

    await boss.reload();
    const row = boss.getByRole('listitem').filter({ hasText: person(/^account manager/).email });
    await row.getByText('Two-step sign-in', { exact: true }).waitFor();
    await row.getByRole('button', { name: 'Reset two-step sign-in' }).click();
    await boss.getByRole('dialog').getByRole('button', { name: 'Reset it' }).click();
    await boss.getByText(/signs in with the password alone now/).waitFor();
    await manager.waitForURL('**/sign-in**');
    await boss.getByLabel('Who must use it').selectOption('no');
    await box.getByRole('button', { name: 'Save' }).click();
    await box.getByText('Saved.').waitFor();
  });

  it('has new recovery codes when they are asked for, and the old ones stop working', async () => {
    await boss.goto('/settings#you');
    await boss.reload();
    const box = card(boss, 'Two-step sign-in');
    await box.getByText('9 recovery codes are left.').waitFor();
    await box.getByRole('button', { name: 'Make new recovery codes' }).click();
    const dialog = boss.getByRole('dialog', { name: 'Make new recovery codes' });
    await dialog.getByLabel('Your password').fill(person(/^admin$/).password);
    await dialog.getByLabel('Code').fill(codes[1]);
    await dialog.getByRole('button', { name: 'Make new codes' }).click();
    const fresh = boss.getByRole('listitem').filter({ hasText: /^\w{4}(-\w{4}){5}$/ });
    await eventually(async () => assert.equal(await fresh.count(), 10));
    const before = codes;
    codes = await fresh.allInnerTexts();
    await box.getByLabel(/I have kept these codes/).check();
    await box.getByRole('button', { name: 'Done' }).click();
    await box.getByText('10 recovery codes are left.').waitFor();
    const page = await (await windows.person()).newPage();
    await signIn(page, person(/^admin$/), '**/sign-in');
    await page.getByRole('button', { name: 'Use a recovery code instead' }).click();
    await page.getByLabel('Recovery code').fill(before[3]);
    await page.keyboard.press('Enter');
    await page.getByText(/does not match/).waitFor();
    await page.getByLabel('Recovery code').fill(codes[0]);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/inbox');
    await page.context().close();
  });

  it('is turned off with password and code', async () => {
    await boss.goto('/settings#you');
    await boss.reload();
    const box = card(boss, 'Two-step sign-in');
    await box.getByText('9 recovery codes are left.').waitFor();
    await box.getByRole('button', { name: 'Turn off' }).click();
    const dialog = boss.getByRole('dialog', { name: 'Turn off two-step sign-in?' });
    await dialog.getByLabel('Your password').fill(person(/^admin$/).password);
    await dialog.getByLabel('Code').fill('1234');
    await dialog.getByRole('button', { name: 'Turn it off' }).click();
    await dialog.getByText(/Enter the six digits your app shows/).waitFor();
    await look(boss, 'two-step-off-desktop-light');
    await dialog.getByLabel('Code').fill(codes[2]);
    await dialog.getByRole('button', { name: 'Turn it off' }).click();
    await box.getByRole('button', { name: 'Turn on two-step sign-in' }).waitFor();
    const page = await (await windows.person()).newPage();
    await signIn(page, person(/^admin$/), '**/inbox');
  });

  it('nothing was complained of on the way', () => windows.assertQuiet());
});
