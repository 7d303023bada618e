import type { InboxItem, Priority } from '../../live/protocol.gen';
import { worstOf, type Urgency } from '../due/due';
import { teamOf, type Teams } from '../team/team';

/** Where a conversation stands. */
export type Place = InboxItem['status'];

/** Which conversations a list shows. */
export interface Criteria {
  status: Place;
  /** Only those whose customer waits, or does not. */
  waiting?: boolean;
  /** Only those answered by `me`, by `none`, or by this person. */
  assignee?: string;
  /** Only those given to one of the teams of whoever looks (`mine`), to `none`, or to this one. */
  team?: string;
  label?: string;
  priority?: Priority;
  /** Only those in which something is due soon at least, or was missed. */
  due?: Urgency;
}

/** What is asked of a conversation. */
export type Sorted = Pick<InboxItem, 'status' | 'waiting_since' | 'assignee' | 'team' | 'labels' | 'priority' | 'answer_due' | 'resolution_due'>;

/**
 * Whether they take a conversation in, when `me` looks: to be asked of many. The server decides the same of what it counts and lists:
 * tests/cases/inbox-filters.json.
 */
export function taking(criteria: Criteria, me: string, teams: Teams = {}, now = Date.now()): (item: Sorted) => boolean {
  const { status, waiting, assignee, team, label, priority, due } = criteria;
  const answeredBy = assignee === 'me' ? me : assignee === 'none' ? null : assignee;
  return (item) => item.status === status
    && (waiting === undefined || (item.waiting_since !== null) === waiting)
    && (answeredBy === undefined || item.assignee === answeredBy)
    && (team === undefined || isOf(team, item, me, teams))
    && (label === undefined || (item.labels ?? []).includes(label))
    && (priority === undefined || (item.priority ?? 'normal') === priority)
    && (due === undefined || meets(due, worstOf(item, now)));
}

function isOf(asked: string, item: Sorted, me: string, teams: Teams): boolean {
  const team = teamOf(item, teams);
  if (asked === 'none' || team === undefined) return asked === 'none' && team === undefined;
  return asked === 'mine' ? team.members.includes(me) : item.team === asked;
}

function meets(due: Urgency, worst: Urgency | undefined): boolean {
  return worst !== undefined && (due === 'soon' || worst === 'missed');
}

/** By what a list is narrowed: `''` is not at all. */
export interface Narrowing {
  label: string;
  team: string;
}

/** Only those with a label, and of a team. */
export function narrowTo(criteria: Criteria, { label, team }: Narrowing): Criteria {
  return { ...criteria, ...(label !== '' && { label }), ...(team !== '' && { team }) };
}
