// What goes wrong between people and server: nothing that was written is lost, doubled or out of order.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually, picture, Windows } from './support/browser.mjs';
import { chatOf, hears, messagesOf, openChat, openConversation, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

describe('when the line or the server is gone', () => {
  let server, windows, visitorContext, staffContext, visitor, inbox, chat;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    visitorContext = await windows.person();
    staffContext = await windows.person();
    visitor = await visitorContext.newPage();
    inbox = await staffContext.newPage();
    await signIn(inbox, server.person(/^account manager/), '**/inbox');
    chat = await openChat(visitor);
    await say(chat, 'Hello from the visitor');
    await openConversation(inbox, 'Hello from the visitor');
    await hears(inbox, 'Hello from the visitor');
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
  });

  it('the visitor’s network is pulled: the banner says what happens next, and what was written goes out by itself', async () => {
    await visitorContext.setOffline(true);
    await chat.getByText('You are offline. What you write is kept and goes out when the network is back.').waitFor();
    await say(chat, 'Written offline 1');
    await say(chat, 'Written offline 2');
    await chat.getByText('Kept. It goes out when the connection is back.').first().waitFor();
    await picture(visitor, 'offline-chat');
    await say(inbox, 'Are you still there?');
    await visitorContext.setOffline(false);
    for (const text of ['Written offline 1', 'Written offline 2']) await hears(inbox, text);
    await hears(chat, 'Are you still there?');
    assert.deepEqual((await messagesOf(chat)).slice(-3), (await messagesOf(inbox)).slice(-3), 'both see the same order');
  });

  it('the account manager’s network is pulled, and the page reloaded before it is back', async () => {
    await staffContext.setOffline(true);
    await inbox.getByText(/You are offline/).waitFor();
    await say(inbox, 'Answer written offline');
    await inbox.getByText(/Kept\. It goes out/).waitFor();
    await staffContext.setOffline(false);
    await inbox.reload();
    await hears(chat, 'Answer written offline');
    await hears(inbox, 'Answer written offline');
  });

  it('the server is killed between two messages: both sides come back by themselves, nothing is missing', async () => {
    await say(chat, 'Sent before the kill');
    await chat.locator('article', { hasText: 'Sent before the kill' }).getByText('Sent', { exact: true }).or(chat.getByText('Seen')).first().waitFor();
    await server.kill();
    await eventually(async () => assert.ok(await inbox.getByText(/connection was lost|Connecting/).count()));
    await say(chat, 'Written by the visitor while it was down');
    await say(inbox, 'Written by the staff while it was down');
    await picture(inbox, 'down-inbox');
    await server.up();
    for (const text of ['Sent before the kill', 'Written by the visitor while it was down', 'Written by the staff while it was down']) {
      await eventually(() => hears(inbox, text), 45_000);
      await eventually(() => hears(chat, text), 45_000);
    }
    assert.deepEqual((await messagesOf(chat)).slice(-3), (await messagesOf(inbox)).slice(-3), 'both see the same order');
  });

  it('killed in the middle of a burst: every message that was written is there once, in order', async () => {
    const texts = Array.from({ length: 12 }, (_, index) => `burst ${index + 1}`);
    for (const [index, text] of texts.entries()) {
      await say(chat, text);
      if (index === 5) {
        await server.kill();
        void server.up();
      }
    }
    await eventually(async () => {
      const seen = (await messagesOf(inbox)).filter((text) => text.startsWith('burst '));
      assert.deepEqual(seen, texts);
    }, 60_000);
    await eventually(async () => assert.deepEqual((await messagesOf(chat)).filter((text) => text.startsWith('burst ')), texts));
  });
});

describe('a reload in the middle of a send', () => {
  let server, windows, inbox;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    inbox = await (await windows.person()).newPage();
    await signIn(inbox, server.person(/^account manager/), '**/inbox');
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
  });

  /** A visitor whose socket can be made to swallow frames of one direction. */
  async function visitorBehind(line) {
    const page = await (await windows.person()).newPage();
    await page.routeWebSocket(/\/v1\/live$/, (socket) => {
      const onward = socket.connectToServer();
      socket.onMessage((frame) => (line.up && frame.includes('"t":"cmd"') ? undefined : onward.send(frame)));
      onward.onMessage((frame) => (line.down && /"t":"(?:ack|ev)"/.test(frame) ? undefined : socket.send(frame)));
    });
    return page;
  }

  for (const [what, hold] of [['the command never reached the server', { up: true }], ['the answer never reached the page', { down: true }]]) {
    it(`loses and doubles nothing when ${what}`, async () => {
      const line = {};
      const visitor = await visitorBehind(line);
      let chat = await openChat(visitor);
      await say(chat, `First (${what})`);
      await hears(chat, `First (${what})`);
      await openConversation(inbox, what);
      Object.assign(line, hold);
      await say(chat, `In the middle (${what})`);
      await chat.getByText('Sending…').waitFor();
      await visitor.reload();
      Object.assign(line, { up: false, down: false });
      await visitor.reload();
      await visitor.getByRole('button', { name: 'Open chat' }).click();
      chat = chatOf(visitor);
      await hears(inbox, `In the middle (${what})`);
      await hears(chat, `In the middle (${what})`);
      await eventually(async () => assert.equal(await chat.getByText('Sending…').count(), 0));
      await hears(inbox, `In the middle (${what})`);
    });
  }

  it('what is written while the chat is being begun is still there when it has', async () => {
    const page = await (await windows.person()).newPage();
    let go;
    const held = new Promise((resolve) => (go = resolve));
    await page.route('**/v1/site/conversations', async (route) => {
      await held;
      await route.continue();
    });
    const fresh = await openChat(page);
    await say(fresh, 'The first message');
    await fresh.getByRole('textbox', { name: 'Write a message' }).fill('and a second, on a slow line');
    go();
    await hears(fresh, 'The first message');
    const field = fresh.getByRole('textbox', { name: 'Write a message' });
    await eventually(async () => assert.equal(await field.inputValue(), 'and a second, on a slow line'));
    await fresh.getByRole('button', { name: 'Send', exact: true }).click();
    await hears(fresh, 'and a second, on a slow line');
  });

  it('a draft is still there after a reload', async () => {
    const draft = inbox.getByRole('textbox', { name: 'Write an answer' });
    await draft.fill('Half a sentence');
    await inbox.reload();
    await eventually(async () => assert.equal(await draft.inputValue(), 'Half a sentence'));
  });
});

describe('a page whose person is not the one who is signed in any more', () => {
  let server, windows, context, inbox, admin, chat;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    context = await windows.person();
    inbox = await context.newPage();
    admin = await (await windows.person()).newPage();
    await signIn(inbox, server.person(/^account manager/), '**/inbox');
    await signIn(admin, server.person(/^admin$/), '**/inbox');
    chat = await openChat(await (await windows.person()).newPage());
    await say(chat, 'Who is there?');
    await openConversation(inbox, 'Who is there?');
    await hears(inbox, 'Who is there?');
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
  });

  /** As a sign-in in another window of the same browser leaves it. */
  const signedInElsewhere = async () => context.addCookies(await admin.context().cookies());

  it('sends nothing in the name of the other, and keeps what was written until its own person is back', async () => {
    await context.setOffline(true);
    await say(inbox, 'Written by the first');
    await inbox.getByText(/Kept\. It goes out/).waitFor();
    await signedInElsewhere();
    await context.setOffline(false);
    await inbox.waitForURL(/\/sign-in|\/inbox$/);
    await inbox.getByRole('region', { name: 'Conversations' }).getByRole('link').first().waitFor();
    await say(chat, 'Hello?');
    await openConversation(admin, 'Hello?');
    await hears(admin, 'Hello?');
    assert.deepEqual((await messagesOf(admin)).slice(-2), ['Who is there?', 'Hello?']);
    await context.clearCookies();
    await signIn(inbox, server.person(/^account manager/), '**/inbox');
    await openConversation(inbox, /Hello\?|Written by the first/);
    await hears(inbox, 'Written by the first');
    await hears(admin, 'Written by the first');
  });

  it('changes nothing of the other', async () => {
    await inbox.goto('/settings#you');
    const name = inbox.getByLabel('Name', { exact: true });
    const before = await name.inputValue();
    await name.fill('Not the other');
    await signedInElsewhere();
    const card = inbox.locator('section', { has: name });
    await card.getByRole('button', { name: 'Save' }).click();
    await card.getByRole('alert').filter({ hasText: 'Somebody else is signed in here meanwhile' }).waitFor();
    await picture(inbox, 'somebody-else-signed-in');
    const who = await admin.evaluate(async () => (await (await fetch('/v1/auth/me')).json()).data.user.name);
    assert.notEqual(who, 'Not the other');
    await context.clearCookies();
    await signIn(inbox, server.person(/^account manager/), '**/inbox');
    assert.equal(await inbox.evaluate(async () => (await (await fetch('/v1/auth/me')).json()).data.user.name), before);
  });

  it('is left when somebody is removed while it is on its way', async () => {
    let go;
    const held = new Promise((resolve) => (go = resolve));
    await inbox.routeWebSocket(/\/v1\/live$/, async (socket) => {
      await held;
      socket.connectToServer();
    });
    await inbox.goto('/inbox');
    await inbox.getByRole('region', { name: 'Conversations' }).getByRole('link').first().waitFor();
    await admin.goto('/settings#people');
    const row = admin.getByRole('listitem').filter({ hasText: server.person(/^account manager/).email });
    await row.getByRole('button', { name: 'Remove' }).click();
    await admin.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await eventually(async () => assert.equal(await row.count(), 0));
    go();
    await inbox.waitForURL('**/sign-in**');
  });
});
