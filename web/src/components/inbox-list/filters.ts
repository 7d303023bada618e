import type { SavedView } from '../../api/views';
import { onceEach } from '../../base/once-each';
import { fitOf, wordsOf } from '../../base/words';
import type { InboxItem } from '../../live/protocol.gen';
import { firstOf } from '../due/due';
import { rankOf } from '../label/priority';
import type { Criteria, Place } from './criteria';

/** A list of conversations that can be chosen: one that everybody has, or a saved view. */
export interface List {
  /** What it is called in the address: its name, or a view's id. */
  key: string;
  label: string;
  criteria: Criteria;
  empty: { title: string; text: string };
  view?: SavedView;
}

/** The lists that everybody has, in the order of their buttons. */
export const FILTERS: readonly List[] = [
  { key: 'open', label: 'Open', criteria: { status: 'open' }, empty: { title: 'All done', text: 'There is no open conversation. New ones appear here the moment somebody writes.' } },
  { key: 'waiting', label: 'Waiting', criteria: { status: 'open', waiting: true }, empty: { title: 'Nobody waits', text: 'Everybody who wrote has an answer.' } },
  { key: 'mine', label: 'Mine', criteria: { status: 'open', assignee: 'me' }, empty: { title: 'Nothing is yours', text: 'Conversations that are assigned to you appear here. Press a in one to take it.' } },
  { key: 'due', label: 'Due', criteria: { status: 'open', due: 'soon' }, empty: { title: 'Nothing is due', text: 'What has to be answered or solved soon, or should have been, appears here.' } },
  { key: 'snoozed', label: 'Snoozed', criteria: { status: 'snoozed' }, empty: { title: 'Nothing is put off', text: 'A conversation you put off waits here until its time has come, or until the customer writes. Press z in one.' } },
  { key: 'resolved', label: 'Resolved', criteria: { status: 'resolved' }, empty: { title: 'Nothing resolved yet', text: 'Conversations you resolve are kept here. A customer who writes again opens them.' } },
];

/** A saved view as a list. */
export function listOf(view: SavedView): List {
  return { key: view.id, label: view.name, criteria: view.criteria, view, empty: { title: 'Nothing here now', text: `No conversation is as “${view.name}” wants it. They appear here as soon as one is.` } };
}

/** In which order the list is. */
export type Order = 'newest' | 'longest' | 'urgent' | 'due';

/** The orders, as they are called. */
export const ORDERS: readonly { value: Order; label: string }[] = [
  { value: 'newest', label: 'Newest first' }, { value: 'longest', label: 'Longest waiting' }, { value: 'urgent', label: 'Most urgent' },
  { value: 'due', label: 'Due soonest' },
];

/** In which order a list is shown, when the person likes `order` best. A view has its own; of who waits, who has waited longest is first, and of what is due, what is so soonest. */
export function orderOf(list: List, order: Order): Order {
  if (list.view) return list.view.order;
  if (list.key === 'due') return 'due';
  return list.key === 'waiting' && order === 'newest' ? 'longest' : order;
}

/** In this order; the same for everybody where that says nothing. What was put off: by when it comes back. */
export function inOrder(items: InboxItem[], place: Place, order: Order = 'newest'): InboxItem[] {
  const ranks = [...(place === 'snoozed' ? [byReturn] : place === 'resolved' ? [] : RANKS[order]), byNews];
  // Each is reckoned once: in a long list one is compared with many.
  const placed = items.map((item) => ({ item, at: ranks.map((rank) => rank(item)) }));
  placed.sort((a, b) => {
    for (let rank = 0; rank < ranks.length; rank += 1) if (a.at[rank] !== b.at[rank]) return a.at[rank]! - b.at[rank]!;
    return a.item.id < b.item.id ? -1 : 1;
  });
  return placed.map(({ item }) => item);
}

/** What is less comes first. */
type Rank = (item: InboxItem) => number;
const time = (at: string | null | undefined, none: number) => (at ? Date.parse(at) : none);
/** The last that is news: a message, or that it came back. */
const byNews: Rank = onceEach((item: InboxItem) => -Math.max(time(item.last_message_at, 0), time(item.woken_at, 0)));
const byReturn: Rank = (item) => time(item.snoozed_until, 0);
const byWaiting: Rank = (item) => time(item.waiting_since, Number.MAX_SAFE_INTEGER);
const byUrgency: Rank = (item) => rankOf(item.priority);
const RANKS: Record<Order, Rank[]> = { newest: [], longest: [byWaiting], due: [firstOf], urgent: [byUrgency, byWaiting] };

/** How many messages somebody has not read: the server's count. */
export function unreadOf(item: InboxItem, me: string): number {
  return item.unread_by[me] ?? item.unread_rest;
}

/** Whether name or last words contain every word that is looked for. */
export function matches(item: InboxItem, search: string): boolean {
  return fitOf(`${item.name} ${item.preview ?? ''}`, wordsOf(search)) !== undefined;
}
