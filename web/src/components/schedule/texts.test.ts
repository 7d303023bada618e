import { expect, test } from 'vitest';
import { emptyConversation } from '../../live/testing/random-log';
import type { Message, Scheduled } from '../../live/protocol.gen';
import { heldText, summaryText, willBeHeld } from './texts';

const item = (over: Partial<Scheduled> = {}): Scheduled => ({
  item: 5, by: 'usr_me', at: '2026-03-18T09:00:00Z', text: 'Hi', send_at: '2026-03-19T09:00:00Z', reply_to: null, mentions: [], unless_reply_after: 4, held: null, ...over,
});
const message = (seq: number, by: string, note = false): Message => ({
  seq, by, at: '2026-03-18T09:30:00Z', text: 'x', note, reply_to: null, mentions: [], edited: null, edits: 0, deleted: false, reactions: {},
});

test('only what the customer wrote after it was seen holds it back', () => {
  const people = { vis_1: { name: 'Mia', side: 'customer' as const }, usr_2: { name: 'Cora', side: 'staff' as const } };
  const after = (...messages: Message[]) => willBeHeld({ ...emptyConversation(), people, messages }, item());
  expect([after(message(4, 'vis_1')), after(message(6, 'usr_2')), after(message(6, 'vis_1'))]).toEqual([false, false, true]);
  const written = { ...emptyConversation(), people, messages: [message(6, 'vis_1')] };
  expect(willBeHeld(written, item({ unless_reply_after: null }))).toBe(false);
  expect(willBeHeld(written, item({ held: 'too_late' })), 'it is held already').toBe(false);
});

test('a line says how many there are, what is held back, and when the next is sent', () => {
  const moment = (at: string) => at.slice(0, 10);
  const held = item({ held: 'customer_wrote' });
  expect(summaryText([item()], moment)).toBe('1 scheduled message, 2026-03-19');
  expect(summaryText([held], moment)).toBe('1 scheduled message, held back');
  expect(summaryText([held, item(), item()], moment)).toBe('3 scheduled messages, 1 held back, the next 2026-03-19');
  expect(heldText(held, 'Mia')).toBe('Held back: Mia has written since.');
});
