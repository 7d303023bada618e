import { tenants, type Page, type Tenant } from '../../api/platform';
import type { Disposable } from '../../base/disposables';
import { button } from '../../components/button/button';
import { emptyState } from '../../components/empty/empty';
import { field } from '../../components/field/field';
import { shortText, timeElement } from '../../components/time-text/time-text';
import type { Own } from '../../session/start';
import { el, fill, setText, type Child } from '../../ui/dom';
import { searchIcon } from '../../ui/icons';
import { invitations } from './invitations';
import { pagesOf } from './pages';
import { c, freshness, KeyedList, polled } from './parts';
import { Poll } from './poll';
import { bytesText, countText } from './words';

const EVERY_MS = 15_000;
/** Figures that were not counted in time are there soon. */
const SOON_MS = 2_000;
const PAGE = 25;
const TYPING_MS = 250;

type List = Page<Tenant, string>;

/** The businesses and how much they do; nothing of what they say. */
export function tenantSection({ owned }: Own): Child[] {
  let [search, pages] = ['', 1];
  const poll = new Poll<List>((signal) => pagesOf<List>(pages, (after) => tenants({ search, limit: PAGE, after }, signal)), (list) => (list?.items.some(({ figures }) => !figures) ? SOON_MS : EVERY_MS));
  const words = field({ label: 'Search', name: 'search', hint: 'A part of a name or short name.' }, { type: 'search', autocomplete: 'off', maxlength: 200 });
  let typing: Disposable | undefined;
  owned.listen(words.input, 'input', () => {
    owned.drop(typing);
    typing = owned.after(TYPING_MS, () => {
      [search, pages] = [words.input.value, 1];
      void poll.refresh();
    });
  });
  const more = button({ label: 'Show more', kind: 'quiet' });
  owned.listen(more, 'click', () => {
    pages += 1;
    void poll.refresh();
  });
  const about = 'How much each business does. What is said in conversations cannot be read here, nor who says it, unless a business lets you look for some hours. To make, suspend or resume one, use the command line: brigade tenant.';
  return [
    el('p', { class: c('lead') }, about), invitations(owned), el('div', { class: c('controls') }, words.root), freshness(owned, poll, 'The figures'),
    polled(owned, poll, 'Loading the businesses', (box) => draw(box, more, () => search)),
  ];
}

const COLUMNS = ['Business', 'People', 'Customers', 'Conversations', 'Messages in 7 days', 'Files', 'Last message', 'Since'];

function draw(box: HTMLElement, more: HTMLButtonElement, search: () => string): (list: List) => void {
  const said = el('p', { class: c('soft'), role: 'status' });
  const body = el('tbody', {});
  const table = el('table', { class: c('table', 'stacked') }, el('thead', {}, el('tr', {}, ...COLUMNS.map((name) => el('th', { scope: 'col' }, name)))), body);
  const none = el('div', {});
  const rows = new KeyedList<Tenant>(body, ({ id }) => id, row);
  fill(box, el('section', { class: c('card'), 'aria-label': 'Businesses' }, said, el('div', { class: c('wide') }, table), none, el('div', { class: c('foot') }, more)));
  return ({ items, next }) => {
    rows.show(items);
    const most = Math.max(1, ...items.map(({ figures }) => figures?.messages_7_days ?? 0));
    for (const bar of body.querySelectorAll<HTMLElement>('[data-messages]')) bar.style.width = `${(Number(bar.dataset['messages']) / most) * 100}%`;
    table.hidden = items.length === 0;
    more.hidden = next === null;
    setText(said, items.length === 0 ? '' : `${next === null ? '' : 'The first '}${countText(items.length)} ${items.length === 1 ? 'business' : 'businesses'}, by short name.`);
    fill(none, items.length > 0 ? null : search().trim() === ''
      ? emptyState({ icon: searchIcon, title: 'No business yet', text: 'Make the first one: brigade tenant create.', level: 'h2' })
      : emptyState({ icon: searchIcon, title: 'No business is called so', text: 'Look for a part of its name or of its short name.', level: 'h2' }));
  };
}

function row({ name, slug, status, created_at }: Tenant): { root: HTMLElement; update: (tenant: Tenant) => void } {
  const called = el('bdi', {}, name);
  const tag = el('span', { class: c('tag', 'warn') }, 'Suspended');
  const cell = (label: string, ...children: Child[]) => el('td', { 'data-label': label }, ...children);
  const [people, customers, conversations, messages, files] = Array.from({ length: 5 }, () => el('span', {})) as [HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement];
  const bar = el('span', { class: c('bar') });
  const last = cell('Last message', '…');
  const root = el('tr', {},
    el('th', { scope: 'row' }, called, ' ', tag, el('span', { class: c('slug') }, slug)),
    cell('People', people), cell('Customers', customers), cell('Conversations', conversations),
    cell('Messages in 7 days', messages, el('span', { class: c('track'), 'aria-hidden': 'true' }, bar)),
    cell('Files', files), last, cell('Since', timeElement(created_at)));
  tag.hidden = status === 'active';
  let before: string | null | undefined;
  return {
    root,
    update: ({ name: now, status: standing, figures }) => {
      setText(called, now);
      tag.hidden = standing === 'active';
      const text = (count: number | undefined) => (count === undefined ? '…' : countText(count));
      setText(people, text(figures?.people));
      setText(customers, text(figures?.customers));
      setText(conversations, text(figures?.conversations));
      setText(messages, text(figures?.messages_7_days));
      setText(files, figures ? bytesText(figures.file_bytes) : '…');
      bar.dataset['messages'] = String(figures?.messages_7_days ?? 0);
      const at = figures?.last_message_at;
      if (at && (at !== before || last.textContent !== shortText(at))) fill(last, timeElement(at));
      else if (figures && !at) setText(last, 'none yet');
      before = at;
    },
  };
}
