import type { SavedView } from '../../api/views';
import type { Party } from '../../live/protocol.gen';
import type { Urgency } from '../due/due';
import type { Labels } from '../label/label';
import type { Teams } from '../team/team';
import { priorityText } from '../label/priority';
import type { Place } from './criteria';
import { ORDERS } from './filters';

/** How it is said where conversations stand. */
export const PLACES: Record<Place, string> = { open: 'Open', snoozed: 'Snoozed', resolved: 'Resolved' };

/** How it is said that something has to be looked at. */
export const DUE_WORDS: Record<Urgency, string> = { soon: 'due soon or missed', missed: 'target missed' };

/** What a view shows, in one line. */
export function wordsOf({ criteria, order }: Pick<SavedView, 'criteria' | 'order'>, labels: Labels, nameOf: (who: Party) => string | undefined, teams: Teams = {}): string {
  const { status, waiting, assignee, team, label, priority, due } = criteria;
  const answered = assignee === undefined ? '' : assignee === 'me' ? 'mine' : assignee === 'none' ? 'nobody’s' : nameOf(assignee) ?? 'a colleague’s';
  return [
    PLACES[status],
    waiting === undefined ? '' : waiting ? 'waiting' : 'not waiting',
    answered,
    team === undefined ? '' : team === 'mine' ? 'my teams’' : team === 'none' ? 'no team’s' : teams[team]?.name ?? 'a team that is gone',
    label === undefined ? '' : labels[label]?.name ?? 'a label that is gone',
    priority === undefined ? '' : priorityText(priority).toLowerCase(),
    due === undefined ? '' : DUE_WORDS[due],
    status === 'open' && order !== 'newest' ? ORDERS.find(({ value }) => value === order)!.label.toLowerCase() : '',
  ].filter(Boolean).join(' · ');
}
