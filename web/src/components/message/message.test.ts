// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import type { Message } from '../../live/protocol.gen';
import type { Pending } from '../../live/queue';
import { xssCorpus } from '../../ui/testing/xss-corpus';
import { drawMessage, type MessageLook } from './message';
import { pendingMessages, withPending } from './overlay';

const message = (more: Partial<Message> = {}): Message => ({
  seq: 5, by: 'vis_1', at: '2026-03-18T12:00:00Z', text: 'hello', note: false, reply_to: null, mentions: [], edited: null, edits: 0,
  deleted: false, reactions: {}, ...more,
});
const pending = (more: Partial<Pending> = {}): Pending => ({
  id: 'a', topic: 't', type: 'send', body: { text: 'hello' }, at: Date.parse('2026-03-18T12:00:00Z'), state: 'waiting', ...more,
});

function draw(more: Partial<MessageLook> = {}): HTMLElement {
  const row = document.createElement('div');
  drawMessage(row, {
    message: message(), author: { id: 'vis_1', name: 'Vera' }, own: false, continued: false, day: false, fresh: false, me: 'usr_me',
    nameOf: (who) => (who === 'usr_2' ? 'Maria Lind' : who), quoted: undefined, status: undefined, pending: undefined, change: undefined,
    connected: true, ...more,
  });
  return row;
}

describe('a message', () => {
  it('says who and when to a screen reader', () => {
    expect(draw().querySelector('article')?.getAttribute('aria-label')).toMatch(/^Vera, \d\d:\d\d$/);
  });

  it('says that it was deleted, and nothing of what it said', () => {
    const row = draw({ message: message({ deleted: true, text: '', edits: 1 }) });
    expect(row.textContent).toContain('This message was deleted.');
    expect(row.querySelector('[data-do=history]')).toBeNull();
  });

  it('that failed says why and offers to try again or give up', () => {
    const row = draw({ own: true, pending: pending({ state: 'failed', problem: { code: 'FORBIDDEN', message: 'You may not do this.' } }) });
    expect(row.textContent).toContain('Not sent. You may not do this.');
    expect([...row.querySelectorAll('[data-do]')].map((each) => each.getAttribute('data-do'))).toEqual(['retry', 'discard']);
  });

  it('that waits says for what', () => {
    expect(draw({ own: true, pending: pending() }).textContent).toContain('Sending…');
    expect(draw({ own: true, pending: pending(), connected: false }).textContent).toContain('when the connection is back');
    expect(draw({ own: true, pending: pending({ problem: { code: 'RATE_LIMITED', message: '' } }) }).textContent).toContain('You are quick!');
  });

  it('marks who is meant', () => {
    const row = draw({ message: message({ text: 'ask **@Maria Lind** please', mentions: ['usr_2'] }) });
    expect(row.querySelector('strong span')?.textContent).toBe('@Maria Lind');
  });

  it('shows texts and names that attack as text', () => {
    for (const attack of xssCorpus) {
      const row = draw({ message: message({ text: attack, reply_to: 3 }), author: { id: 'vis_1', name: attack }, quoted: message({ text: attack }), nameOf: () => attack });
      expect(row.querySelector('script, img, svg:not([aria-hidden]), iframe, style, link, meta, math, template, [onerror], [onload]')).toBeNull();
      expect(row.textContent).toContain(attack.slice(0, 3));
    }
  });
});

describe('what is pending', () => {
  it('shows an edit and a reaction before they are answered', () => {
    const { message: shown, change } = withPending(message({ reactions: { '👍': ['usr_2'] } }), [
      pending({ type: 'edit', body: { seq: 5, text: 'new' } }), pending({ type: 'react', body: { seq: 5, emoji: '👍', on: true } }),
      pending({ type: 'edit', body: { seq: 6, text: 'other' } }),
    ], 'usr_me');
    expect(shown.text).toBe('new');
    expect(shown.reactions).toEqual({ '👍': ['usr_2', 'usr_me'] });
    expect(change?.type).toBe('edit');
  });

  it('leaves the state of the store alone', () => {
    const original = message({ reactions: { '👍': ['usr_me'] } });
    withPending(original, [pending({ type: 'react', body: { seq: 5, emoji: '👍', on: false } })], 'usr_me');
    expect(original.reactions).toEqual({ '👍': ['usr_me'] });
  });

  it('is not shown twice: by its id, and after a reload by text and time, each message once', () => {
    const none = () => false;
    expect(pendingMessages([pending()], [], (id) => id === 'a', 'usr_me')).toEqual([]);
    expect(pendingMessages([pending()], [message({ by: 'usr_me' })], none, 'usr_me')).toHaveLength(1);
    const two = [pending({ restored: true }), pending({ id: 'b', restored: true })];
    expect(pendingMessages(two, [message({ by: 'usr_me' })], none, 'usr_me').map((each) => each.id)).toEqual(['b']);
    expect(pendingMessages(two, [message({ by: 'usr_me', at: '2026-03-18T11:00:00Z' })], none, 'usr_me')).toHaveLength(2);
  });
});
