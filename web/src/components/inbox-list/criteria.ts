import type { InboxItem, Priority } from '../../live/protocol.gen';

/** Where a conversation stands. */
export type Place = InboxItem['status'];

/** Which conversations a list shows. */
export interface Criteria {
  status: Place;
  /** Only those whose customer waits, or does not. */
  waiting?: boolean;
  /** Only those answered by `me`, by `none`, or by this person. */
  assignee?: string;
  label?: string;
  priority?: Priority;
}

/** What is asked of a conversation. */
export type Sorted = Pick<InboxItem, 'status' | 'waiting_since' | 'assignee' | 'labels' | 'priority'>;

/** Whether they take it in, when `me` looks. The server decides the same of what it counts and lists: tests/cases/inbox-filters.json. */
export function takes(criteria: Criteria, item: Sorted, me: string): boolean {
  const { status, waiting, assignee, label, priority } = criteria;
  const answeredBy = assignee === 'me' ? me : assignee === 'none' ? null : assignee;
  return item.status === status
    && (waiting === undefined || (item.waiting_since !== null) === waiting)
    && (answeredBy === undefined || item.assignee === answeredBy)
    && (label === undefined || (item.labels ?? []).includes(label))
    && (priority === undefined || (item.priority ?? 'normal') === priority);
}

/** Only those with a label; `''` is every one. */
export function narrowTo(criteria: Criteria, label: string): Criteria {
  return label === '' ? criteria : { ...criteria, label };
}
