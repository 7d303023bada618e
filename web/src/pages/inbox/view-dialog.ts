import { changeView, createView, MAX_VIEW_NAME, removeView, type SavedView, type ViewWords } from '../../api/views';
import type { StaffMember } from '../../api/tenant';
import { Disposables } from '../../base/disposables';
import { busy, button } from '../../components/button/button';
import { openDialog } from '../../components/dialog/dialog';
import type { Urgency } from '../../components/due/due';
import { choiceField, clearProblems, field, problemSummary, showProblem } from '../../components/field/field';
import type { Criteria } from '../../components/inbox-list/criteria';
import { ORDERS, type Order } from '../../components/inbox-list/filters';
import { DUE_WORDS, PLACES } from '../../components/inbox-list/view-words';
import { byName, type Labels } from '../../components/label/label';
import { PRIORITIES } from '../../components/label/priority';
import { teamsByName, type Teams } from '../../components/team/team';
import type { Priority } from '../../live/protocol.gen';
import { el, freshId } from '../../ui/dom';
import { trashIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import styles from './inbox.module.css';

const c = mustClass(styles);

export interface ViewQuestion {
  /** The view to be changed, or `null` to keep a new one. */
  view: SavedView | null;
  /** What a new one begins with. */
  words: ViewWords;
  labels: Labels;
  teams: Teams;
  staff: readonly StaffMember[];
  me: string;
  admin: boolean;
}

/** What came of it. */
export type ViewOutcome = { kind: 'kept'; view: SavedView } | { kind: 'removed'; view: SavedView };

/** Asks what a view is to show and keeps it; resolves to `undefined` when nothing came of it. */
export async function viewDialog({ view, words, labels, teams, staff, me, admin }: ViewQuestion): Promise<ViewOutcome | undefined> {
  const owned = new Disposables();
  const summary = problemSummary();
  const fields = fieldsOf(words.criteria, labels, teams, staff, me);
  const name = field({ label: 'Name', name: 'name' }, { value: words.name, maxlength: MAX_VIEW_NAME, dir: 'auto', autocomplete: 'off' });
  const order = choiceField({ label: 'In which order', name: 'order' }, ORDERS);
  order.input.value = words.order;
  const box = el('input', { type: 'checkbox', id: freshId('shared') });
  const share = view === null && admin ? el('label', { class: c('switch'), for: box.id }, box, 'Everybody on the team sees it') : null;
  const remove = view ? button({ label: 'Remove this view', icon: trashIcon, kind: 'plain', small: true }) : null;
  const suit = () => {
    const open = fields.status.input.value === 'open';
    order.root.hidden = fields.waiting.root.hidden = !open;
  };
  owned.listen(fields.status.input, 'change', suit);
  suit();
  let outcome: ViewOutcome | undefined;
  const attempt = async (does: () => Promise<ViewOutcome>) => {
    clearProblems({ name }, summary);
    try {
      outcome = await does();
      return true;
    } catch (error) {
      showProblem(error, { name }, summary);
      return false;
    }
  };
  if (view && remove) {
    owned.listen(remove, 'click', () => void busy(remove, async () => {
      if (await attempt(async () => removeView(view).then(() => ({ kind: 'removed', view })))) remove.closest('dialog')?.close();
    }));
  }
  const opened = openDialog({
    title: view ? 'Change this view' : 'Save as a view',
    body: [
      view?.shared ? el('p', {}, 'Everybody on the team sees this view.') : null,
      summary.root, name.root, el('div', { class: c('viewFields') }, ...Object.values(fields).map(({ root }) => root), order.root), share, remove,
    ],
    submit: { label: 'Save' },
    run: () => attempt(async () => {
      const said = { name: name.input.value, criteria: criteriaOf(fields), order: order.input.value as Order };
      return { kind: 'kept', view: await (view ? changeView(view, said) : createView(said, box.checked)) };
    }),
  });
  name.input.focus();
  name.input.select();
  await opened;
  owned.dispose();
  return outcome;
}

const ANY = { value: '', label: 'Any' };

/** How it is called what is not there any more. */
const GONE: Record<string, string> = { label: 'A label that is gone', team: 'A team that is gone' };

/** One choice for each thing that criteria say. */
function fieldsOf(criteria: Criteria, labels: Labels, teams: Teams, staff: readonly StaffMember[], me: string) {
  const named = byName(Object.entries(labels)).map(([value, { name }]) => ({ value, label: name }));
  const groups = teamsByName(teams).map(([value, { name }]) => ({ value, label: name }));
  const people = staff.filter(({ id }) => id !== me).map(({ id, name }) => ({ value: id, label: name }));
  const fields = {
    status: choiceField({ label: 'Which conversations', name: 'status' }, Object.entries(PLACES).map(([value, label]) => ({ value, label }))),
    waiting: choiceField({ label: 'Does the customer wait?', name: 'waiting' }, [{ value: '', label: 'Whether or not' }, { value: 'true', label: 'Waits for an answer' }, { value: 'false', label: 'Has an answer' }]),
    assignee: choiceField({ label: 'Answered by', name: 'assignee' }, [{ value: '', label: 'Anybody' }, { value: 'me', label: 'Whoever looks (me)' }, { value: 'none', label: 'Nobody yet' }, ...people]),
    team: choiceField({ label: 'Given to', name: 'team' }, [{ value: '', label: 'Any team, or none' }, { value: 'mine', label: 'A team of whoever looks' }, { value: 'none', label: 'No team' }, ...groups]),
    label: choiceField({ label: 'With the label', name: 'label' }, [ANY, ...named]),
    priority: choiceField({ label: 'Priority', name: 'priority' }, [ANY, ...PRIORITIES]),
    due: choiceField({ label: 'Targets', name: 'due' }, [{ value: '', label: 'Whether or not they are met' }, ...Object.entries(DUE_WORDS).map(([value, label]) => ({ value, label: capital(label) }))]),
  };
  for (const [key, { input }] of Object.entries(fields)) {
    const value = String(criteria[key as keyof Criteria] ?? '');
    // What is not known any more, or not yet, stays as it is until it is changed.
    if (![...input.options].some((option) => option.value === value)) input.append(el('option', { value }, GONE[key] ?? 'A colleague'));
    input.value = value;
  }
  return fields;
}

function criteriaOf(fields: ReturnType<typeof fieldsOf>): Criteria {
  const { status, waiting, assignee, team, label, priority, due } = fields;
  const open = status.input.value === 'open';
  return {
    status: status.input.value as Criteria['status'],
    ...(open && waiting.input.value !== '' && { waiting: waiting.input.value === 'true' }),
    ...(assignee.input.value !== '' && { assignee: assignee.input.value }),
    ...(team.input.value !== '' && { team: team.input.value }),
    ...(label.input.value !== '' && { label: label.input.value }),
    ...(priority.input.value !== '' && { priority: priority.input.value as Priority }),
    ...(due.input.value !== '' && { due: due.input.value as Urgency }),
  };
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
