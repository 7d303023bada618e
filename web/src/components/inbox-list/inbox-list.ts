import { conversations } from '../../api/tenant';
import { Disposables, type Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import { remember, remembered } from '../../base/remembered';
import type { ListTopic } from '../../live/list-topic';
import type { InboxItem, Party } from '../../live/protocol.gen';
import { el, fill, setText } from '../../ui/dom';
import { inboxIcon, offlineIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { busy, button } from '../button/button';
import { emptyState, loadingState } from '../empty/empty';
import { byName, type Labels } from '../label/label';
import { belongs, FILTERS, inOrder, matches, ORDERS, PAGED, type FilterName, type Order } from './filters';
import styles from './inbox-list.module.css';
import { drawRow } from './row';
import { SearchResults } from './search-results';

const c = mustClass(styles);
const ORDER_KEY = 'brigade.inbox-order';

/** The list of conversations, live, with its filters. Tells which one is wanted; opens nothing itself. */
export class InboxList implements Disposable {
  readonly root: HTMLElement;
  readonly chosen = new Emitter<string>();
  readonly filtered = new Emitter<FilterName>();
  /** What was said in all conversations. */
  readonly results: SearchResults;

  #live: ListTopic<InboxItem>;
  #me: Party;
  #nameOf: (who: Party) => string | undefined;
  #owned = new Disposables();
  #filter: FilterName = 'open';
  #labels: Labels = {};
  #label = '';
  #order: Order = 'newest';
  #current: string | undefined;
  /** What was fetched page by page and may not be in the live list; where the next page of each list begins. */
  #older = new Map<string, InboxItem>();
  #cursors = new Map<string, string | null>();
  #elements = new Map<string, HTMLElement>();
  #shown: InboxItem[] = [];
  #scheduled = false;

  #search = el('input', { class: c('search'), type: 'search', placeholder: 'Find a name or a word', 'aria-label': 'Find conversations' });
  #filters: { name: FilterName; button: HTMLButtonElement; number: HTMLElement }[];
  #labelSelect = el('select', { class: c('select'), 'aria-label': 'Label', hidden: true });
  #orderSelect = el('select', { class: c('select'), 'aria-label': 'Order' }, ...ORDERS.map(({ value, label }) => el('option', { value }, label)));
  /** What is shown instead of a list. */
  #instead = el('div', {}, loadingState('Loading conversations', 6));
  #list = el('ul', { class: c('list'), hidden: true });
  #foot = el('div', { class: c('more'), hidden: true });

  constructor(live: ListTopic<InboxItem>, me: Party, nameOf: (who: Party) => string | undefined) {
    this.#live = live;
    this.#me = me;
    this.#nameOf = nameOf;
    this.results = this.#owned.add(new SearchResults(nameOf));
    this.#filters = FILTERS.map(({ name, label }) => {
      const number = el('span', { class: c('number') });
      return { name, number, button: el('button', { type: 'button', class: c('filter') }, label, number) };
    });
    this.root = el(
      'section', { class: c('pane'), 'aria-label': 'Conversations' },
      el('div', { class: c('top') }, el('h2', { class: c('title') }, 'Conversations'), this.#search),
      el('div', { class: c('filters'), role: 'group', 'aria-label': 'Which conversations' }, ...this.#filters.map((filter) => filter.button)),
      el('div', { class: c('narrow') }, this.#labelSelect, this.#orderSelect),
      el('div', { class: c('scroll') }, this.#instead, this.#list, this.#foot, this.results.root),
    );
    for (const filter of this.#filters) this.#owned.listen(filter.button, 'click', () => this.setFilter(filter.name));
    this.#owned.add(live.changed.on(() => {
      this.results.news();
      this.refresh();
    }));
    this.#owned.add(live.refusals.on((error) => this.#refused(error.message)));
    this.#owned.listen(this.#search, 'input', () => {
      this.results.lookFor(this.#search.value, this.#label);
      this.refresh();
    });
    this.#owned.listen(this.#labelSelect, 'change', () => this.setLabel(this.#labelSelect.value));
    this.#owned.listen(this.#orderSelect, 'change', () => this.#setOrder(this.#orderSelect.value as Order));
    this.#order = this.#orderSelect.value = ORDERS.find(({ value }) => value === remembered(ORDER_KEY))?.value ?? 'newest';
    this.#owned.listen(this.#list, 'click', (event) => this.#clicked(event));
    this.#owned.listen(this.#foot, 'click', (event) => this.#more(event));
    this.#owned.every(60_000, () => this.refresh());
    this.setFilter('open');
  }

  /** Shows another part of the conversations. */
  setFilter(name: FilterName): void {
    this.#filter = name;
    for (const filter of this.#filters) filter.button.setAttribute('aria-pressed', String(filter.name === name));
    this.#narrowed();
  }

  /** Shows only what has this label; the empty id shows everything. */
  setLabel(id: string): void {
    this.#label = id;
    this.results.lookFor(this.#search.value, id);
    this.#narrowed();
  }

  /** The labels there are. */
  setLabels(labels: Labels): void {
    this.#labels = labels;
    this.refresh();
  }

  get label(): string {
    return this.#label;
  }

  #narrowed(): void {
    this.#drawLabels();
    if (PAGED.includes(this.#filter) && !this.#cursors.has(this.#page)) void this.#loadPage();
    this.refresh();
    this.filtered.emit(this.#filter);
  }

  #setOrder(order: Order): void {
    this.#order = order;
    remember(ORDER_KEY, order);
    this.refresh();
  }

  /** Which list is fetched page by page. */
  get #page(): string {
    return `${this.#filter} ${this.#label}`;
  }

  get filter(): FilterName {
    return this.#filter;
  }

  /** Marks the conversation that is open. */
  setCurrent(id: string | undefined): void {
    this.#current = id;
    this.refresh();
  }

  /** The conversation `step` places after the open one. */
  neighbour(step: 1 | -1): string | undefined {
    const at = this.#shown.findIndex((item) => item.id === this.#current);
    if (at < 0) return this.#shown[step === 1 ? 0 : this.#shown.length - 1]?.id;
    return this.#shown[at + step]?.id;
  }

  item(id: string): InboxItem | undefined {
    return this.#live.get(id) ?? this.#older.get(id);
  }

  focusSearch(): void {
    this.#search.focus();
    this.#search.select();
  }

  /** Puts the focus on the open conversation's line, or the first. */
  focus(): void {
    const row = this.#elements.get(this.#current ?? '') ?? this.#list.firstElementChild;
    row?.querySelector('a')?.focus();
  }

  /** Draws what changed, at most once a frame. */
  refresh(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      if (this.#live.loaded) this.#draw();
    });
  }

  dispose(): void {
    this.#owned.dispose();
    this.root.remove();
  }

  #draw(): void {
    const all = new Map([...this.#older, ...this.#live.values().map((item) => [item.id, item] as const)]);
    const labelled = [...all.values()].filter((item) => this.#label === '' || item.labels?.includes(this.#label));
    for (const { name, number } of this.#filters) {
      const count = name === 'resolved' ? 0 : labelled.filter((item) => belongs(item, name, this.#me)).length;
      setText(number, count > 0 ? String(count) : '');
    }
    const search = this.#search.value.trim();
    const wanted = labelled.filter((item) => belongs(item, this.#filter, this.#me) && (search === '' || matches(item, search)));
    this.#shown = inOrder(wanted, this.#filter, this.#order);
    this.#drawLabels();
    this.#drawRows();
    this.#list.hidden = this.#shown.length === 0;
    // While something is looked for, what was said anywhere says whether there is anything.
    const instead = this.#shown.length === 0 && this.results.root.hidden;
    this.#instead.hidden = !instead;
    if (instead) fill(this.#instead, this.#nothing(search));
    this.#drawFoot();
  }

  #drawRows(): void {
    const minute = Math.floor(Date.now() / 60_000);
    const keep = new Set(this.#shown.map((item) => item.id));
    for (const [id, element] of this.#elements) {
      if (keep.has(id)) continue;
      element.remove();
      this.#elements.delete(id);
    }
    let next: Element | null = this.#list.firstElementChild;
    for (const item of this.#shown) {
      let element = this.#elements.get(item.id);
      if (!element) {
        element = el('li', { class: c('item') });
        this.#elements.set(item.id, element);
      }
      drawRow(element, { item, me: this.#me, nameOf: this.#nameOf, labels: this.#labels, current: item.id === this.#current, minute });
      if (element === next) next = element.nextElementSibling;
      else this.#list.insertBefore(element, next);
    }
  }

  #nothing(search: string): HTMLElement {
    if (search !== '') return emptyState({ icon: inboxIcon, title: 'Nothing found', text: `No conversation in this list has “${search}” in its name or last words.` });
    if (this.#label !== '') return emptyState({ icon: inboxIcon, title: 'Nothing has this label', text: 'No conversation in this list has it. Choose “All labels” to see the others.' });
    const { empty } = FILTERS.find(({ name }) => name === this.#filter)!;
    return emptyState({ icon: inboxIcon, ...empty });
  }

  #drawFoot(): void {
    const more = PAGED.includes(this.#filter) && typeof this.#cursors.get(this.#page) === 'string';
    this.#foot.hidden = !more;
    if (more && !this.#foot.firstChild) fill(this.#foot, button({ label: 'Show more', kind: 'quiet', small: true }));
  }

  #more(event: MouseEvent): void {
    const target = (event.target as Element).closest('button');
    if (target) void busy(target, () => this.#loadPage());
  }

  async #loadPage(): Promise<void> {
    const [page, filter, label] = [this.#page, this.#filter, this.#label];
    const cursor = this.#cursors.get(page);
    const query: Record<string, string> = { status: filter, limit: '50', ...(label ? { label } : {}), ...(cursor ? { cursor } : {}) };
    this.#cursors.set(page, cursor ?? null);
    try {
      const found = await conversations(query);
      for (const item of found.items) this.#older.set(item.id, item);
      this.#cursors.set(page, found.next);
      fill(this.#foot);
      this.refresh();
    } catch (error) {
      // Chosen again, it is asked for again.
      if (!cursor) this.#cursors.delete(page);
      if (page !== this.#page) return;
      fill(this.#foot, (error as Error).message, ' ', button({ label: 'Try again', kind: 'quiet', small: true }));
      this.#foot.hidden = false;
    }
  }

  /** Draws the labels to choose from, if they are others than before. */
  #drawLabels(): void {
    const all = byName(Object.entries(this.#labels));
    const key = JSON.stringify(all);
    if (this.#labelSelect.dataset['look'] !== key) {
      this.#labelSelect.dataset['look'] = key;
      fill(this.#labelSelect, el('option', { value: '' }, 'All labels'), ...all.map(([id, { name }]) => el('option', { value: id }, name)));
    }
    // One that is not known, or not known yet, narrows all the same: it can be left.
    if (![...this.#labelSelect.options].some(({ value }) => value === this.#label)) this.#labelSelect.append(el('option', { value: this.#label }, 'A label'));
    this.#labelSelect.value = this.#label;
    // What was put off is always in the order in which it comes back.
    this.#orderSelect.hidden = this.#filter === 'snoozed';
    this.#labelSelect.hidden = all.length === 0 && this.#label === '';
  }

  #clicked(event: MouseEvent): void {
    const link = (event.target as Element).closest<HTMLElement>('[data-id]');
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    this.chosen.emit(link.dataset['id']!);
  }

  #refused(message: string): void {
    this.#list.hidden = true;
    this.#instead.hidden = false;
    fill(this.#instead, emptyState({ icon: offlineIcon, title: 'The list cannot be shown', text: message }));
  }
}
