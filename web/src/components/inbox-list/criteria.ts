import type { InboxItem, Priority } from '../../live/protocol.gen';
import { worstOf, type Urgency } from '../due/due';

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
  /** Only those in which something is due soon at least, or was missed. */
  due?: Urgency;
}

/** What is asked of a conversation. */
export type Sorted = Pick<InboxItem, 'status' | 'waiting_since' | 'assignee' | 'labels' | 'priority' | 'answer_due' | 'resolution_due'>;

/** Whether they take it in, when `me` looks. The server decides the same of what it counts and lists: tests/cases/inbox-filters.json. */
export function takes(criteria: Criteria, item: Sorted, me: string, now = Date.now()): boolean {
  const { status, waiting, assignee, label, priority, due } = criteria;
  const answeredBy = assignee === 'me' ? me : assignee === 'none' ? null : assignee;
  return item.status === status
    && (waiting === undefined || (item.waiting_since !== null) === waiting)
    && (answeredBy === undefined || item.assignee === answeredBy)
    && (label === undefined || (item.labels ?? []).includes(label))
    && (priority === undefined || (item.priority ?? 'normal') === priority)
    && (due === undefined || meets(due, worstOf(item, now)));
}

function meets(due: Urgency, worst: Urgency | undefined): boolean {
  return worst !== undefined && (due === 'soon' || worst === 'missed');
}

/** Only those with a label; `''` is every one. */
export function narrowTo(criteria: Criteria, label: string): Criteria {
  return label === '' ? criteria : { ...criteria, label };
}
