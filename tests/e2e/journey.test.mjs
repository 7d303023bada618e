// The first paragraph of what Brigade is for: a visitor writes, an account manager sees it the same instant and answers, the
// visitor becomes a client with an account and goes on talking; the people are in windows of their own.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, Windows } from './support/browser.mjs';
import { chatOf, hears, linkOfMail, messagesOf, openChat, openConversation, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

describe('from visitor to client', () => {
  let server, windows, visitor, staff, chat, inbox;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    visitor = await (await windows.person()).newPage();
    staff = await windows.person();
    inbox = await staff.newPage();
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
  });

  it('the account manager signs in and sees the inbox', async () => {
    await signIn(inbox, server.person(/account manager/i), '**/inbox');
    await inbox.getByRole('region', { name: 'Conversations' }).getByRole('link').first().waitFor();
  });

  it('the visitor sees that somebody is there, and writes', async () => {
    chat = await openChat(visitor);
    await chat.getByText('We are here').waitFor();
    await say(chat, 'Do you deliver to **Gratwein**?');
    await hears(chat, 'Do you deliver to Gratwein?');
    await chat.getByText('Sent').waitFor();
  });

  it('it is in the inbox the same instant, with its unread count, and opens', async () => {
    const row = inbox.getByRole('region', { name: 'Conversations' }).getByRole('link').filter({ hasText: 'Gratwein' });
    await row.waitFor();
    assert.match(await row.innerText(), /waits/);
    assert.match(await row.innerText(), /1\s*unread/);
    await row.click();
    await hears(inbox, 'Do you deliver to Gratwein?');
    await eventually(async () => assert.doesNotMatch(await row.innerText(), /unread/));
  });

  it('the visitor sees that it was read, and that somebody is typing', async () => {
    await inbox.getByRole('textbox', { name: 'Write an answer' }).pressSequentially('Ye');
    await chat.getByText(/is typing/).waitFor();
    await inbox.getByRole('textbox', { name: 'Write an answer' }).fill('');
    await chat.getByText('Seen').waitFor();
  });

  it('the answer is there the same instant', async () => {
    await say(inbox, 'Yes, on Sunday and Wednesday.');
    await hears(chat, 'Yes, on Sunday and Wednesday.');
    await picture(inbox, 'journey-inbox');
    await picture(visitor, 'journey-chat');
  });

  it('an internal note stays internal', async () => {
    await inbox.getByRole('button', { name: 'Internal note' }).click();
    const note = inbox.getByRole('textbox', { name: 'Internal note' });
    await note.fill('Wants the ten pack.');
    await note.press('Enter');
    await hears(inbox, 'Wants the ten pack.');
    await inbox.getByRole('button', { name: 'Reply', exact: true }).first().click();
    assert.ok(!(await messagesOf(chat)).includes('Wants the ten pack.'));
  });

  it('a message can be changed, answered, reacted to and deleted', async () => {
    await say(chat, 'Graet.');
    const own = chat.locator('article', { hasText: 'Graet.' });
    await own.hover();
    await own.getByRole('button', { name: 'Edit' }).click();
    await chat.getByRole('textbox').fill('Great.');
    await chat.getByRole('textbox').press('Enter');
    await hears(inbox, 'Great.');
    await inbox.getByRole('button', { name: /^Edited/ }).click();
    await inbox.getByRole('dialog').getByText('Graet.').waitFor();
    await inbox.getByRole('dialog').getByRole('button', { name: 'Close' }).click();

    const theirs = inbox.locator('article', { hasText: 'Great.' });
    await theirs.hover();
    await theirs.getByRole('button', { name: 'React' }).click();
    await theirs.getByRole('button', { name: 'React with 🎉' }).click();
    await chat.getByRole('button', { name: /^🎉 by/ }).waitFor();

    const answered = chat.locator('article', { hasText: 'Sunday and Wednesday' });
    await answered.hover();
    await answered.getByRole('button', { name: 'Reply' }).click();
    await say(chat, 'Sunday is perfect.');
    await inbox.locator('article', { hasText: 'Sunday is perfect.' }).getByRole('button', { name: /Yes, on Sunday/ }).waitFor();

    await say(chat, 'Oops, wrong window');
    await hears(inbox, 'Oops, wrong window');
    const wrong = chat.locator('article', { hasText: 'Oops, wrong window' });
    await wrong.hover();
    await wrong.getByRole('button', { name: 'Delete' }).click();
    await chat.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await eventually(async () => {
      const texts = await messagesOf(inbox);
      assert.ok(!texts.includes('Oops, wrong window') && texts.includes('This message was deleted.'));
    });
  });

  it('the chat survives a reload', async () => {
    await visitor.reload();
    await visitor.getByRole('button', { name: 'Open chat' }).click();
    chat = chatOf(visitor);
    await hears(chat, 'Sunday is perfect.');
  });

  it('the account manager takes the conversation, and invites', async () => {
    await inbox.getByRole('button', { name: 'Assign', exact: true }).click();
    await inbox.getByRole('dialog').getByRole('button', { name: /\(you\)/ }).click();
    await inbox.getByRole('button', { name: /^Answered by You/ }).waitFor();
    await inbox.getByRole('button', { name: 'Invite as a client' }).click();
    const dialog = inbox.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Vera Novak');
    await dialog.getByLabel('E-mail').fill('vera@example.org');
    await dialog.getByRole('button', { name: 'Send the invitation' }).click();
    await inbox.getByText('The invitation is on its way to vera@example.org.').waitFor();
    await inbox.getByText(/Vera Novak, vera@example.org/).waitFor();
  });

  it('the mail is in the outbox; accepting makes a client who has the whole history', async () => {
    const client = await (await windows.person()).newPage();
    const link = await linkOfMail(client, 'vera@example.org', /\/invite#token=/);
    await client.goto(link);
    await client.getByRole('heading', { name: 'Welcome, Vera Novak' }).waitFor();
    assert.ok(!client.url().includes('token'), 'the token is not left in the address');
    await assertAccessible(client, 'invitation');
    await client.getByLabel('Choose a password').fill('purple kettle on the windowsill');
    await client.getByRole('button', { name: 'Accept the invitation' }).click();
    await client.waitForURL('**/chat');
    await hears(client, 'Do you deliver to Gratwein?');
    await hears(client, 'Sunday is perfect.');
    assert.ok(!(await messagesOf(client)).includes('Wants the ten pack.'));
    await picture(client, 'journey-client');

    await say(client, 'I am in!');
    await hears(inbox, 'I am in!');
    await inbox.getByRole('heading', { name: 'Vera Novak' }).first().waitFor();
    await say(inbox, 'Welcome to Balance Kitchen.');
    await hears(client, 'Welcome to Balance Kitchen.');
    await client.getByRole('region', { name: 'Your account manager' }).waitFor();
  });

  it('the visitor’s window says where the conversation went', async () => {
    await chat.getByText('This conversation is now in your account').waitFor();
    await picture(visitor, 'journey-moved');
  });

  it('resolving takes it from the list, with a way back', async () => {
    await inbox.getByRole('button', { name: 'Resolve', exact: true }).click();
    await inbox.getByText('Vera Novak is resolved.').waitFor();
    const row = inbox.getByRole('region', { name: 'Conversations' }).getByRole('link').filter({ hasText: 'Vera Novak' });
    await eventually(async () => assert.equal(await row.count(), 0));
    await inbox.getByRole('status').getByRole('button', { name: 'Undo' }).last().click();
    await row.waitFor();
  });

  it('nothing was complained of on the way', () => windows.assertQuiet());
});
