import type { InboxItem } from '../../live/protocol.gen';

/** Which conversations the list shows. */
export type FilterName = 'open' | 'waiting' | 'mine' | 'resolved';

/** The filters, in the order of their buttons. */
export const FILTERS: readonly { name: FilterName; label: string; empty: { title: string; text: string } }[] = [
  { name: 'open', label: 'Open', empty: { title: 'All done', text: 'There is no open conversation. New ones appear here the moment somebody writes.' } },
  { name: 'waiting', label: 'Waiting', empty: { title: 'Nobody waits', text: 'Everybody who wrote has an answer.' } },
  { name: 'mine', label: 'Mine', empty: { title: 'Nothing is yours', text: 'Conversations that are assigned to you appear here. Press a in one to take it.' } },
  { name: 'resolved', label: 'Resolved', empty: { title: 'Nothing resolved yet', text: 'Conversations you resolve are kept here. A customer who writes again opens them.' } },
];

/** Whether a conversation belongs under a filter. */
export function belongs(item: InboxItem, filter: FilterName, me: string): boolean {
  switch (filter) {
    case 'open': return item.status === 'open';
    case 'waiting': return item.status === 'open' && item.waiting_since !== null;
    case 'mine': return item.status === 'open' && item.assignee === me;
    case 'resolved': return item.status === 'resolved';
  }
}

/** The longest waiting first where somebody waits, otherwise what was written last. */
export function inOrder(items: InboxItem[], filter: FilterName): InboxItem[] {
  const latest = (item: InboxItem) => item.last_message_at ?? '';
  const compare = filter === 'waiting'
    ? (a: InboxItem, b: InboxItem) => Date.parse(a.waiting_since ?? '') - Date.parse(b.waiting_since ?? '')
    : (a: InboxItem, b: InboxItem) => (Date.parse(latest(b)) || 0) - (Date.parse(latest(a)) || 0);
  return [...items].sort((a, b) => compare(a, b) || (a.id < b.id ? -1 : 1));
}

/** How many messages somebody has not read: the server's count. */
export function unreadOf(item: InboxItem, me: string): number {
  return item.unread_by[me] ?? item.unread_rest;
}

/** Whether name or last words contain every word that is looked for. */
export function matches(item: InboxItem, search: string): boolean {
  const text = `${item.name} ${item.preview ?? ''}`.toLocaleLowerCase();
  return search.toLocaleLowerCase().split(/\s+/).every((word) => text.includes(word));
}
