import { Disposables, type Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import { remember, remembered } from '../../base/remembered';
import type { ListTopic } from '../../live/list-topic';
import type { InboxItem, Party } from '../../live/protocol.gen';
import { el, fill, setText } from '../../ui/dom';
import { inboxIcon, offlineIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { BulkBar } from '../bulk-bar/bulk-bar';
import { busy, button } from '../button/button';
import { emptyState, loadingState } from '../empty/empty';
import { byName, type Labels } from '../label/label';
import { belongs, FILTERS, inOrder, matches, ORDERS, type FilterName, type Order } from './filters';
import styles from './inbox-list.module.css';
import { Pages, type Which } from './pages';
import { Rows } from './rows';
import { SearchResults } from './search-results';
import { Selection } from './selection';

const c = mustClass(styles);
const ORDER_KEY = 'brigade.inbox-order';

/** The list of conversations, live, with its filters. Tells which one is wanted; opens nothing itself. */
export class InboxList implements Disposable {
  readonly root: HTMLElement;
  readonly chosen = new Emitter<string>();
  readonly filtered = new Emitter<FilterName>();
  /** What was said in all conversations. */
  readonly results: SearchResults;
  readonly selection = new Selection();
  readonly bar: BulkBar;
  /** Whether something was begun there and not sent. */
  hasDraft: (id: string) => boolean = () => false;

  #live: ListTopic<InboxItem>;
  #me: Party;
  #nameOf: (who: Party) => string | undefined;
  #owned = new Disposables();
  #filter: FilterName = 'open';
  #labels: Labels = {};
  #label = '';
  #order: Order = 'newest';
  #current: string | undefined;
  #pages = new Pages();
  #rows = new Rows();
  #shown: InboxItem[] = [];
  #scheduled = false;

  #search = el('input', { class: c('search'), type: 'search', placeholder: 'Find a name or a word', 'aria-label': 'Find conversations' });
  #filters: { name: FilterName; button: HTMLButtonElement; number: HTMLElement }[];
  #labelSelect = el('select', { class: c('select'), 'aria-label': 'Label', hidden: true });
  #orderSelect = el('select', { class: c('select'), 'aria-label': 'Order' }, ...ORDERS.map(({ value, label }) => el('option', { value }, label)));
  /** What is shown instead of a list. */
  #instead = el('div', {}, loadingState('Loading conversations', 6));
  #foot = el('div', { class: c('more'), hidden: true });

  constructor(live: ListTopic<InboxItem>, me: Party, nameOf: (who: Party) => string | undefined) {
    this.#live = live;
    this.#me = me;
    this.#nameOf = nameOf;
    this.results = this.#owned.add(new SearchResults(nameOf));
    this.bar = this.#owned.add(new BulkBar(this.selection));
    this.#filters = FILTERS.map(({ name, label }) => {
      const number = el('span', { class: c('number') });
      return { name, number, button: el('button', { type: 'button', class: c('filter') }, label, number) };
    });
    this.root = el(
      'section', { class: c('pane'), 'aria-label': 'Conversations' },
      el('div', { class: c('top') }, el('h2', { class: c('title') }, 'Conversations'), this.#search),
      el(
        'div', { class: c('head') }, this.bar.root,
        el('div', { class: c('choose') },
          el('div', { class: c('filters'), role: 'group', 'aria-label': 'Which conversations' }, ...this.#filters.map((filter) => filter.button)),
          el('div', { class: c('narrow') }, this.#labelSelect, this.#orderSelect)),
      ),
      el('div', { class: c('scroll') }, this.#instead, this.#rows.root, this.#foot, this.results.root),
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
    this.#letSelect();
    this.#owned.listen(this.#foot, 'click', (event) => this.#more(event));
    this.#owned.every(60_000, () => this.refresh());
    this.setFilter('open');
  }

  /** Shows another part of the conversations. */
  setFilter(name: FilterName): void {
    this.#filter = name;
    this.selection.clear();
    this.bar.offerFor(name === 'snoozed' || name === 'resolved' ? name : 'open');
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
    if (this.#pages.wanted(this.#which)) void this.#loadPage();
    this.refresh();
    this.filtered.emit(this.#filter);
  }

  #setOrder(order: Order): void {
    this.#order = order;
    remember(ORDER_KEY, order);
    this.refresh();
  }

  get #which(): Which {
    return { filter: this.#filter, label: this.#label };
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
    return this.#live.get(id) ?? this.#pages.items.get(id);
  }

  focusSearch(): void {
    this.#search.focus();
    this.#search.select();
  }

  /** Puts the focus on the open conversation's line, or the first. */
  focus(): void {
    this.#rows.focus(this.#current);
  }

  /** Selects the line with the focus, or of the open conversation, or not any more; `upTo` takes those in between with it. */
  select(upTo: boolean): void {
    const id = this.#rows.idOf(document.activeElement) ?? this.#current;
    if (id === undefined || !this.#shown.some((item) => item.id === id)) return;
    if (upTo) this.selection.toggleTo(id);
    else this.selection.toggle(id);
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
    const all = new Map([...this.#pages.items, ...this.#live.values().map((item) => [item.id, item] as const)]);
    const labelled = [...all.values()].filter((item) => this.#label === '' || item.labels?.includes(this.#label));
    for (const { name, number } of this.#filters) {
      const count = name === 'resolved' ? 0 : labelled.filter((item) => belongs(item, name, this.#me)).length;
      setText(number, count > 0 ? String(count) : '');
    }
    const search = this.#search.value.trim();
    const wanted = labelled.filter((item) => belongs(item, this.#filter, this.#me) && (search === '' || matches(item, search)));
    this.#shown = inOrder(wanted, this.#filter, this.#order);
    this.selection.show(this.#shown.map(({ id }) => id));
    this.#drawLabels();
    this.#drawRows();
    // While something is looked for, what was said anywhere says whether there is anything.
    const instead = this.#shown.length === 0 && this.results.root.hidden;
    this.#instead.hidden = !instead;
    if (instead) fill(this.#instead, this.#nothing(search));
    this.#drawFoot();
  }

  #drawRows(): void {
    const minute = Math.floor(Date.now() / 60_000);
    this.#rows.draw(this.#shown, (item) => ({
      item, me: this.#me, nameOf: this.#nameOf, labels: this.#labels, current: item.id === this.#current, selected: this.selection.has(item.id), draft: this.hasDraft(item.id), minute,
    }));
  }

  #letSelect(): void {
    this.#owned.add(this.bar.shown.on((shown) => this.#selecting(shown)));
    this.#owned.add(this.selection.changed.on(() => this.refresh()));
    this.#owned.listen(this.#rows.root, 'click', (event) => this.#clicked(event));
    // A range of conversations is meant, not of text.
    this.#owned.listen(this.#rows.root, 'mousedown', (event) => event.shiftKey && event.preventDefault());
  }

  #selecting(shown: boolean): void {
    this.root.classList.toggle(c('selecting'), shown);
    if (!shown && this.bar.root.contains(document.activeElement)) this.focus();
  }

  #nothing(search: string): HTMLElement {
    if (search !== '') return emptyState({ icon: inboxIcon, title: 'Nothing found', text: `No conversation in this list has “${search}” in its name or last words.` });
    if (this.#label !== '') return emptyState({ icon: inboxIcon, title: 'Nothing has this label', text: 'No conversation in this list has it. Choose “All labels” to see the others.' });
    const { empty } = FILTERS.find(({ name }) => name === this.#filter)!;
    return emptyState({ icon: inboxIcon, ...empty });
  }

  #drawFoot(): void {
    const more = this.#pages.more(this.#which);
    this.#foot.hidden = !more;
    if (more && !this.#foot.firstChild) fill(this.#foot, button({ label: 'Show more', kind: 'quiet', small: true }));
  }

  #more(event: MouseEvent): void {
    const target = (event.target as Element).closest('button');
    if (target) void busy(target, () => this.#loadPage());
  }

  async #loadPage(): Promise<void> {
    const { filter, label } = this.#which;
    try {
      await this.#pages.load({ filter, label });
      fill(this.#foot);
      this.refresh();
    } catch (error) {
      if (filter !== this.#filter || label !== this.#label) return;
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
    const target = event.target as Element;
    const id = this.#rows.idOf(target);
    if (id === undefined || event.metaKey || event.ctrlKey) return;
    const picked = target.matches('input');
    // A box that is clicked changes by itself, as the selection does.
    if (!picked) event.preventDefault();
    if (event.shiftKey) this.selection.toggleTo(id);
    else if (picked) this.selection.toggle(id);
    else this.chosen.emit(id);
  }

  #refused(message: string): void {
    this.#rows.root.hidden = true;
    this.#instead.hidden = false;
    fill(this.#instead, emptyState({ icon: offlineIcon, title: 'The list cannot be shown', text: message }));
  }
}
