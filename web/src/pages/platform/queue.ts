import { deadLetters, overview, putAwayJob, retryJob, retryJobs, type DeadLetter, type Depth, type Page } from '../../api/platform';
import type { Disposables } from '../../base/disposables';
import { button } from '../../components/button/button';
import { confirmLoss, openDialog } from '../../components/dialog/dialog';
import { emptyState } from '../../components/empty/empty';
import { choiceField } from '../../components/field/field';
import { durationText, momentText, timeElement } from '../../components/time-text/time-text';
import type { Own } from '../../session/start';
import { el, fill, setText, type Child } from '../../ui/dom';
import { checkIcon } from '../../ui/icons';
import { messageOf } from '../settings/parts';
import { stack } from './bars';
import { c, freshness, KeyedList, polled, section } from './parts';
import { EVERY_MS } from './overview';
import { pagesOf } from './pages';
import { Poll } from './poll';
import { countText, jobWords } from './words';

const PAGE = 25;

type Letters = Page<DeadLetter, number>;
interface Waiting {
  kinds: Depth[] | null;
  letters: Letters;
}

/** The work that waits, and the work that failed too often. */
export function queueSection(own: Own): Child[] {
  const { owned } = own;
  let [task, pages] = ['', 1];
  const poll = new Poll<Waiting>(async (signal) => {
    const [{ queue }, letters] = await Promise.all([overview(signal), pagesOf<Letters>(pages, (before) => deadLetters({ task, limit: PAGE, before }, signal))]);
    return { kinds: queue?.kinds ?? null, letters };
  }, () => EVERY_MS);
  const choose = choiceField({ label: 'Kind', name: 'task' }, [{ value: '', label: 'All kinds' }]);
  owned.listen(choose.input, 'change', () => {
    [task, pages] = [choose.input.value, 1];
    void poll.refresh();
  });
  const more = button({ label: 'Show older ones', kind: 'quiet' });
  owned.listen(more, 'click', () => {
    pages += 1;
    void poll.refresh();
  });
  const about = 'Work that is done behind the pages. What fails is tried eight times, over about half an hour; then it stays here until you decide. What a job is about is not shown: it may hold what customers wrote.';
  return [
    el('p', { class: c('lead') }, about), freshness(owned, poll, 'The jobs'),
    polled(owned, poll, 'Loading the queue', (box) => draw(own, box, poll, { choose, more, task: () => task })),
  ];
}

interface Controls {
  choose: ReturnType<typeof choiceField>;
  more: HTMLButtonElement;
  /** Which kind is shown; empty: all. */
  task: () => string;
}

function draw(own: Own, box: HTMLElement, poll: Poll<Waiting>, { choose, more, task }: Controls): (waiting: Waiting) => void {
  const depths = depthTable();
  const list = el('ul', { class: c('letters') });
  const letters = new KeyedList<DeadLetter>(list, ({ id, failed_at }) => `${id} ${failed_at}`, (letter) => letterLine(own, letter, poll));
  const none = el('div', {});
  const all = el('div', { class: c('foot') });
  let offered = '';
  fill(box, section('What waits', depths.root), section('Failed too often', el('div', { class: c('controls') }, choose.root), all, list, none, el('div', { class: c('foot') }, more)));
  return ({ kinds, letters: { items, next } }) => {
    depths.update([...(kinds ?? [])].sort(worstFirst));
    keepKinds(choose.input, kinds ?? []);
    letters.show(items);
    more.hidden = next === null;
    const dead = kinds?.find((kind) => kind.task === task())?.dead ?? 0;
    const offer = task() !== '' && dead > 1 && items.length > 0 ? `${task()} ${dead}` : '';
    if (offer !== offered) fill(all, offer === '' ? null : retryAllButton(own, task(), dead, () => items[0]!.id, poll));
    offered = offer;
    if ((items.length === 0) === (none.childElementCount > 0)) return;
    fill(none, items.length > 0 ? null : emptyState({ icon: checkIcon, title: 'Nothing failed too often', text: 'Whatever fails eight times appears here.', level: 'h3' }));
  };
}

/** Kinds that have dead letters, and the one that is chosen. */
function keepKinds(select: HTMLSelectElement, kinds: readonly Depth[]): void {
  const known = kinds.filter(({ task, dead }) => dead > 0 || task === select.value).map(({ task, dead }) => ({ value: task, label: `${jobWords(task)} (${countText(dead)})` }));
  const options = [{ value: '', label: 'All kinds' }, ...known];
  if (!options.some(({ value }) => value === select.value)) options.push({ value: select.value, label: jobWords(select.value) });
  const now = JSON.stringify(options);
  if (select.dataset['options'] === now) return;
  const chosen = select.value;
  fill(select, ...options.map(({ value, label }) => el('option', { value }, label)));
  select.value = chosen;
  select.dataset['options'] = now;
}

/** What failed comes first, then what waits. */
function worstFirst(a: Depth, b: Depth): number {
  return b.dead - a.dead || b.failing - a.failing || b.due - a.due || a.task.localeCompare(b.task);
}

function depthTable(): { root: HTMLElement; update: (kinds: Depth[]) => void } {
  const body = el('tbody', {});
  const names = ['Kind', 'Due', 'Oldest due', 'Under way', 'Later', 'Tried again', 'Failed'];
  const table = el('table', { class: c('table', 'stacked') }, el('thead', {}, el('tr', {}, ...names.map((name) => el('th', { scope: 'col' }, name)))), body);
  const none = el('p', { class: c('soft') }, 'Nothing waits.');
  const rows = new KeyedList<Depth>(body, ({ task }) => task, depthRow);
  return {
    root: el('div', { class: c('wide') }, table, none),
    update: (kinds) => {
      rows.show(kinds);
      table.hidden = kinds.length === 0;
      none.hidden = kinds.length > 0;
    },
  };
}

function depthRow({ task }: Depth): { root: HTMLElement; update: (depth: Depth) => void } {
  const cell = (label: string) => el('td', { 'data-label': label });
  const [due, oldest, running, later, failing, dead] = [cell('Due'), cell('Oldest due'), cell('Under way'), cell('Later'), cell('Tried again'), cell('Failed')];
  const [picture, error] = [el('div', {}), el('p', { class: c('error') })];
  const root = el('tr', {}, el('th', { scope: 'row' }, jobWords(task), el('span', { class: c('slug') }, task), picture, error), due, oldest, running, later, failing, dead);
  return {
    root,
    update: (depth) => {
      setText(due, countText(depth.due));
      setText(oldest, depth.oldest_due === null ? '–' : durationText(depth.oldest_due));
      setText(running, countText(depth.running));
      setText(later, countText(depth.later));
      setText(failing, countText(depth.failing));
      setText(dead, countText(depth.dead));
      dead.classList.toggle(c('bad'), depth.dead > 0);
      failing.classList.toggle(c('bad'), depth.failing > 0);
      setText(error, depth.last_failure ? `${momentText(depth.last_failure.at)}: ${depth.last_failure.error}` : '');
      fill(picture, stack('Jobs', [
        { label: 'due', count: depth.due, look: 'due' }, { label: 'under way', count: depth.running, look: 'running' },
        { label: 'later', count: Math.max(0, depth.later - depth.failing), look: 'later' }, { label: 'tried again', count: depth.failing, look: 'failing' },
        { label: 'failed', count: depth.dead, look: 'dead' }]));
    },
  };
}

function letterLine(own: Own, letter: DeadLetter, poll: Poll<Waiting>): { root: HTMLElement; update: () => void } {
  const whose = letter.tenant === null ? 'the platform’s own' : letter.tenant.name ?? letter.tenant.id;
  const again = button({ label: 'Try again', small: true }, { 'aria-label': `Try again: job ${letter.id}` });
  const away = button({ label: 'Put away', kind: 'plain', small: true }, { 'aria-label': `Put away: job ${letter.id}` });
  own.owned.listen(again, 'click', () => void tryAgain(own, letter, poll));
  own.owned.listen(away, 'click', () => void putAway(own, letter, poll));
  const root = el('li', {},
    el('div', { class: c('grow') },
      el('h3', { class: c('partName') }, jobWords(letter.task)),
      el('p', { class: c('soft') }, el('bdi', {}, whose), ` · ${letter.task} · job ${letter.id}`),
      el('p', { class: c('soft') }, 'Failed ', timeElement(letter.failed_at, (at) => momentText(at)), `, tried ${letter.attempts} times since `, timeElement(letter.since, (at) => momentText(at))),
      el('p', { class: c('error') }, letter.error)),
    el('div', { class: c('foot') }, again, away));
  return { root, update: () => undefined };
}

async function tryAgain(own: Own, letter: DeadLetter, poll: Poll<Waiting>): Promise<void> {
  const sure = await openDialog({
    title: 'Try this job again?', submit: { label: 'Try it again' },
    body: [el('p', {}, `“${jobWords(letter.task)}” begins anew within seconds, with eight tries. Is the cause mended? Otherwise it comes back here. That you did it is on the record.`)],
  });
  if (sure) await decide(own, () => retryJob(letter.id), 'It is tried again. If it fails once more, it comes back.', poll);
}

async function putAway(own: Own, letter: DeadLetter, poll: Poll<Waiting>): Promise<void> {
  const sure = await confirmLoss({
    title: 'Put this job away?', yes: 'Put it away', no: 'Keep it',
    text: `“${jobWords(letter.task)}” is then never done, and cannot be brought back. That you did it is on the record.`,
  });
  if (sure) await decide(own, () => putAwayJob(letter.id), 'It was put away.', poll);
}

function retryAllButton(own: Own, task: string, dead: number, newest: () => number, poll: Poll<Waiting>): HTMLButtonElement {
  const all = button({ label: `Try all ${countText(dead)} again` });
  own.owned.listen(all, 'click', () => void (async () => {
    const upto = newest();
    const sure = await openDialog({
      title: `Try all ${countText(dead)} again?`, submit: { label: 'Try them all again' },
      body: [el('p', {}, `All jobs “${jobWords(task)}” that failed until now begin anew, a thousand at most. Is the cause mended? That you did it is on the record.`)],
    });
    if (sure) await decide(own, () => retryJobs(task, upto), 'They are tried again.', poll);
  })());
  return all;
}

/** Somebody else may have been quicker: then the list says so. */
async function decide({ toasts }: { toasts: Own['toasts']; owned: Disposables }, run: () => Promise<unknown>, done: string, poll: Poll<Waiting>): Promise<void> {
  try {
    await run();
    toasts.show({ text: done });
  } catch (error) {
    toasts.show({ text: messageOf(error), danger: true });
  }
  await poll.refresh();
}
