// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveClient } from '../../live/client';
import { followConversation, type LiveConversation } from '../../live/live-conversation';
import type { Pending } from '../../live/queue';
import { FakeWorld } from '../../live/testing/fake-world';
import { emptyConversation, TOPIC } from '../../live/testing/random-log';
import { staffModes } from '../composer/modes';
import { handsOn } from '../composer/testing/hands';
import { ConversationView } from '../conversation-view/conversation-view';
import { DraftKeeper } from './draft-keeper';
import { DraftShelf } from './shelf';
import { FakeDraftServer, settle } from './testing/fake-server';

const CHAT = 'cnv_1';
let world: FakeWorld;
let server: FakeDraftServer;
let shelf: DraftShelf;
let client: LiveClient;
let live: LiveConversation;
let view: ConversationView;
let keeper: DraftKeeper;
let taken: number[];
const { write, press, input } = handsOn(() => view.composer);

function open() {
  live = followConversation(client, CHAT);
  world.say({ t: 'snap', topic: TOPIC, epoch: 1, seq: 2, state: { ...emptyConversation(), people: { usr_me: { name: 'Me', side: 'staff' } } } });
  keeper = new DraftKeeper({ shelf, conversation: CHAT, live, me: 'usr_me', taken: (since) => taken.push(since) });
  view = new ConversationView({
    client, live: { ...live, typing: keeper.hush(live.typing) }, ask: async <T>() => ({ messages: [], more: false }) as T,
    composer: { placeholder: 'Write', drafts: keeper.drafts, modes: staffModes },
  });
  keeper.join(view);
  document.body.append(view.root);
}
const pass = async (ms: number) => {
  world.pass(ms);
  await vi.advanceTimersByTimeAsync(ms);
  await settle();
};
const line = () => keeper.root.textContent;
const choose = (name: string) => [...keeper.root.querySelectorAll('button')].find((each) => each.textContent === name)!.click();
const says = (seq: number, text: string, at: number, by = 'usr_me', type = 'message_sent') =>
  world.say({ t: 'ev', topic: TOPIC, seq, type, body: { text }, by, at: new Date(at).toISOString(), id: `id-${seq}` });

beforeEach(() => {
  vi.useFakeTimers();
  document.body.replaceChildren();
  sessionStorage.clear();
  [world, taken] = [new FakeWorld(), []];
  server = new FakeDraftServer(() => world.time);
  shelf = new DraftShelf('me', server, world);
  let saved: Pending[] = [];
  client = new LiveClient('usr_me', { load: () => saved, save: (pending) => (saved = pending) }, { world });
  client.connection.open();
  world.welcome();
});
afterEach(() => {
  keeper.dispose();
  view.dispose();
  client.dispose();
  vi.useRealTimers();
});

describe('the composer and what is kept', () => {
  it('what was begun on another device is in it, as what it is to become, and nobody is told that it is being typed', async () => {
    server.put(CHAT, 'From the phone', 'note', 1);
    open();
    await pass(300);
    expect([input().value, view.composer.mode]).toEqual(['From the phone', 'note']);
    expect(taken).toEqual([1]);
    expect(world.sent('eph')).toEqual([]);
    write('From the phone, more');
    expect(world.sent('eph')).toHaveLength(1);
    await pass(3_000);
    expect(server.kept.get(CHAT)).toMatchObject({ kind: 'note', text: 'From the phone, more', since: 1 });
  });

  it('a note is a note again after a reload', async () => {
    open();
    view.composer.setMode('note');
    write('Among us');
    keeper.dispose();
    view.dispose();
    live.dispose();
    shelf = new DraftShelf('me', server, world);
    open();
    expect([input().value, view.composer.mode]).toEqual(['Among us', 'note']);
  });

  it('it is saved when the field is left, and when another conversation is opened', async () => {
    open();
    write('Hello');
    input().dispatchEvent(new FocusEvent('focusout', { bubbles: true }));
    await settle();
    expect(server.kept.get(CHAT)?.text).toBe('Hello');
    write('Hello you');
    keeper.dispose();
    await settle();
    expect(server.kept.get(CHAT)?.text).toBe('Hello you');
  });

  it('what is sent is taken away at once, with the message in the queue', async () => {
    open();
    write('Hello');
    await pass(1_000);
    press('Enter');
    expect(client.queue.of(TOPIC)).toHaveLength(1);
    await settle();
    expect(server.kept.has(CHAT)).toBe(false);
    expect(shelf.has(CHAT)).toBe(false);
  });

  it('what was sent from another device goes here too, and what that device left behind is taken away', async () => {
    server.put(CHAT, 'Hello yo');
    open();
    await pass(300);
    expect(input().value).toBe('Hello yo');
    await pass(10_000);
    says(3, 'Hello you', world.time);
    await pass(1_000);
    expect(input().value).toBe('');
    expect(server.kept.has(CHAT)).toBe(false);
  });

  it('a message that says the same but is older, another one\'s or a note is not this draft', async () => {
    world.time = 100_000;
    server.put(CHAT, 'Hello');
    open();
    says(3, 'Hello', 99_000);
    says(4, 'Hello', 101_000, 'usr_mia');
    says(5, 'Hello', 101_000, 'usr_me', 'note_added');
    await pass(2_000);
    expect(input().value).toBe('Hello');
    expect(server.kept.has(CHAT)).toBe(true);
  });

  it('while a message is being changed nothing is put over it', async () => {
    open();
    says(3, 'My message', 0);
    await pass(1_000);
    view.composer.edit(3, 'My message');
    server.put(CHAT, 'From the phone');
    await pass(10_000);
    shelf.cameBack();
    await settle();
    expect(input().value).toBe('My message');
    press('Escape');
    await pass(10_000);
    shelf.cameBack();
    await settle();
    expect(input().value).toBe('From the phone');
  });
});

describe('the line about what else was begun', () => {
  it('shows its first words, swaps, and is dismissed', async () => {
    open();
    server.put(CHAT, `  Line one\n${'x'.repeat(200)}`, 'note');
    write('From the desk');
    await pass(2_000);
    expect(input().value).toBe('From the desk');
    expect(line()).toContain('You began something else on another device:');
    expect(keeper.root.querySelector('q')!.textContent).toBe(`Line one ${'x'.repeat(111)}…`);
    choose('Use that instead');
    expect([view.composer.mode, input().value.startsWith('  Line one\n')]).toEqual(['note', true]);
    expect(line()).toContain('What you wrote here before is kept:');
    expect(keeper.root.querySelector('q')!.textContent).toBe('From the desk');
    choose('Use that instead');
    expect([view.composer.mode, input().value]).toEqual(['send', 'From the desk']);
    choose('Dismiss');
    await settle();
    expect(line()).toBe('');
    expect(server.kept.get(CHAT)?.text).toBe('From the desk');
    expect(document.activeElement).toBe(input());
  });
});
