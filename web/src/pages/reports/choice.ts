import type { Clock } from '../../api/reports';

/** Which report one looks at; it is in the page's address, so that going back and reloading bring it again. */
export interface Choice {
  /** `last7_days`, `last28_days`, `last90_days`, `this_month`, `last_month` or `own`. */
  period: string;
  /** Of one's own period. */
  from: string;
  to: string;
  /** Empty: everybody's. */
  person: string;
  label: string;
  /** Which time counts; empty: opening hours, if there are any. */
  clock: Clock | '';
}

export const PERIODS: readonly { value: string; label: string }[] = [
  { value: 'last7_days', label: 'Last 7 days' },
  { value: 'last28_days', label: 'Last 28 days' },
  { value: 'last90_days', label: 'Last 90 days' },
  { value: 'this_month', label: 'This month' },
  { value: 'last_month', label: 'Last month' },
  { value: 'own', label: 'From … to …' },
];

/** The most days of a report. */
export const MAX_DAYS = 366;

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Reads an address; what makes no sense is left out. */
export function readChoice(search: string): Choice {
  const query = new URLSearchParams(search);
  const text = (name: string) => query.get(name) ?? '';
  const day = (name: string) => (DAY.test(text(name)) ? text(name) : '');
  const [from, to] = [day('from'), day('to')];
  const clock = text('clock');
  const named = PERIODS.some(({ value }) => value === text('period')) ? text('period') : 'last28_days';
  return {
    period: from !== '' && to !== '' ? 'own' : named === 'own' ? 'last28_days' : named,
    from, to, person: text('person'), label: text('label'), clock: clock === 'always' || clock === 'open' ? clock : '',
  };
}

/** What is asked of the server. */
export function queryOf({ period, from, to, person, label, clock }: Choice): URLSearchParams {
  const query = new URLSearchParams(period === 'own' ? { from, to } : { period });
  if (person !== '') query.set('person', person);
  if (label !== '') query.set('label', label);
  if (clock !== '') query.set('clock', clock);
  return query;
}

/** The page's own address of it. */
export const addressOf = (choice: Choice): string => `/reports?${queryOf(choice)}`;

/** What is wrong with days of one's own, if anything. */
export function daysProblem(from: string, to: string): string | null {
  if (!DAY.test(from) || !DAY.test(to)) return 'Choose the first and the last day.';
  if (to < from) return 'The last day comes before the first.';
  const days = (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000 + 1;
  return days > MAX_DAYS ? `A report has ${MAX_DAYS} days at most; these are ${days}.` : null;
}
