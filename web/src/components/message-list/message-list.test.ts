// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConversationStore } from '../../live/conversation-store';
import type { ConversationState, EvFrame, Message } from '../../live/protocol.gen';
import type { Pending } from '../../live/queue';
import { FakeWorld } from '../../live/testing/fake-world';
import { emptyConversation, TOPIC } from '../../live/testing/random-log';
import { Typing } from '../../live/typing';
import { MessageList } from './message-list';
import { around, down, MOST, STEP, tail, up } from './span';
import { typingText } from './typing-text';

const message = (seq: number, by = 'vis_1'): Message => ({
  seq, by, at: new Date(1_700_000_000_000 + seq * 60_000).toISOString(), text: `message ${seq}`, note: false, reply_to: null, mentions: [],
  edited: null, edits: 0, deleted: false, reactions: {},
});
const event = (seq: number, type: string, body: object, by = 'vis_1', id = `id-${seq}`): EvFrame =>
  ({ t: 'ev', topic: TOPIC, seq, type, body, by, at: new Date(1_700_000_000_000 + seq * 60_000).toISOString(), id });

let store: ConversationStore;
let list: MessageList;
let pending: Pending[];

function start(state: Partial<ConversationState>) {
  store = new ConversationStore('usr_me');
  pending = [];
  list = new MessageList({
    store, typing: new Typing(TOPIC, new FakeWorld(), () => true), pending: () => pending, connected: () => true,
    fetchOlder: async () => ({ messages: [], more: false }), nameOf: (who) => who,
    abilities: { reply: () => true, edit: () => true, remove: () => true, react: () => true },
  });
  document.body.append(list.root);
  store.reset({ ...emptyConversation(), ...state });
}
const rows = () => [...list.root.querySelectorAll<HTMLElement>('[data-seq]')].map((row) => Number(row.dataset['seq']));

beforeEach(() => document.body.replaceChildren());
afterEach(() => list?.dispose());

describe('the message list', () => {
  it('shows the newest and adds what comes', () => {
    start({ messages: Array.from({ length: 100 }, (_, index) => message(index + 1)) });
    expect(rows()).toHaveLength(STEP);
    expect(rows().at(-1)).toBe(100);
    store.apply(event(101, 'message_sent', { text: 'one more' }));
    expect(rows().at(-1)).toBe(101);
  });

  it('keeps no more than a bounded number of rows', () => {
    start({ messages: [message(1)] });
    for (let seq = 2; seq <= MOST + 50; seq += 1) store.apply(event(seq, 'message_sent', { text: 'x' }));
    expect(rows()).toHaveLength(MOST);
    expect(rows().at(-1)).toBe(MOST + 50);
  });

  it('keeps rows, and the focus in them, when something else changes', () => {
    start({ messages: [message(1), message(2)] });
    const row = list.root.querySelector<HTMLElement>('[data-seq="1"]')!;
    row.querySelector('article')!.focus();
    store.apply(event(3, 'message_edited', { seq: 1, text: 'changed' }));
    expect(list.root.querySelector('[data-seq="1"]')).toBe(row);
    expect(row.textContent).toContain('changed');
    expect(row.contains(document.activeElement)).toBe(true);
  });

  it('opens the menu where the focus came while the menu was loaded', async () => {
    start({ messages: [message(1), message(2)] });
    const article = (seq: number) => list.root.querySelector<HTMLElement>(`[data-seq="${seq}"] article`)!;
    article(1).dispatchEvent(new PointerEvent('pointerover', { bubbles: true, pointerType: 'mouse' }));
    article(2).focus();
    await vi.waitFor(() => expect(list.root.querySelector('[data-tools]')).not.toBeNull());
    expect(article(2).querySelector('[data-tools]')).not.toBeNull();
  });

  it('shows what is on its way until it arrives, once', () => {
    start({ messages: [message(1)] });
    pending = [{ id: 'id-2', topic: TOPIC, type: 'send', body: { text: 'on its way' }, at: 1_700_000_100_000, state: 'sent' }];
    list.refresh();
    expect(list.root.textContent).toContain('Sending…');
    store.apply(event(2, 'message_sent', { text: 'on its way' }, 'usr_me'));
    list.refresh();
    expect(list.root.textContent?.split('on its way')).toHaveLength(2);
    expect(list.root.textContent).toContain('Sent');
  });

  it('says that the other side has seen the last own message', () => {
    start({
      messages: [message(1), message(2, 'usr_me')],
      people: { usr_me: { name: 'Me', side: 'staff' }, vis_1: { name: 'V', side: 'customer' } },
    });
    expect(list.root.textContent).toContain('Sent');
    store.apply(event(3, 'read_up_to', { seq: 2, side: 'customer' }));
    expect(list.root.textContent).toContain('Seen');
  });

  it('puts older messages in front, in order', async () => {
    start({ messages: [message(10), message(11)], more: true });
    await store.loadOlder(async () => ({ messages: [message(8), message(9)], more: false }));
    expect(rows()).toEqual([8, 9, 10, 11]);
  });

  it('one message can be reached with Tab, and it is the newest', () => {
    start({ messages: [message(1), message(2)] });
    store.apply(event(3, 'message_sent', { text: 'x' }));
    const reachable = [...list.root.querySelectorAll<HTMLElement>('article')].filter((article) => article.tabIndex === 0);
    expect(reachable.map((article) => article.parentElement?.dataset['seq'])).toEqual(['3']);
  });

  it('asks for a retry and gives the id of what failed', () => {
    start({ messages: [] });
    pending = [{ id: 'x', topic: TOPIC, type: 'send', body: { text: 'no' }, at: 0, state: 'failed', problem: { code: 'FORBIDDEN', message: 'No.' } }];
    list.refresh();
    const heard: unknown[] = [];
    list.actions.on((action) => heard.push(action));
    list.root.querySelector<HTMLElement>('[data-do=retry]')!.click();
    expect(heard).toEqual([{ kind: 'retry', id: 'x' }]);
  });
});

describe('the span', () => {
  it('stays within bounds and brings the neighbour steps', () => {
    expect(tail(10)).toEqual({ first: 0, end: 10 });
    expect(up({ first: 100, end: 280 })).toEqual({ first: 40, end: 220 });
    expect(down({ first: 40, end: 220 }, 500)).toEqual({ first: 100, end: 280 });
    expect(around(3, 500)).toEqual({ first: 0, end: STEP });
    expect(up({ first: 5, end: 60 })).toEqual({ first: 0, end: 60 });
  });
});

describe('typing', () => {
  it('is said of one, two and many', () => {
    expect([[], ['A'], ['A', 'B'], ['A', 'B', 'C']].map(typingText)).toEqual(['', 'A is typing', 'A and B are typing', 'Several people are typing']);
  });
});
