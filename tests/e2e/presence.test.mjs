// Whether somebody is there, as it changes under the visitor's eyes.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Windows } from './support/browser.mjs';
import { openChat, openConversation, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

describe('somebody comes and goes while a visitor waits', () => {
  let server, windows, chat, staff;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
  });

  it('nobody is there: it says so and asks for a way to be reached', async () => {
    chat = await openChat(await (await windows.person()).newPage());
    await say(chat, 'Is anybody there?');
    await chat.getByText(/^Away/).first().waitFor();
    await chat.getByText('Your message is kept.').waitFor();
  });

  it('somebody comes: it says so by itself, and asks no more', async () => {
    staff = await (await windows.person()).newPage();
    await signIn(staff, server.person(/^account manager/));
    await chat.getByText('We are here').waitFor();
    await chat.getByText('Your message is kept.').waitFor({ state: 'hidden' });
  });

  it('who answers at once and goes elsewhere has read what was answered', async () => {
    await openConversation(staff, 'Is anybody there?');
    await say(staff, 'I am.');
    await staff.goto('/settings');
    await chat.getByText('Seen').first().waitFor();
    await staff.goto('/inbox');
    const row = staff.getByRole('region', { name: 'Conversations' }).getByRole('link').filter({ hasText: 'I am.' });
    await row.waitFor();
    assert.doesNotMatch(await row.innerText(), /unread/);
  });

  it('the last one goes: it says so by itself', async () => {
    await staff.close();
    await chat.getByText(/^Away/).first().waitFor({ timeout: 30_000 });
  });
});
