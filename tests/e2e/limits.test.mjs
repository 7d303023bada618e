// The limits of production, as people meet them: a friendly word, nothing lost, and it goes on by itself.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually, picture, Windows } from './support/browser.mjs';
import { messagesOf, openChat, say } from './support/people.mjs';
import { Server } from './support/server.mjs';

describe('too much at once', () => {
  let server, windows;

  before(async () => {
    server = await Server.start({ limits: true });
    windows = await Windows.open(server.url);
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
  });

  it('nobody of the staff is there: it says so, keeps the message, and asks for a way to be reached', async () => {
    const page = await (await windows.person()).newPage();
    const chat = await openChat(page);
    await chat.getByText(/^Away/).first().waitFor();
    await say(chat, 'Do you have something without nuts?');
    await chat.getByText('Your message is kept.').waitFor();
    await chat.getByLabel(/Your e-mail/).fill('not an address');
    await chat.getByRole('button', { name: 'Save' }).click();
    await chat.getByText('This does not look like an e-mail address.').waitFor();
    await picture(page, 'offline-mode');
    await chat.getByLabel(/Your e-mail/).fill('nora@example.org');
    await chat.getByRole('button', { name: 'Save' }).click();
    await eventually(async () => assert.equal(await chat.getByText('Your message is kept.').count(), 0));
    await page.reload();
    await page.getByRole('button', { name: 'Open chat' }).click();
    await say(chat, 'One more thing');
    await eventually(async () => assert.ok((await messagesOf(chat)).includes('One more thing')));
    assert.equal(await chat.getByText('Your message is kept.').count(), 0, 'it asks once');
  });

  it('a visitor who writes very fast is told so kindly, and every message arrives, in order', async () => {
    const page = await (await windows.person()).newPage();
    const chat = await openChat(page);
    const texts = [];
    const told = chat.getByText('You are quick! This goes out in a moment.').first();
    // The first begins the chat, and the field is another one when it has begun.
    texts.push('quick 1');
    await say(chat, 'quick 1');
    await eventually(async () => assert.deepEqual(await messagesOf(chat), texts));
    // However slow this machine is: until the limit is met, and two more.
    for (let more = 2; more > 0 && texts.length < 200; more -= (await told.count()) > 0 ? 1 : 0) {
      texts.push(`quick ${texts.length + 1}`);
      await say(chat, texts.at(-1));
    }
    await told.waitFor();
    await picture(page, 'rate-limited');
    await eventually(async () => {
      assert.deepEqual((await messagesOf(chat)).filter((text) => text.startsWith('quick')), texts);
      assert.equal(await chat.getByText(/This goes out|Sending/).count(), 0);
    }, 90_000);
  });

  it('too many chats from one place: the message stays in the field, with when to try again', async () => {
    const page = await (await windows.person()).newPage();
    const chat = await openChat(page);
    await chat.getByRole('textbox').waitFor();
    // As many as there may be, begun without a word in between, and whatever becomes free until the message was refused:
    // it meets the limit however slow this machine is.
    await page.evaluate(async () => {
      const key = document.querySelector('meta[name="brigade-site-key"]').content;
      const begin = () => fetch('/v1/site/conversations', { method: 'POST', headers: { 'content-type': 'application/json', 'x-tenant-key': key }, body: '{}' });
      let tries = 0;
      while ((await begin()).status !== 429) if ((tries += 1) === 40) throw new Error('forty chats were begun at once');
      window.taken = setInterval(begin, 100);
    });
    await say(chat, 'One chat too many');
    await chat.getByText(/That was a lot at once. Your message is still here/).waitFor();
    await page.evaluate(() => clearInterval(window.taken));
    assert.equal(await chat.getByRole('textbox').inputValue(), 'One chat too many');
    await picture(page, 'too-many-chats');
    await eventually(async () => {
      await say(chat, 'One chat too many');
      await chat.locator('article').first().waitFor({ timeout: 3_000 });
    }, 60_000);
  });

  it('guessing passwords is slowed down, with a word about when', async () => {
    const page = await (await windows.person()).newPage();
    await page.goto('/sign-in');
    const { email } = server.person(/^account manager/);
    for (let attempt = 0; attempt < 8; attempt += 1) {
      await page.getByLabel('E-mail').fill(email);
      await page.getByLabel('Password').fill(`guess number ${attempt}`);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').filter({ hasText: /./ }).waitFor();
      if (/Try again in \d+ s/.test(await page.getByRole('alert').innerText())) return;
      await page.waitForTimeout(100);
    }
    assert.fail('eight wrong guesses were not slowed down');
  });
});
