import { ApiError } from '../../api/http';
import { field, type Field } from '../../components/field/field';
import { readSpan, spanText } from '../../components/due/targets';
import { PRIORITIES } from '../../components/label/priority';
import type { Goals, Targets, TenantState } from '../../live/protocol.gen';
import type { StateStore } from '../../live/state-store';
import type { Session } from '../../session/start';
import { el, type Child } from '../../ui/dom';
import { choiceCards } from './choice-cards';
import { c, card, onceKnown, saveForm } from './parts';

const GOALS: readonly { key: keyof Goals; label: string }[] = [
  { key: 'first', label: 'First answer' }, { key: 'next', label: 'Later answers' }, { key: 'resolution', label: 'Solution' },
];

const COUNTED: readonly { value: Targets['counted']; label: string; text: string }[] = [
  { value: 'opening_hours', label: 'While we are open', text: 'Time outside the opening hours, and on days that are closed, does not count.' },
  { value: 'always', label: 'Around the clock', text: 'Every minute counts, at night and on holidays too.' },
];

/** How soon customers are to have an answer and their matter settled. */
export function targetSection(session: Session, tenant: StateStore<TenantState>): Child[] {
  return [
    el('p', { class: c('lead') }, 'The inbox warns before one is missed and shows what is due first. Customers see nothing of it.'),
    onceKnown(session, tenant, el('div', { class: c('form') }, 'Loading…'), (state) => targetCard(session, state)),
  ];
}

function targetCard({ client, owned, tenant }: Session, state: TenantState): HTMLElement {
  const targets: Targets = state.targets ?? { counted: 'opening_hours' };
  const counted = choiceCards('Which time counts', COUNTED, targets.counted);
  const warn = spanField('Warn so long before one is missed', 'warn', targets.warn ?? 10, 'Of a short target at its half.');
  const goals = Object.fromEntries(PRIORITIES.flatMap(({ value, label }) => GOALS.map((goal) => [
    `${value}.${goal.key}`, spanField(`${goal.label}, ${label.toLowerCase()}`, `${value}-${goal.key}`, targets[value]?.[goal.key]),
  ]))) as Record<string, Field>;
  const closed = state.hours.week.length === 0
    ? el('p', { class: c('caution') }, 'No opening hours are set yet: nothing is due by them. ', el('a', { href: '#hours' }, 'Set opening hours'), '.') : null;
  const suit = () => closed && (closed.hidden = counted.value() !== 'opening_hours');
  owned.listen(counted.root, 'change', suit);
  suit();
  return card('How soon', saveForm(owned, {
    fields: { ...goals, warn },
    inside: [
      el('p', { id: 'spans' }, 'Write 15 min, 4 h or 1 h 30 min. An empty field is no target.'),
      table(goals), counted.root, closed, warn.root,
    ],
    save: async () => {
      const body: Targets = { counted: counted.value(), warn: spanOf(warn, 'warn') ?? null };
      for (const { value } of PRIORITIES) {
        body[value] = Object.fromEntries(GOALS.map(({ key }) => [key, spanOf(goals[`${value}.${key}`]!, `${value}.${key}`)])) as Goals;
      }
      await client.command(`tenant:${tenant.id}`, 'set_targets', body).done;
    },
  }));
}

/** A row for each priority. On a phone each is a block of its own. */
function table(goals: Record<string, Field>): HTMLElement {
  const head = el('tr', {}, el('th', { scope: 'col' }, 'Priority'), ...GOALS.map(({ label }) => el('th', { scope: 'col' }, label)));
  const rows = PRIORITIES.map(({ value, label }) => el('tr', {}, el('th', { scope: 'row' }, label),
    ...GOALS.map((goal) => el('td', {}, goals[`${value}.${goal.key}`]!.root))));
  return el('table', { class: c('goals') }, el('caption', { class: 'visually-hidden' }, 'Targets by priority'), el('thead', {}, head), el('tbody', {}, ...rows));
}

function spanField(label: string, name: string, minutes: number | null | undefined, hint?: string): Field {
  const made = field({ label, name, ...(hint !== undefined && { hint }) }, { value: spanText(minutes), autocomplete: 'off', maxlength: 20 });
  if (hint === undefined) made.input.setAttribute('aria-describedby', `spans ${made.input.getAttribute('aria-describedby')}`);
  return made;
}

/** What a field says, or why it says nothing. */
function spanOf({ input }: Field, name: string): number | null {
  const minutes = readSpan(input.value);
  if (minutes === undefined) throw new ApiError('INVALID_INPUT', 'Write it like 15 min, 4 h or 1 h 30 min: a minute at least, 720 h at most.', { details: { field: name } });
  return minutes;
}
