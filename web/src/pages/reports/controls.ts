import type { Clock } from '../../api/reports';
import { Emitter } from '../../base/emitter';
import type { StaffMember } from '../../api/tenant';
import { choiceField, field } from '../../components/field/field';
import { byName, type Labels } from '../../components/label/label';
import type { Session } from '../../session/start';
import { el, fill } from '../../ui/dom';
import { daysProblem, MAX_DAYS, PERIODS, type Choice } from './choice';
import { c } from './parts';

/** What one chooses a report with. Says it when something else is chosen. */
export interface Controls {
  root: HTMLElement;
  chosen: Emitter<Choice>;
  people(members: readonly StaffMember[]): void;
  labels(labels: Labels): void;
  /** Which time counts, and whether there is another: without opening hours there is none. */
  clock(counted: Clock, hours: boolean): void;
}

const CLOCKS = [{ value: 'open', label: 'While we are open' }, { value: 'always', label: 'Around the clock' }];

export function controls({ owned, who }: Session, choice: Choice): Controls {
  const chosen = new Emitter<Choice>();
  const period = choiceField({ label: 'Period', name: 'period' }, PERIODS);
  const from = field({ label: 'From', name: 'from' }, { type: 'date', value: choice.from });
  const to = field({ label: 'To', name: 'to', hint: `${MAX_DAYS} days at most.` }, { type: 'date', value: choice.to });
  const person = choiceField({ label: 'Person', name: 'person' }, [{ value: '', label: 'Everybody' }]);
  const label = choiceField({ label: 'Label', name: 'label' }, [{ value: '', label: 'All matters' }]);
  const clock = choiceField({ label: 'Time that counts', name: 'clock' }, CLOCKS);
  const days = el('div', { class: c('days') }, from.root, to.root);
  let current = choice;
  const show = () => {
    period.input.value = current.period;
    [person.input.value, label.input.value] = [current.person, current.label];
    if (current.clock !== '') clock.input.value = current.clock;
    days.hidden = current.period !== 'own';
  };
  /** Options that come later keep what was chosen, also when it is not among them. */
  const offer = (input: HTMLSelectElement, all: string, options: { value: string; label: string }[], value: string) => {
    const known = value === '' || options.some((option) => option.value === value) ? [] : [{ value, label: 'Somebody or something else' }];
    fill(input, ...[{ value: '', label: all }, ...options, ...known].map((option) => el('option', { value: option.value }, option.label)));
    input.value = value;
  };
  const take = () => {
    current = { period: period.input.value, from: from.input.value, to: to.input.value, person: person.input.value, label: label.input.value, clock: clock.root.hidden ? '' : (clock.input.value as Clock) };
    days.hidden = current.period !== 'own';
    if (current.period === 'own') {
      const problem = daysProblem(current.from, current.to);
      // Nobody is told off for what they have not chosen yet.
      to.setProblem(current.from !== '' && current.to !== '' ? problem : null);
      if (problem !== null) return;
    }
    chosen.emit(current);
  };
  for (const { input } of [period, from, to, person, label, clock]) owned.listen(input, 'change', take);
  show();
  offer(person.input, 'Everybody', who.kind === 'admin' ? [] : [{ value: who.user.id, label: 'Me' }], choice.person);
  offer(label.input, 'All matters', [], choice.label);
  return {
    root: el('form', { class: c('controls'), 'aria-label': 'Which report' }, period.root, days, person.root, label.root, clock.root),
    chosen,
    people: (members) => offer(person.input, 'Everybody', members.map(({ id, name }) => ({ value: id, label: id === who.user.id ? `${name} (you)` : name })), person.input.value),
    labels: (labels) => offer(label.input, 'All matters', byName(Object.entries(labels)).map(([value, { name }]) => ({ value, label: name })), label.input.value),
    clock: (counted, hours) => {
      clock.input.value = counted;
      clock.root.hidden = !hours;
    },
  };
}
