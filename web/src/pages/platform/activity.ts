import { activity, type Activity } from '../../api/platform';
import { button } from '../../components/button/button';
import { emptyState } from '../../components/empty/empty';
import { choiceField } from '../../components/field/field';
import type { Own } from '../../session/start';
import { el, fill, type Child } from '../../ui/dom';
import { searchIcon } from '../../ui/icons';
import { logOf } from '../settings/audit-lines';
import { joined, pagesOf } from './pages';
import { c, freshness, polled, section } from './parts';
import { Poll } from './poll';

const EVERY_MS = 15_000;
const PAGE = 50;

/** Families of events. */
const EVENTS = [
  { value: '', label: 'Everything' },
  { value: 'session.', label: 'Signing in' },
  { value: 'session.sign_in_failed', label: 'Failed sign-ins' },
  { value: 'second_factor.', label: 'Two-step sign-in' },
  { value: 'user.', label: 'People' },
  { value: 'tenant.', label: 'Businesses' },
  { value: 'job.', label: 'Queue' },
] as const;

const HOUR_MS = 3_600_000;
const TIMES = [
  { value: '', label: 'Any time', ms: 0 },
  { value: '1h', label: 'The last hour', ms: HOUR_MS },
  { value: '24h', label: 'The last 24 hours', ms: 24 * HOUR_MS },
  { value: '7d', label: 'The last 7 days', ms: 7 * 24 * HOUR_MS },
  { value: '30d', label: 'The last 30 days', ms: 30 * 24 * HOUR_MS },
] as const;

/** What concerns no business, and what operators did; nothing of it can be changed. */
export function activitySection({ owned }: Own): Child[] {
  let pages = 1;
  const event = choiceField({ label: 'Show', name: 'event' }, EVENTS);
  const time = choiceField({ label: 'When', name: 'time' }, TIMES);
  const poll = new Poll<Activity>((signal) => load(event.input.value, sinceOf(time.input.value), pages, signal), () => EVERY_MS);
  const anew = () => {
    pages = 1;
    void poll.refresh();
  };
  owned.listen(event.input, 'change', anew);
  owned.listen(time.input, 'change', anew);
  const older = button({ label: 'Show older ones', kind: 'quiet' });
  owned.listen(older, 'click', () => {
    pages += 1;
    void poll.refresh();
  });
  const about = 'The platform’s own record: what operators did, and what concerns no single business, such as tries to sign in with addresses nobody has. Each business has a record of its own, which its admins read. Lines are only ever added; brigade audit verify proves it.';
  return [
    el('p', { class: c('lead') }, about), el('div', { class: c('controls') }, event.root, time.root), freshness(owned, poll, 'The lines'),
    polled(owned, poll, 'Loading the record', (box) => draw(box, older)),
  ];
}

function sinceOf(value: string): string | undefined {
  const ms = TIMES.find((time) => time.value === value)?.ms ?? 0;
  return ms === 0 ? undefined : new Date(Date.now() - ms).toISOString();
}

function load(event: string, from: string | undefined, pages: number, signal: AbortSignal): Promise<Activity> {
  const which = { event, from, limit: PAGE };
  return pagesOf<Activity>(pages, (before) => activity({ ...which, before }, signal), (all, page) => ({ ...joined(all, page), names: { ...all.names, ...page.names } }));
}

function draw(box: HTMLElement, older: HTMLButtonElement): (now: Activity) => void {
  const body = el('div', { class: c('log') });
  let drawn = '';
  fill(box, section('What happened', body, el('div', { class: c('foot') }, older)));
  return ({ items, names, next }) => {
    older.hidden = next === null;
    // Lines do not change: what is the same stays as it is, with what was opened in it.
    const now = `${items.length} ${items[0]?.seq} ${items.at(-1)?.seq}`;
    if (now === drawn) return;
    drawn = now;
    const open = new Set([...body.querySelectorAll('details[open]')].map((line) => line.querySelector('dd')?.textContent));
    const focused = body.contains(document.activeElement) ? document.activeElement!.closest('details')?.querySelector('dd')?.textContent : undefined;
    if (items.length === 0) return fill(body, emptyState({ icon: searchIcon, title: 'Nothing here', text: 'Nothing of this kind happened in this time.', level: 'h3' }));
    fill(body, ...logOf(items, { names: (id) => names[id], stranger: 'Somebody', inbox: false }));
    for (const line of body.querySelectorAll('details')) {
      const seq = line.querySelector('dd')?.textContent;
      line.open = open.has(seq);
      if (seq !== undefined && seq === focused) line.querySelector('summary')?.focus();
    }
  };
}
