// A visitor's path from one end to the other: greeted, asked their name, answered, a file, how it was, back another day, what was said by
// e-mail, and a client in the same conversation; at a desk with the keyboard alone, and on a phone in the dark.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, Windows } from './support/browser.mjs';
import { tabTo } from './support/hands.mjs';
import { command, read, signInUnseen } from './support/http.mjs';
import { chatOf, hears, linkOfMail, messagesOf, openConversation, say, signIn } from './support/people.mjs';
import { file, png } from './support/pictures.mjs';
import { Server } from './support/server.mjs';

const GREETING = 'Hello! Hungry? جائع؟ 🍲';
const QUESTION = 'How did we do?';

/** How the visitor does things: `press` a button, `fill` a field, `send` what is written. */
const keyboard = {
  async press(page, place, name) {
    await tabTo(page, name);
    await page.keyboard.press('Enter');
  },
  async fill(page, place, label, text) {
    await tabTo(page, label);
    await page.keyboard.press('Control+a');
    await page.keyboard.type(text);
  },
  async say(page, place, text) {
    await this.fill(page, place, /^Write/, text);
    await page.keyboard.press('Enter');
  },
};
const finger = {
  async press(page, place, name) {
    await place.getByRole('button', { name, ...(typeof name === 'string' && { exact: true }) }).tap();
  },
  async fill(page, place, label, text) {
    await place.getByLabel(label).fill(text);
  },
  say: (page, place, text) => say(place, text),
};

const VISITS = [
  { size: 'desktop', scheme: 'light', hands: keyboard, how: 'at a desk, by keyboard only' },
  { size: 'phone', scheme: 'dark', hands: finger, how: 'on a phone, in the dark' },
];

for (const { size, scheme, hands, how } of VISITS) {
  describe(`a visitor’s path ${how}`, () => {
    let server, windows, amara, mia, chat;

    before(async () => {
      server = await Server.start();
      windows = await Windows.open(server.url);
      const jonas = await (await windows.person()).newPage();
      await signInUnseen(jonas, server.person(/^admin$/));
      const business = `tenants/${(await read(jonas, '/v1/auth/me')).tenant.id}`;
      await command(jonas, business, 'set_greeting', { online: GREETING, offline: 'Nobody is here.' });
      await command(jonas, business, 'set_feedback', { question: QUESTION });
      await command(jonas, business, 'set_questions', { questions: [
        { question: 'Your name', kind: 'name', required: true }, { question: 'Your e-mail', kind: 'email', required: false },
      ] });
      await jonas.context().close();
      amara = await (await windows.person()).newPage();
      await signIn(amara, server.person(/^account manager/), '**/inbox');
      mia = await (await windows.person({ size, scheme })).newPage();
      chat = chatOf(mia);
    });
    after(async () => {
      await windows?.close();
      await server?.stop();
      windows?.assertQuiet();
    });

    const press = (name, place = chat) => hands.press(mia, place, name);
    const fill = (label, text, place = chat) => hands.fill(mia, place, label, text);
    const station = async (name) => {
      await picture(mia, `visit-${name}-${size}-${scheme}`);
      await assertAccessible(mia, `${name}, ${size}, ${scheme}`);
      assert.ok(await mia.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the page');
    };
    const row = () => amara.getByRole('region', { name: 'Conversations' }).locator('a[aria-current]');

    it('is greeted by somebody who is there, and says who they are', async () => {
      await mia.goto('/');
      await mia.getByRole('button', { name: 'Open chat' }).waitFor();
      await press('Open chat', mia);
      await chat.getByText('We are here').waitFor();
      await chat.getByText(GREETING).waitFor();
      await press('Start the chat');
      await chat.getByText('Please answer this.').waitFor();
      await station('asked');
      await fill('Your name', 'Mia 🙂');
      await fill('Your e-mail (optional)', 'mia@example.org');
      await press('Start the chat');
      await chat.getByRole('textbox', { name: /^Write/ }).waitFor();
    });

    it('writes, and is answered', async () => {
      await hands.say(mia, chat, 'Do you cook without nuts?');
      await chat.getByText('Sent').waitFor();
      await amara.getByRole('region', { name: 'Conversations' }).getByRole('link', { name: /Mia 🙂/ }).waitFor();
      await openConversation(amara, 'without nuts');
      await amara.getByRole('complementary', { name: 'Details' }).getByText('Your name').waitFor();
      await chat.getByText('Seen').waitFor();
      await amara.getByRole('textbox', { name: 'Write an answer' }).pressSequentially('We');
      await chat.getByText(/is typing/).waitFor();
      await say(amara, 'We do, in a kitchen of its own.');
      await hears(chat, 'We do, in a kitchen of its own.');
    });

    it('sends a picture', async () => {
      const [chooser] = await Promise.all([mia.waitForEvent('filechooser'), press('Add files')]);
      await chooser.setFiles([file('label.png', png(480, 320), 'image/png')]);
      await eventually(async () => assert.ok(await chat.getByRole('button', { name: 'Send', exact: true }).isEnabled()));
      await hands.say(mia, chat, 'Is this label right?');
      for (const place of [chat, amara]) {
        const shown = place.getByRole('log').getByRole('button', { name: 'Show label.png' }).locator('img');
        await eventually(async () => assert.ok(await shown.evaluate((image) => image.complete && image.naturalWidth > 0)));
      }
      await say(amara, 'It is. Enjoy your meal!');
      await hears(chat, 'It is. Enjoy your meal!');
      await station('answered');
    });

    it('is asked how it was once it is settled, and says so', async () => {
      await amara.getByRole('button', { name: 'Resolve', exact: true }).click();
      await chat.getByRole('region', { name: QUESTION }).waitFor();
      if (hands === keyboard) await tabTo(mia, 'Very good', true);
      await press('Very good');
      await chat.getByText('Thank you.').waitFor();
      await fill('Would you like to add anything?', 'So fast!');
      await press('Send feedback');
      await chat.getByText('Thank you. We have your words.').waitFor();
      await amara.getByText('So fast!').waitFor();
      await station('feedback');
    });

    it('comes back, and goes on where it was', async () => {
      await press('Close chat');
      await mia.reload();
      await mia.getByRole('button', { name: 'Open chat' }).waitFor();
      await press('Open chat', mia);
      await hears(chat, 'It is. Enjoy your meal!');
      await hands.say(mia, chat, 'One more thing: and without sesame?');
      await hears(amara, 'One more thing: and without sesame?');
      await amara.getByRole('button', { name: 'Resolve', exact: true }).waitFor();
      assert.match(await row().innerText(), /without sesame/, 'it is open again');
      await say(amara, 'That too.');
      await hears(chat, 'That too.');
    });

    it('has what was said sent by e-mail', async () => {
      if (hands === keyboard) await tabTo(mia, 'E-mail me this conversation', true);
      await press('E-mail me this conversation');
      await chat.getByRole('dialog').waitFor();
      await station('copy');
      await press('Send it');
      await chat.getByText('It is on its way.', { exact: false }).waitFor();
      const outbox = await (await windows.person()).newPage();
      await eventually(async () => {
        await outbox.goto('/dev/outbox');
        const letter = await outbox.getByRole('listitem').filter({ hasText: 'To mia@example.org' }).first().textContent({ timeout: 2_000 });
        for (const text of ['Do you cook without nuts?', 'label.png', 'That too.']) assert.ok(letter.includes(text), text);
      });
      await outbox.context().close();
    });

    it('becomes a client, with everything that was said, and goes on there', async () => {
      await amara.getByRole('button', { name: 'Invite as a client' }).click();
      const invitation = amara.getByRole('dialog', { name: 'Invite as a client' });
      assert.equal(await invitation.getByLabel('E-mail').inputValue(), 'mia@example.org', 'as it was answered');
      await invitation.getByLabel('Name').fill('Mia Berg');
      await invitation.getByRole('button', { name: 'Send the invitation' }).click();
      const before = await messagesOf(chat);
      const account = await mia.context().newPage();
      await account.goto(await linkOfMail(account, 'mia@example.org', /\/invite#token=/));
      await account.getByRole('heading', { name: 'Welcome, Mia Berg' }).waitFor();
      await hands.fill(account, account, 'Choose a password', 'purple kettle on the windowsill');
      await hands.press(account, account, 'Accept the invitation');
      await account.waitForURL('**/chat');
      await eventually(async () => assert.deepEqual(await messagesOf(account), before));
      await hands.say(account, account, 'Here I am.');
      await hears(amara, 'Here I am.');
      await say(amara, 'Welcome, Mia.');
      await hears(account, 'Welcome, Mia.');
      await picture(account, `visit-client-${size}-${scheme}`);
      await assertAccessible(account, `a new client, ${size}, ${scheme}`);
      await account.close();
      await chat.getByText('This conversation is now in your account').waitFor();
      await chat.getByRole('link', { name: 'Sign in' }).waitFor();
      await station('moved');
    });
  });
}
