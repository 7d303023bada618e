import { describe, expect, it } from 'vitest';
import { afterRefusal, answerAfter, Guard } from './guard';
import type { ConversationState, Message } from './protocol.gen';
import type { Pending } from './queue';
import { emptyConversation, TOPIC } from './testing/random-log';

const message = (seq: number, by: string, more: Partial<Message> = {}): Message => ({
  seq, by, at: new Date(seq * 1_000).toISOString(), text: `message ${seq}`, note: false, reply_to: null, mentions: [], edited: null, edits: 0,
  deleted: false, reactions: {}, ...more,
});
const state = (...messages: Message[]): ConversationState => ({
  ...emptyConversation(), messages,
  people: { usr_me: { name: 'Me', side: 'staff' }, usr_mia: { name: 'Mia', side: 'staff' }, vis_1: { name: 'Visitor', side: 'customer' } },
});
const body = { text: 'We can' };

describe('an answer after', () => {
  it('is the newest of a colleague that everybody sees', () => {
    const messages = [message(1, 'vis_1'), message(2, 'usr_mia'), message(3, 'usr_mia'), message(4, 'usr_me'), message(5, 'vis_1')];
    expect(answerAfter(state(...messages), 1, 'usr_me')?.seq).toBe(3);
    expect(answerAfter(state(...messages), 3, 'usr_me')).toBeUndefined();
    expect(answerAfter(undefined, 0, 'usr_me')).toBeUndefined();
  });

  it('is no note, nothing deleted, nothing own and nothing of a customer', () => {
    const messages = [message(1, 'vis_1'), message(2, 'usr_me'), message(3, 'usr_mia', { note: true }), message(4, 'usr_mia', { deleted: true })];
    expect(answerAfter(state(...messages), 0, 'usr_me')).toBeUndefined();
  });
});

describe('the guard', () => {
  it('says what was there when the draft was begun, not when it was sent', () => {
    const guard = new Guard({ text: '' });
    guard.begin(4);
    guard.begin(9);
    expect(guard.complete(body, 9)).toEqual({ ...body, unless_answered_after: 4 });
    guard.saw(7);
    expect(guard.complete(body, 9)).toEqual({ ...body, unless_answered_after: 7 });
    guard.end();
    guard.begin(9);
    expect(guard.complete(body, 12)).toEqual({ ...body, unless_answered_after: 9 });
  });

  it('without a key pressed it is what is there', () => {
    expect(new Guard({ text: '' }).complete(body, 3)).toEqual({ ...body, unless_answered_after: 3 });
  });

  it('remembers over a reload when the draft was begun', () => {
    const kept = { text: '' };
    new Guard(kept).begin(4);
    const after = new Guard(kept);
    after.begin(9);
    expect(after.since).toBe(4);
    after.end();
    expect(new Guard(kept).since).toBeUndefined();
    for (const text of ['x', '1.5', 'Infinity']) expect(new Guard({ text }).since, text).toBeUndefined();
  });
});

describe('a refused answer', () => {
  const pending = (more: Partial<Pending> = {}): Pending => ({
    id: '1', topic: TOPIC, type: 'send', body: { ...body, reply_to: 1, unless_answered_after: 1 }, at: 0, state: 'failed',
    problem: { code: 'CONFLICT', message: 'A colleague answered meanwhile.' }, ...more,
  });
  const answered = state(message(1, 'vis_1'), message(2, 'usr_mia'));
  const change = (each: Pending, of = answered) => afterRefusal(each, of, 'usr_me', (who) => of.people[who]!.name);

  it('says who answered and can be sent all the same, unless yet another comes', () => {
    expect(change(pending())).toEqual({
      body: { ...body, reply_to: 1, unless_answered_after: 2 },
      problem: { code: 'CONFLICT', message: 'Mia answered while you were writing.', again: 'Send anyway' },
    });
  });

  it('is changed once', () => {
    expect(change({ ...pending(), ...change(pending()) })).toBeUndefined();
  });

  it('of which nobody can tell goes without the question', () => {
    const unknown = change(pending(), state(message(1, 'vis_1')));
    expect(unknown).toEqual({ body: { ...body, reply_to: 1 }, problem: pending().problem });
    expect(change({ ...pending(), ...unknown })).toBeUndefined();
  });

  it('is left alone when it was refused for something else, is a note or still on its way', () => {
    for (const more of [
      { problem: { code: 'FORBIDDEN', message: '' } as const }, { type: 'note' }, { state: 'waiting' as const }, { body: { ...body } },
    ]) expect(change(pending(more))).toBeUndefined();
  });
});
