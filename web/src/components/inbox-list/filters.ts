import { fitOf, wordsOf } from '../../base/words';
import type { InboxItem } from '../../live/protocol.gen';
import { rankOf } from '../label/priority';

/** Which conversations the list shows. */
export type FilterName = 'open' | 'waiting' | 'mine' | 'snoozed' | 'resolved';

/** The filters, in the order of their buttons. */
export const FILTERS: readonly { name: FilterName; label: string; empty: { title: string; text: string } }[] = [
  { name: 'open', label: 'Open', empty: { title: 'All done', text: 'There is no open conversation. New ones appear here the moment somebody writes.' } },
  { name: 'waiting', label: 'Waiting', empty: { title: 'Nobody waits', text: 'Everybody who wrote has an answer.' } },
  { name: 'mine', label: 'Mine', empty: { title: 'Nothing is yours', text: 'Conversations that are assigned to you appear here. Press a in one to take it.' } },
  { name: 'snoozed', label: 'Snoozed', empty: { title: 'Nothing is put off', text: 'A conversation you put off waits here until its time has come, or until the customer writes. Press z in one.' } },
  { name: 'resolved', label: 'Resolved', empty: { title: 'Nothing resolved yet', text: 'Conversations you resolve are kept here. A customer who writes again opens them.' } },
];

/** Whether a conversation belongs under a filter. */
export function belongs(item: InboxItem, filter: FilterName, me: string): boolean {
  switch (filter) {
    case 'open': return item.status === 'open';
    case 'waiting': return item.status === 'open' && item.waiting_since !== null;
    case 'mine': return item.status === 'open' && item.assignee === me;
    case 'snoozed': return item.status === 'snoozed';
    case 'resolved': return item.status === 'resolved';
  }
}

/** In which order the list is. */
export type Order = 'newest' | 'longest' | 'urgent';

/** The orders, as they are called. */
export const ORDERS: readonly { value: Order; label: string }[] = [
  { value: 'newest', label: 'Newest first' }, { value: 'longest', label: 'Longest waiting' }, { value: 'urgent', label: 'Most urgent' },
];

/** The lists that are fetched page by page, because they grow without end. */
export const PAGED: readonly FilterName[] = ['snoozed', 'resolved'];

/** In the order that was chosen; the same for everybody where that says nothing. What was put off: by when it comes back. */
export function inOrder(items: InboxItem[], filter: FilterName, order: Order = 'newest'): InboxItem[] {
  const compare = filter === 'snoozed' ? byReturn : filter === 'waiting' && order === 'newest' ? byWaiting : COMPARE[order];
  return [...items].sort((a, b) => compare(a, b) || byNews(a, b) || (a.id < b.id ? -1 : 1));
}

type Compare = (a: InboxItem, b: InboxItem) => number;
const time = (at: string | null | undefined, none: number) => (at ? Date.parse(at) : none);
/** When something last happened that is news: a message, or that it came back. */
const newsOf = (item: InboxItem) => Math.max(time(item.last_message_at, 0), time(item.woken_at, 0));
const byNews: Compare = (a, b) => newsOf(b) - newsOf(a);
const byReturn: Compare = (a, b) => time(a.snoozed_until, 0) - time(b.snoozed_until, 0);
const byWaiting: Compare = (a, b) => time(a.waiting_since, Number.MAX_SAFE_INTEGER) - time(b.waiting_since, Number.MAX_SAFE_INTEGER);
const byUrgency: Compare = (a, b) => rankOf(a.priority) - rankOf(b.priority);
const COMPARE: Record<Order, Compare> = { newest: byNews, longest: byWaiting, urgent: (a, b) => byUrgency(a, b) || byWaiting(a, b) };

/** How many messages somebody has not read: the server's count. */
export function unreadOf(item: InboxItem, me: string): number {
  return item.unread_by[me] ?? item.unread_rest;
}

/** Whether name or last words contain every word that is looked for. */
export function matches(item: InboxItem, search: string): boolean {
  return fitOf(`${item.name} ${item.preview ?? ''}`, wordsOf(search)) !== undefined;
}
