// Everything without a mouse.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually, Windows } from './support/browser.mjs';
import { chatOf, hears } from './support/people.mjs';
import { Server } from './support/server.mjs';

describe('by keyboard only', () => {
  let server, windows, visitor, inbox;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    visitor = await (await windows.person()).newPage();
    inbox = await (await windows.person()).newPage();
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
  });

  /** What has the focus, through frames and shadow roots, as a screen reader would name it. */
  async function focused(page) {
    const inFrame = async (frame) => frame.evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      return element?.getAttribute('aria-label') ?? element?.textContent ?? '';
    });
    const frame = page.frames().find((each) => each.url().includes('/widget/frame'));
    return { page: await inFrame(page), frame: frame ? await inFrame(frame) : '' };
  }

  async function tabTo(page, name) {
    for (let step = 0; step < 60; step += 1) {
      await page.keyboard.press('Tab');
      if ((await focused(page)).page.includes(name)) return;
    }
    assert.fail(`Tab never reached ${name}`);
  }

  it('a visitor opens the chat, writes, closes it, and is back where it began', async () => {
    await visitor.goto('/');
    await visitor.getByRole('button', { name: 'Open chat' }).waitFor();
    await tabTo(visitor, 'Open chat');
    await visitor.keyboard.press('Enter');
    const chat = chatOf(visitor);
    await chat.getByRole('textbox').waitFor();
    await eventually(async () => assert.match((await focused(visitor)).frame, /Write/));
    await visitor.keyboard.type('By keyboard only');
    await visitor.keyboard.press('Enter');
    await hears(chat, 'By keyboard only');
    await visitor.keyboard.press('Escape');
    await eventually(async () => assert.equal((await focused(visitor)).page, 'Open chat'));
  });

  it('staff signs in', async () => {
    const { email, password } = server.person(/^account manager/);
    await inbox.goto('/sign-in');
    await eventually(async () => assert.equal(await inbox.evaluate(() => document.activeElement?.getAttribute('name')), 'email'));
    await inbox.keyboard.type(email);
    await inbox.keyboard.press('Tab');
    await inbox.keyboard.type(password);
    await inbox.keyboard.press('Enter');
    await inbox.waitForURL('**/inbox');
    await inbox.getByRole('region', { name: 'Conversations' }).getByRole('link').filter({ hasText: 'By keyboard only' }).waitFor();
  });

  it('finds the conversation with j, answers with r, leaves the field with Escape', async () => {
    for (let step = 0; step < 20; step += 1) {
      await inbox.keyboard.press('j');
      await inbox.waitForTimeout(150);
      const current = inbox.getByRole('region', { name: 'Conversations' }).locator('a[aria-current=true]');
      if ((await current.count()) > 0 && (await current.innerText()).includes('By keyboard only')) break;
    }
    await inbox.getByRole('textbox', { name: 'Write an answer' }).waitFor();
    await hears(inbox, 'By keyboard only');
    await inbox.keyboard.press('r');
    await inbox.keyboard.type('Answered by keyboard');
    await inbox.keyboard.press('Enter');
    await hears(inbox, 'Answered by keyboard');
    await inbox.keyboard.press('Escape');
    await eventually(async () => assert.equal(await inbox.evaluate(() => document.activeElement?.tagName), 'A'));
  });

  it('writes a note with n', async () => {
    await inbox.keyboard.press('n');
    await inbox.keyboard.type('Noted by keyboard');
    await inbox.keyboard.press('Enter');
    await hears(inbox, 'Noted by keyboard');
    await inbox.keyboard.press('Escape');
  });

  it('reacts to a message: up into the log, Enter for its menu', async () => {
    await inbox.keyboard.press('r');
    await inbox.keyboard.press('Shift+Tab');
    for (let step = 0; step < 10 && !(await inbox.evaluate(() => document.activeElement?.tagName === 'ARTICLE')); step += 1) await inbox.keyboard.press('Shift+Tab');
    await inbox.keyboard.press('Home');
    await eventually(async () => assert.ok(await inbox.getByRole('group', { name: 'Message actions' }).count()));
    await inbox.keyboard.press('Enter');
    await inbox.keyboard.press('Enter');
    await inbox.keyboard.press('ArrowRight');
    await inbox.keyboard.press('Enter');
    await inbox.getByRole('button', { name: /^❤️ by you/ }).waitFor();
  });

  it('assigns with a and a letter, resolves with e, reads the keys with ?', async () => {
    await inbox.keyboard.press('a');
    await inbox.getByRole('dialog').waitFor();
    await inbox.keyboard.press('A');
    await inbox.keyboard.press('Enter');
    await inbox.getByRole('button', { name: /^Answered by You/ }).waitFor();
    await inbox.keyboard.press('e');
    await inbox.getByRole('button', { name: 'Open again' }).waitFor();
    await inbox.keyboard.press('e');
    await inbox.getByRole('button', { name: 'Resolve', exact: true }).waitFor();
    await inbox.keyboard.press('?');
    await inbox.getByRole('dialog', { name: 'Keys' }).waitFor();
    await inbox.keyboard.press('Escape');
    await eventually(async () => assert.equal(await inbox.getByRole('dialog').count(), 0));
  });

  it('invites with i, all fields and buttons in order', async () => {
    await inbox.keyboard.press('i');
    await inbox.getByRole('dialog', { name: 'Invite as a client' }).waitFor();
    await inbox.keyboard.type('Kay');
    await inbox.keyboard.press('Tab');
    await inbox.keyboard.type('kay@example.org');
    await inbox.keyboard.press('Enter');
    await inbox.getByText('The invitation is on its way to kay@example.org.').waitFor();
  });

  it('single keys can be switched off, and then do nothing', async () => {
    await inbox.keyboard.press('?');
    const box = inbox.getByRole('checkbox', { name: 'Single keys are on' });
    await box.focus();
    await inbox.keyboard.press('Space');
    await inbox.keyboard.press('Escape');
    await inbox.keyboard.press('n');
    await inbox.waitForTimeout(200);
    assert.equal(await inbox.getByRole('textbox', { name: 'Internal note' }).count(), 0);
  });

  it('the skip link comes first and leads to the content', async () => {
    await inbox.goto('/settings');
    await inbox.getByRole('heading', { level: 1 }).waitFor();
    await inbox.keyboard.press('Tab');
    assert.equal(await inbox.evaluate(() => document.activeElement?.textContent), 'Skip to the content');
    await inbox.keyboard.press('Enter');
    await eventually(async () => assert.equal(await inbox.evaluate(() => document.activeElement?.id), 'main'));
  });
});
