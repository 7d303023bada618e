import { describe, expect, it } from 'vitest';
import type { InboxItem } from '../../live/protocol.gen';
import { belongs, inOrder, matches, unreadOf } from './filters';

const item = (more: Partial<InboxItem>): InboxItem => ({
  id: 'cnv_1', kind: 'site', status: 'open', name: 'Visitor 1', assignee: null, account: null, preview: 'Do you deliver?', preview_by: 'vis_1',
  last_message_at: '2026-03-18T12:00:00Z', waiting_since: null, unread_by: {}, unread_rest: 3, page: null, ...more,
});

describe('the inbox', () => {
  it('puts each conversation where it belongs', () => {
    const waiting = item({ waiting_since: '2026-03-18T12:00:00Z' });
    expect(['open', 'waiting', 'mine', 'resolved'].map((name) => belongs(waiting, name as 'open', 'usr_me'))).toEqual([true, true, false, false]);
    expect(belongs(item({ assignee: 'usr_me' }), 'mine', 'usr_me')).toBe(true);
    expect(belongs(item({ assignee: 'usr_me', status: 'resolved' }), 'mine', 'usr_me')).toBe(false);
  });

  it('shows who waits longest first, otherwise the newest', () => {
    const list = [
      item({ id: 'a', waiting_since: '2026-03-18T12:00:00Z', last_message_at: '2026-03-18T12:00:00Z' }),
      item({ id: 'b', waiting_since: '2026-03-18T11:00:00Z', last_message_at: '2026-03-18T12:30:00Z' }),
      item({ id: 'c', last_message_at: null }),
    ];
    expect(inOrder(list, 'waiting').slice(0, 2).map(({ id }) => id)).toEqual(['b', 'a']);
    expect(inOrder(list, 'open').map(({ id }) => id)).toEqual(['b', 'a', 'c']);
  });

  it('takes the own unread count, or the one of everybody who has not read', () => {
    expect(unreadOf(item({ unread_by: { usr_me: 0 } }), 'usr_me')).toBe(0);
    expect(unreadOf(item({ unread_by: { usr_2: 0 } }), 'usr_me')).toBe(3);
  });

  it('finds by name and words', () => {
    expect(matches(item({}), 'deliver visitor')).toBe(true);
    expect(matches(item({}), 'deliver nowhere')).toBe(false);
  });
});
