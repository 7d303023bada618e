// Two of the staff before one conversation: each sees that the other looks and what they write, customers see no more than before, and
// nothing is answered twice unknowingly.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, Windows } from './support/browser.mjs';
import { hears, messagesOf, openChat, openConversation, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

describe('several of the staff in one conversation', () => {
  let server, windows, jonas, amara, visitor, chat;
  /** Every signal that came to the visitor. */
  const signals = [];

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    jonas = await (await windows.person()).newPage();
    amara = await (await windows.person()).newPage();
    visitor = await (await windows.person()).newPage();
    visitor.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => {
      const frame = JSON.parse(String(payload));
      if (frame.t === 'eph') signals.push(frame.type);
    }));
    await signIn(jonas, server.person(/^admin$/), '**/inbox');
    await signIn(amara, server.person(/^account manager/), '**/inbox');
    chat = await openChat(visitor);
    await say(chat, 'Can you cook for sixty people?');
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    windows?.assertQuiet();
  });

  const box = (page) => page.getByRole('textbox', { name: 'Write an answer' });
  const open = (page) => openConversation(page, 'sixty people');
  /** What is written on the page, not what is only read aloud. */
  const shows = (page, text) => page.getByText(text).and(page.locator(':not([role=status])')).first();
  const gone = (locator) => eventually(async () => assert.equal(await locator.filter({ visible: true }).count(), 0));
  const alone = (page) => gone(page.getByText('looking at this too').and(page.locator(':not([role=status])')));
  const notice = (page, name) => page.getByText(`${name} answered while you were writing.`);
  /** As when another tab is chosen, or this one again. */
  const turn = (page, state) => page.evaluate((now) => {
    Object.defineProperty(document, 'visibilityState', { value: now, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);

  it('each sees that the other looks, the newcomer at once', async () => {
    await open(amara);
    await alone(amara);
    await open(jonas);
    // A heartbeat comes every 15 s: this is the answer to a newcomer.
    for (const [page, other] of [[jonas, 'Amara Okafor'], [amara, 'Jonas Weber']]) {
      await shows(page, `${other} is looking at this too`).waitFor({ timeout: 5_000 });
    }
    await picture(amara, 'together-looking-desktop');
    await assertAccessible(amara, 'a colleague is looking');
  });

  it('who turns to another tab, goes elsewhere or reloads is not there meanwhile', async () => {
    await turn(jonas, 'hidden');
    await alone(amara);
    await turn(jonas, 'visible');
    await shows(amara, 'Jonas Weber is looking at this too').waitFor();
    await jonas.reload();
    await shows(jonas, 'Amara Okafor is looking at this too').waitFor({ timeout: 5_000 });
    await shows(amara, 'Jonas Weber is looking at this too').waitFor();
    await jonas.goto('/settings');
    await alone(amara);
    await jonas.goto('/inbox');
    await open(jonas);
    await shows(amara, 'Jonas Weber is looking at this too').waitFor();
  });

  it('an answer being written is shown to the colleague and the visitor, a note to the colleague alone', async () => {
    await amara.getByRole('button', { name: 'Internal note' }).click();
    await amara.getByRole('textbox', { name: 'Internal note' }).pressSequentially('Sixty is a lot');
    await jonas.getByText('Amara Okafor is writing a note').waitFor();
    await picture(jonas, 'together-note-desktop');
    await assertAccessible(jonas, 'a colleague writes a note');
    await amara.getByRole('button', { name: 'Add note' }).click();
    await hears(jonas, 'Sixty is a lot');
    await gone(jonas.getByText('is writing a note'));
    // What came to the visitor's socket until now, came: the answer to what is sent next is after it.
    await say(chat, 'Or for fifty?');
    await hears(amara, 'Or for fifty?');
    assert.deepEqual(signals, [], 'nothing of notes and of who is looking');

    await amara.getByRole('button', { name: 'Reply', exact: true }).last().click();
    await box(amara).pressSequentially('We can');
    await jonas.getByText('Amara Okafor is writing an answer').waitFor();
    await chat.getByText('is typing').waitFor();
    assert.deepEqual([...new Set(signals)], ['typing']);
    assert.equal(await jonas.getByText('is typing').count(), 0, 'a colleague is not shown as a customer is');
    await chat.getByRole('textbox', { name: /^Write/ }).pressSequentially('I mean');
    await jonas.getByText(/is typing$/).waitFor();
    await picture(jonas, 'together-writing-desktop');
    await assertAccessible(jonas, 'a colleague and the customer write');
    // What turns into a note is no answer any more.
    await amara.getByRole('button', { name: 'Internal note' }).click();
    await jonas.getByText('Amara Okafor is writing a note').waitFor();
    await gone(chat.getByText('is typing'));
    await amara.getByRole('button', { name: 'Reply', exact: true }).last().click();
    await box(amara).fill('');
    await gone(jonas.getByText(/is writing/));
  });

  it('a colleague who answers meanwhile is noticed before one sends; who has seen it sends all the same', async () => {
    await box(jonas).pressSequentially('Fifty is fine.');
    await say(amara, 'We can cook for fifty, and for sixty.');
    await notice(jonas, 'Amara Okafor').waitFor();
    await picture(jonas, 'together-answered-desktop');
    await assertAccessible(jonas, 'a colleague has answered');
    await jonas.getByRole('button', { name: 'Read it' }).click();
    await eventually(async () => assert.match(await jonas.evaluate(() => document.activeElement?.textContent ?? ''), /for fifty, and for sixty/));
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await box(jonas).press('Enter');
    await hears(chat, 'Fifty is fine.');
    await gone(notice(jonas, 'Amara Okafor'));
  });

  it('who sends at the same moment loses nothing: it waits with who answered, in order, and goes or comes back', async () => {
    await box(jonas).fill('First of mine');
    await box(amara).fill('Of the two, this came first');
    await amara.getByRole('button', { name: 'Send', exact: true }).click();
    await hears(jonas, 'Of the two, this came first');
    // Too soon for the notice to have been read.
    await box(jonas).press('Enter');
    const refused = jonas.getByRole('article').filter({ hasText: 'Not sent' });
    await refused.getByText('Amara Okafor answered while you were writing.').waitFor();
    await picture(jonas, 'together-refused-desktop');
    await assertAccessible(jonas, 'an answer that was refused');
    assert.equal((await messagesOf(chat)).includes('First of mine'), false);

    await jonas.reload();
    await refused.getByRole('button', { name: 'Send anyway' }).click();
    await hears(chat, 'First of mine');
    await gone(refused);

    await box(jonas).fill('Second of mine');
    await say(amara, 'And one more');
    await hears(jonas, 'And one more');
    await box(jonas).press('Enter');
    await refused.getByRole('button', { name: 'Delete' }).click();
    await eventually(async () => assert.equal(await box(jonas).inputValue(), 'Second of mine'));
    await box(jonas).press('Enter');
    await hears(chat, 'Second of mine');
    assert.deepEqual((await messagesOf(chat)).slice(-4), ['Of the two, this came first', 'First of mine', 'And one more', 'Second of mine']);
  });

  it('who has gone on to another conversation is told that the answer was not sent', async () => {
    await box(jonas).fill('On my way out');
    await say(amara, 'I was quicker');
    await hears(jonas, 'I was quicker');
    // So fast that the refusal comes when another conversation is open.
    await jonas.evaluate(() => {
      const box = document.querySelector('textarea[aria-label="Write an answer"]');
      box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
      [...document.querySelectorAll('[aria-label="Conversations"] a')].find((link) => link.textContent.includes('Maya Lindqvist')).click();
    });
    await jonas.getByText(/^What you wrote to .* was not sent/).waitFor();
    await picture(jonas, 'together-left-desktop');
    await jonas.getByRole('button', { name: 'Show', exact: true }).click();
    const refused = jonas.getByRole('article').filter({ hasText: 'Not sent' });
    await refused.getByText('Amara Okafor answered while you were writing.').waitFor();
    await refused.getByRole('button', { name: 'Delete' }).click();
    await eventually(async () => assert.equal(await box(jonas).inputValue(), 'On my way out'));
    await box(jonas).fill('');
  });

  it('what a draft was begun after is remembered over a reload', async () => {
    await box(jonas).fill('Before the reload');
    await jonas.goto('/settings');
    await say(amara, 'While it was reloading');
    await hears(chat, 'While it was reloading');
    await jonas.goto('/inbox');
    await openConversation(jonas, 'While it was reloading');
    assert.equal(await box(jonas).inputValue(), 'Before the reload');
    await notice(jonas, 'Amara Okafor').waitFor();
    await box(jonas).fill('');
    await gone(notice(jonas, 'Amara Okafor'));
  });

  it('on a phone in the dark everything is there and fits', async () => {
    const phone = await (await windows.person({ size: 'phone', scheme: 'dark' })).newPage();
    await signIn(phone, server.person(/^admin$/), '**/inbox');
    await openConversation(phone, 'While it was reloading');
    await shows(phone, 'Amara Okafor is looking at this too').waitFor({ timeout: 5_000 });
    await box(phone).fill('With pleasure');
    await box(amara).pressSequentially('We also bake.');
    await phone.getByText('Amara Okafor is writing an answer').waitFor();
    await picture(phone, 'together-writing-phone');
    await box(amara).press('Enter');
    await notice(phone, 'Amara Okafor').waitFor();
    await phone.getByRole('button', { name: 'Send', exact: true }).click();
    await phone.getByRole('button', { name: 'Send anyway' }).waitFor();
    await box(phone).fill('And coffee?');
    await say(amara, 'And we roast.');
    await notice(phone, 'Amara Okafor').last().waitFor();
    await picture(phone, 'together-answered-phone');
    await assertAccessible(phone, 'answering together on a phone');
    const width = await phone.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 390, `${width} px wide`);
    assert.deepEqual([...new Set(signals)], ['typing'], 'the visitor heard of nothing else to the end');
  });
});
