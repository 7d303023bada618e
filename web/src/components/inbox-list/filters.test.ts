import { describe, expect, it } from 'vitest';
import type { InboxItem } from '../../live/protocol.gen';
import { taking } from './criteria';
import { FILTERS, inOrder, listOf, matches, orderOf, unreadOf } from './filters';

const item = (more: Partial<InboxItem>): InboxItem => ({
  id: 'cnv_1', kind: 'site', status: 'open', name: 'Visitor 1', assignee: null, account: null, preview: 'Do you deliver?', preview_by: 'vis_1',
  last_message_at: '2026-03-18T12:00:00Z', waiting_since: null, unread_by: {}, unread_rest: 3, page: null, ...more,
});

describe('the inbox', () => {
  it('puts each conversation where it belongs', () => {
    const lists = (of: InboxItem) => FILTERS.filter(({ criteria }) => taking(criteria, 'usr_me')(of)).map(({ key }) => key);
    const waiting = item({ waiting_since: '2026-03-18T12:00:00Z' });
    expect(lists(waiting)).toEqual(['open', 'waiting']);
    expect(lists({ ...waiting, status: 'snoozed', assignee: 'usr_me', snoozed_until: '2026-03-19T09:00:00Z' })).toEqual(['snoozed']);
    expect(lists(item({ assignee: 'usr_me' }))).toEqual(['open', 'mine']);
    expect(lists(item({ assignee: 'usr_me', status: 'resolved' }))).toEqual(['resolved']);
  });

  it('shows who waits longest first, otherwise the newest', () => {
    const list = [
      item({ id: 'a', waiting_since: '2026-03-18T12:00:00Z', last_message_at: '2026-03-18T12:00:00Z' }),
      item({ id: 'b', waiting_since: '2026-03-18T11:00:00Z', last_message_at: '2026-03-18T12:30:00Z' }),
      item({ id: 'c', last_message_at: null }),
    ];
    const [open, waiting] = FILTERS;
    const view = listOf({ id: 'vew_1', rev: 1, shared: false, name: 'New', criteria: waiting!.criteria, order: 'newest' });
    expect([open!, waiting!, view].map((each) => orderOf(each, 'newest'))).toEqual(['newest', 'longest', 'newest']);
    expect([open!, waiting!, view].map((each) => orderOf(each, 'urgent'))).toEqual(['urgent', 'urgent', 'newest']);
    expect(inOrder(list, 'open', 'longest').slice(0, 2).map(({ id }) => id)).toEqual(['b', 'a']);
    expect(inOrder(list, 'open').map(({ id }) => id)).toEqual(['b', 'a', 'c']);
  });

  it('shows what comes back next first, and what came back as news', () => {
    const off = (id: string, until: string) => item({ id, status: 'snoozed', snoozed_until: until });
    expect(inOrder([off('late', '2026-03-21T09:00:00Z'), off('soon', '2026-03-19T09:00:00Z')], 'snoozed', 'urgent').map(({ id }) => id)).toEqual(['soon', 'late']);
    const list = [
      item({ id: 'today', last_message_at: '2026-03-18T12:00:00Z' }),
      item({ id: 'back', last_message_at: '2026-03-01T12:00:00Z', woken_at: '2026-03-18T13:00:00Z' }),
    ];
    expect(inOrder(list, 'open').map(({ id }) => id)).toEqual(['back', 'today']);
  });

  it('is in the order that was chosen', () => {
    const list = [
      item({ id: 'low', priority: 'low', waiting_since: '2026-03-18T10:00:00Z', last_message_at: '2026-03-18T10:00:00Z' }),
      item({ id: 'none', last_message_at: '2026-03-18T13:00:00Z' }),
      item({ id: 'urgent', priority: 'urgent', waiting_since: '2026-03-18T12:00:00Z', last_message_at: '2026-03-18T12:00:00Z' }),
      item({ id: 'also', priority: 'urgent', waiting_since: '2026-03-18T11:00:00Z', last_message_at: '2026-03-18T11:00:00Z' }),
    ];
    expect(inOrder(list, 'open', 'newest').map(({ id }) => id)).toEqual(['none', 'urgent', 'also', 'low']);
    expect(inOrder(list, 'open', 'longest').map(({ id }) => id)).toEqual(['low', 'also', 'urgent', 'none']);
    expect(inOrder(list, 'open', 'urgent').map(({ id }) => id)).toEqual(['also', 'urgent', 'none', 'low']);
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
