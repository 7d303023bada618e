import { formDialog } from '../../components/dialog/form-dialog';
import { field } from '../../components/field/field';
import { pick } from '../../components/picker/picker';
import { momentText } from '../../components/time-text/time-text';

/** A time to put something off to. */
export interface Later {
  label: string;
  at: Date;
}

const MORNING = 9;
const EVENING = 18;

/** When people come back to things, by the clock of the person: on the night the clocks change nine is still nine. */
export function laters(now: Date): Later[] {
  const on = (days: number, hour: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
  const all: Later[] = [{ label: 'In three hours', at: new Date(Math.ceil((now.getTime() + 3 * 3_600_000) / 60_000) * 60_000) }];
  if (now.getHours() < EVENING - 1) all.push({ label: 'This evening', at: on(0, EVENING) });
  all.push({ label: 'Tomorrow morning', at: on(1, MORNING) });
  // On a Sunday this is tomorrow; on a Monday it is the Monday in a week, and said so.
  const toMonday = (8 - now.getDay()) % 7;
  if (toMonday > 1) all.push({ label: 'Monday morning', at: on(toMonday, MORNING) });
  all.push({ label: 'In a week', at: on(7, MORNING) });
  return all.filter(({ at }, index) => all.findIndex((other) => other.at.getTime() === at.getTime()) === index);
}

/** Asks until when to put something off; resolves to `undefined` when it is not. */
export async function askUntil(now = new Date()): Promise<Date | undefined> {
  const choice = await pick<Date | 'other'>('Put off until when?', [
    ...laters(now).map(({ label, at }) => ({ value: at, label, note: momentText(at.toISOString(), now) })),
    { value: 'other', label: 'Another time…' },
  ]);
  return choice === 'other' ? askTime(now) : choice;
}

async function askTime(now: Date): Promise<Date | undefined> {
  const tomorrow = laters(now).find(({ label }) => label === 'Tomorrow morning')!.at;
  const when = field({ label: 'Until', name: 'until', hint: 'By your clock. When the customer writes it comes back at once.' },
    { type: 'datetime-local', min: localText(now), value: localText(tomorrow) });
  let until: Date | undefined;
  const chosen = await formDialog({
    title: 'Put off until another time',
    fields: { until: when },
    submit: 'Put off',
    check: () => {
      until = new Date(when.input.value);
      const problem = Number.isNaN(until.getTime()) ? 'Choose a day and a time.' : until.getTime() <= Date.now() ? 'This time has passed. Choose a later one.' : null;
      when.setProblem(problem);
      return problem === null;
    },
    save: async () => undefined,
  });
  return chosen ? until : undefined;
}

/** As `datetime-local` has it: `2026-03-18T09:00`, by the clock here. */
function localText(at: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}
