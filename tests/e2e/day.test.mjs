// An account manager's day in one story: what came in at night, thirty conversations at once, one with a file, one handed on, one put off,
// one opened again, some resolved together, one who becomes a client; with a network that is cut and a server that is killed on the way.
// In the end all that was said is compared, word for word.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, Windows } from './support/browser.mjs';
import { finger, keyboard } from './support/hands.mjs';
import { command, customers, read, signInUnseen } from './support/http.mjs';
import { chatOf, hears, linkOfMail, messagesOf, openChat, openConversation, say } from './support/people.mjs';
import { file, png } from './support/pictures.mjs';
import { Server } from './support/server.mjs';

const ASLEEP = 'We are asleep. Write all the same: you have an answer in the morning.';
const THANKS = 'Thank you, that is all.';

/** Who writes at night, and what they are answered in the morning. */
const AT_NIGHT = [
  ['Bruno', 'Can I change my box for Sunday?', 'You can, until Friday at noon.'],
  ['Chiara', 'Is there sesame in the rice bowl?', 'There is. The barley bowl has none.'],
  ['Dilan', 'Ekmeği siz mi yapıyorsunuz? 🍞', 'Every morning at five 🥖'],
  ['Emil', 'The lid of my box was broken.', 'I am sorry. The next one is on us.'],
  ['Farida', 'هل توصلون إلى لامبث؟', 'نعم، يوم الأحد'],
  ['Greta', 'Two portions less from May, please.', 'Done, from the first of May.'],
  ['Hugo', 'Do you take <b>vouchers</b> & cards?', 'Both, & at the door too.'],
];
/** Who writes while the day goes on. */
const BY_DAY = [
  'Arno', 'Bea', 'Cem', 'Ines', 'Jan', 'Kim', 'Lotte', 'Milo', 'Noor', 'Olga', 'Pia', 'Quentin', 'Rosa', 'Selim', 'Tove', 'Ugo', 'Vida', 'Wanda', 'Xenia', 'Yusuf', 'Zoë',
];

const list = (page) => page.getByRole('region', { name: 'Conversations' });
const rows = (page) => list(page).getByRole('listitem').filter({ has: page.getByRole('checkbox') });
const bell = (page) => page.getByRole('button', { name: /^Notifications/ });
const told = (page) => page.getByRole('dialog', { name: 'Notifications' }).getByRole('link');

const DAYS = [
  { size: 'desktop', scheme: 'light', hands: keyboard, how: 'at a desk, by keyboard only' },
  { size: 'phone', scheme: 'dark', hands: finger, how: 'on a phone, in the dark' },
];

for (const { size, scheme, hands, how } of DAYS) {
  describe(`an account manager’s day ${how}`, () => {
    let server, windows, network, amara, jonas, nadia, tom, meet;
    /** Everybody who writes: their conversation, what it is called, their way to write, and what was said there by whom, in order. */
    const people = new Map();

    before(async () => {
      server = await Server.start();
      windows = await Windows.open(server.url);
      network = await windows.person({ size, scheme });
      [amara, jonas, nadia, tom] = [await network.newPage(), ...await Promise.all([{}, { size: 'phone' }, {}].map(async (look) => (await windows.person(look)).newPage()))];
      meet = await customers(server);
      await signInUnseen(jonas, server.person(/^admin$/));
    });
    after(async () => {
      await windows?.close();
      await server?.stop();
      windows?.assertQuiet();
    });

    const said = (name, by, text) => people.get(name).said.push([by, text]);
    const knows = async (name, conversation, say) => {
      const { state } = await read(jonas, `/v1/conversations/${conversation}`);
      people.set(name, { conversation, called: state.name, say, said: [] });
    };
    /** They go on through a killed server, as their chat does. */
    const writes = async (name, text) => {
      await people.get(name).say(text);
      said(name, 'customer', text);
    };
    const comes = async (name, text) => {
      const { conversation, say: send } = await meet();
      await send(text);
      await knows(name, conversation, send);
      said(name, 'customer', text);
    };
    /** One with a browser of their own, who has written already. */
    const isHere = async (name, chat, text) => {
      const { conversation } = JSON.parse(await chat.locator('body').evaluate(() => Object.entries(localStorage).find(([, value]) => value.includes('cnv_'))[1]));
      await knows(name, conversation, (more) => say(chat, more));
      said(name, 'customer', text);
    };
    const opens = (name) => hands.open(amara, people.get(name).called);
    const answers = async (name, text) => {
      await opens(name);
      await hands.answer(amara, text);
      said(name, 'Amara', text);
    };
    const row = (page, name) => rows(page).filter({ hasText: people.get(name).called });
    const station = async (page, name) => {
      await picture(page, `day-${name}-${size}-${scheme}`);
      await assertAccessible(page, `${name}, ${size}, ${scheme}`);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the page');
    };
    const business = async (type, body) => command(jonas, `tenants/${(await read(jonas, '/v1/auth/me')).tenant.id}`, type, body);
    const opensOn = (days, from, to) => business('set_hours', { zone: 'UTC', week: days.map((day) => ({ day, from, to })), closed: [] });

    it('at night somebody reads when there is an answer, and leaves an address; seven more write', async () => {
      const today = new Date().getUTCDay();
      await opensOn([1, 2, 3, 4, 5, 6, 7].filter((day) => ![6, 0, 1].includes((day - today + 7) % 7)), '09:00', '17:00');
      await business('set_greeting', { online: 'Good morning!', offline: ASLEEP });
      const chat = await openChat(nadia);
      await chat.getByText(/^Away\. Back on \w+ at \d\d:00$/).waitFor();
      await chat.getByText(ASLEEP).waitFor();
      await say(chat, 'Could you cook for us every week? We are four.');
      await chat.getByText('Your message is kept.').waitFor();
      await chat.getByLabel(/Your e-mail/).fill('nadia@example.org');
      await picture(nadia, `day-night-${size}-${scheme}`);
      await chat.getByRole('button', { name: 'Save' }).tap();
      await chat.getByText('Your message is kept.').waitFor({ state: 'hidden' });
      await isHere('Nadia', chat, 'Could you cook for us every week? We are four.');
      await Promise.all(AT_NIGHT.map(([name, text]) => comes(name, text)));
    });

    it('in the morning all of it waits, and is answered one by one', async () => {
      await opensOn([1, 2, 3, 4, 5, 6, 7], '00:00', '24:00');
      await hands.signIn(amara, server.person(/^account manager/));
      await eventually(async () => assert.match(await bell(amara).getAttribute('aria-label'), /unread/));
      await hands.show(amara, 'Waiting');
      for (const name of ['Nadia', ...AT_NIGHT.map(([each]) => each)]) await row(amara, name).waitFor();
      await station(amara, 'morning');
      await hands.show(amara, 'Open');
      await answers('Nadia', 'Gladly. Shall we send you the menu of next week?');
      await hears(chatOf(nadia), 'Gladly. Shall we send you the menu of next week?');
      for (const [name, , text] of AT_NIGHT) await answers(name, text);
    });

    it('thirty are open at once, one with a picture of the table', async () => {
      await Promise.all(BY_DAY.map((name) => comes(name, `This is ${name}: what is in the soup today?`)));
      const chat = await openChat(tom);
      await chat.getByText('We are here').waitFor();
      await say(chat, 'We want to sit here.');
      await hears(chat, 'We want to sit here.');
      await chat.locator('input[type=file]').setInputFiles([file('table.png', png(600, 400), 'image/png')]);
      await eventually(async () => assert.ok(await chat.getByRole('button', { name: 'Send', exact: true }).isEnabled()));
      await say(chat, 'Is there room for six?');
      await isHere('Tom', chat, 'We want to sit here.');
      said('Tom', 'customer', 'Is there room for six? [table.png]');
      assert.equal(people.size, 30);
      await opens('Tom');
      const shown = amara.getByRole('log').getByRole('button', { name: 'Show table.png' }).locator('img');
      await eventually(async () => assert.ok(await shown.evaluate((image) => image.complete && image.naturalWidth > 0)));
      await hands.answer(amara, 'There is, by the window.');
      said('Tom', 'Amara', 'There is, by the window.');
      await picture(amara, `day-thirty-${size}-${scheme}`);
      await hears(chat, 'There is, by the window.');
      for (const name of ['Arno', 'Bea']) await answers(name, `Lentils, ${name}, and lemon.`);
    });

    it('one is handed on, and a colleague answers it in her place', async () => {
      await answers('Wanda', 'I ask the kitchen.');
      await hands.handOn(amara, 'Jonas', 'You know the soup better than I do.');
      said('Wanda', 'Amara (note)', 'You know the soup better than I do.');
      await jonas.goto('/inbox');
      await bell(jonas).click();
      await told(jonas).filter({ hasText: 'You know the soup better than I do.' }).click();
      await hears(jonas, 'You know the soup better than I do.');
      await say(jonas, 'Red lentils, lemon and cumin.');
      said('Wanda', 'Jonas', 'Red lentils, lemon and cumin.');
      await hears(amara, 'Red lentils, lemon and cumin.');
      await writes('Wanda', 'Perfect, three of it.');
      await hears(jonas, 'Perfect, three of it.');
      await say(jonas, 'Three it is.');
      said('Wanda', 'Jonas', 'Three it is.');
      await hears(amara, 'Three it is.');
    });

    it('one is put off, one is resolved and opened again by its customer', async () => {
      await answers('Selim', 'The cook is here tomorrow: I ask then.');
      await hands.snooze(amara);
      await eventually(async () => assert.equal(await row(jonas, 'Selim').count(), 0));
      await answers('Rosa', 'Lentils today.');
      await hands.resolve(amara);
      await eventually(async () => assert.equal(await row(jonas, 'Rosa').count(), 0));
      await writes('Rosa', 'And is there garlic in it?');
      await row(jonas, 'Rosa').waitFor();
      await hears(amara, 'And is there garlic in it?');
      await answers('Rosa', 'None at all.');
      await hands.show(amara, 'Snoozed');
      await row(amara, 'Selim').waitFor();
      await hands.show(amara, 'Open');
      await row(amara, 'Rosa').waitFor();
    });

    it('the network is cut: what is written goes out when it is back', async () => {
      await opens('Ugo');
      await hears(amara, 'This is Ugo: what is in the soup today?');
      await network.setOffline(true);
      await amara.getByText(/^You are offline/).first().waitFor();
      await hands.answer(amara, 'Lentils,');
      await hands.answer(amara, 'and a little cumin.');
      await writes('Ugo', 'Hello?');
      await network.setOffline(false);
      await hears(amara, 'Hello?');
      for (const text of ['Lentils,', 'and a little cumin.']) said('Ugo', 'Amara', text);
      await eventually(async () => assert.deepEqual((await messagesOf(amara)).slice(-3), ['Hello?', 'Lentils,', 'and a little cumin.']));
      // It is before her eyes: it is read before she goes on.
      await eventually(async () => assert.equal((await read(amara, `/v1/conversations/${people.get('Ugo').conversation}`)).state.unread, 0));
    });

    it('the server is killed: both sides write on, and everything arrives', async () => {
      await answers('Ines', 'Before it was gone.');
      await server.kill();
      await amara.getByText(/connection was lost|Connecting/).first().waitFor();
      await hands.answer(amara, 'While it was gone.');
      said('Ines', 'Amara', 'While it was gone.');
      const meanwhile = ['Jan', 'Kim', 'Lotte'].map((name) => writes(name, 'Are you still there?'));
      const toms = say(chatOf(tom), 'We come at eight.');
      await station(amara, 'killed');
      await server.up();
      await Promise.all([...meanwhile, toms]);
      said('Tom', 'customer', 'We come at eight.');
      await eventually(async () => assert.deepEqual((await messagesOf(amara)).slice(-2), ['Before it was gone.', 'While it was gone.']), 45_000);
      await eventually(async () => assert.equal(await amara.getByText(/^Kept\. It goes out/).count(), 0), 45_000);
      await answers('Jan', 'Here I am again.');
    });

    it('what is done is resolved together', async () => {
      await Promise.all(AT_NIGHT.map(([name]) => writes(name, THANKS)));
      await hands.resolveAll(amara, THANKS, AT_NIGHT.length);
      await amara.getByText(`${AT_NIGHT.length} conversations are resolved.`).first().waitFor();
      await hands.lookForNothing(amara);
      for (const [name] of AT_NIGHT) await eventually(async () => assert.equal(await row(amara, name).count(), 0));
      await row(amara, 'Zoë').waitFor();
      await station(amara, 'evening');
    });

    it('one becomes a client, in the same conversation and with everything that was said', async () => {
      await opens('Nadia');
      await hands.invite(amara, 'Nadia Rahal');
      await amara.getByText('The invitation is on its way to nadia@example.org.').waitFor();
      await nadia.goto(await linkOfMail(nadia, 'nadia@example.org', /\/invite#token=/));
      await nadia.getByLabel('Choose a password').fill('purple kettle on the windowsill');
      await nadia.getByRole('button', { name: 'Accept the invitation' }).tap();
      await nadia.waitForURL('**/chat');
      await eventually(async () => assert.deepEqual(await messagesOf(nadia), people.get('Nadia').said.map(([, text]) => text)));
      await say(nadia, 'Here we are!');
      said('Nadia', 'customer', 'Here we are!');
      await hears(amara, 'Here we are!');
      people.get('Nadia').called = 'Nadia Rahal';
      await answers('Nadia', 'Welcome to the table.');
      await hears(nadia, 'Welcome to the table.');
      await hands.tellMe(amara);
      await told(amara).filter({ hasText: /Nadia Rahal/ }).first().waitFor();
      await station(amara, 'told');
      await hands.enough(amara);
    });

    it('of all thirty, nothing is lost, doubled or in another order, word for word', async () => {
      const [me, other] = await Promise.all([amara, jonas].map(async (page) => (await read(page, '/v1/auth/me')).user.id));
      const who = { [me]: 'Amara', [other]: 'Jonas' };
      for (const [name, { conversation, said: expected }] of people) {
        const { messages, more } = await read(amara, `/v1/conversations/${conversation}/messages`);
        const found = messages.map(({ by, text, note, attachments }) =>
          [`${who[by] ?? 'customer'}${note ? ' (note)' : ''}`, [text, ...(attachments ?? []).map(({ name: called }) => `[${called}]`)].join(' ')]);
        assert.deepEqual([found, more], [expected, false], name);
        const { entries, head } = await read(amara, `/v1/conversations/${conversation}/log?limit=500`);
        assert.deepEqual(entries.map(({ seq }) => seq), Array.from({ length: head }, (_, index) => index + 1), `the log of ${name} has no holes`);
      }
    });
  });
}
