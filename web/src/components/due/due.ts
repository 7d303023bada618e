import { onceEach } from '../../base/once-each';
import type { Due, InboxItem } from '../../live/protocol.gen';
import { clockIcon, icon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { chip } from '../chip/chip';
import { durationText, momentText, untilText } from '../time-text/time-text';
import styles from './due.module.css';

const c = mustClass(styles);

/** How a conversation stands to what is due in it; what was missed is more than due soon. */
export type Urgency = 'soon' | 'missed';

/** What is due in a conversation. */
export type Dues = Pick<InboxItem, 'answer_due' | 'resolution_due'>;

/** Asked of thousands each time a list is drawn. */
const momentsOf = onceEach(({ at, warn_at }: Due) => ({ at: Date.parse(at), warn: Date.parse(warn_at) }));

/** How something stands that is due. */
export function urgencyOf(due: Due | undefined, now: number): Urgency | undefined {
  if (!due) return undefined;
  const { at, warn } = momentsOf(due);
  return at <= now ? 'missed' : warn <= now ? 'soon' : undefined;
}

/** How a conversation stands: as what is worst in it. */
export function worstOf({ answer_due, resolution_due }: Dues, now: number): Urgency | undefined {
  const [answer, resolution] = [urgencyOf(answer_due, now), urgencyOf(resolution_due, now)];
  return answer === 'missed' || resolution === undefined ? answer : resolution === 'missed' ? 'missed' : 'soon';
}

/** When the first of it is due; a day that never comes when nothing is. */
export function firstOf({ answer_due, resolution_due }: Dues): number {
  return Math.min(...[answer_due, resolution_due].map((due) => (due ? momentsOf(due).at : Number.MAX_SAFE_INTEGER)));
}

/** When it will stand differently than now. */
export function changesAt({ answer_due, resolution_due }: Dues, now: number): number {
  let next = Infinity;
  for (const due of [answer_due, resolution_due]) {
    if (!due) continue;
    const { at, warn } = momentsOf(due);
    if (warn > now) next = Math.min(next, warn);
    if (at > now) next = Math.min(next, at);
  }
  return next;
}

/** In a list: only what has to be looked at. Of two the answer is said, unless only the other was missed. */
export function dueChip(dues: Dues, now: number): HTMLElement | null {
  const [answer, resolution] = [urgencyOf(dues.answer_due, now), urgencyOf(dues.resolution_due, now)];
  if (answer === 'missed' || (answer && resolution !== 'missed')) return chipOf('Answer', dues.answer_due!, answer, now);
  return resolution ? chipOf('Solution', dues.resolution_due!, resolution, now) : null;
}

function chipOf(what: string, due: Due, urgency: Urgency, now: number): HTMLElement {
  return chip(c('due', urgency), [icon(clockIcon), `${what} ${shortDue(due, urgency, now)}`], { title: `${what} due ${momentText(due.at, new Date(now))}` });
}

function shortDue(due: Due, urgency: Urgency, now: number): string {
  return urgency === 'missed' ? `${durationText(due.at, new Date(now))} late` : `in ${untilText(due.at, new Date(now))}`;
}

/** In the details: when, and how long that still is. */
export function dueText(due: Due, now: number): string {
  const urgency = urgencyOf(due, now);
  const at = momentText(due.at, new Date(now));
  return urgency === undefined ? at : `${at} (${shortDue(due, urgency, now)})`;
}

/** The class of a text that says so. */
export function dueLook(due: Due, now: number): string | null {
  const urgency = urgencyOf(due, now);
  return urgency ? c('text', urgency) : null;
}
