import { conversations } from '../../api/tenant';
import { Disposables, type Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import type { ListTopic } from '../../live/list-topic';
import type { InboxItem, Party } from '../../live/protocol.gen';
import { el, fill, setText } from '../../ui/dom';
import { inboxIcon, offlineIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { busy, button } from '../button/button';
import { emptyState, loadingState } from '../empty/empty';
import { belongs, FILTERS, inOrder, matches, type FilterName } from './filters';
import styles from './inbox-list.module.css';
import { drawRow } from './row';

const c = mustClass(styles);

/** The list of conversations, live, with its filters. Tells which one is wanted; opens nothing itself. */
export class InboxList implements Disposable {
  readonly root: HTMLElement;
  readonly chosen = new Emitter<string>();
  readonly filtered = new Emitter<FilterName>();

  #live: ListTopic<InboxItem>;
  #me: Party;
  #nameOf: (who: Party) => string | undefined;
  #owned = new Disposables();
  #filter: FilterName = 'open';
  #current: string | undefined;
  /** Resolved conversations that are no longer in the live list, by page. */
  #older = new Map<string, InboxItem>();
  #cursor: string | null | undefined;
  #elements = new Map<string, HTMLElement>();
  #shown: InboxItem[] = [];
  #scheduled = false;

  #search = el('input', { class: c('search'), type: 'search', placeholder: 'Find a name or a word', 'aria-label': 'Find in this list' });
  #filters: { name: FilterName; button: HTMLButtonElement; number: HTMLElement }[];
  /** What is shown instead of a list. */
  #instead = el('div', {}, loadingState('Loading conversations', 6));
  #list = el('ul', { class: c('list'), hidden: true });
  #foot = el('div', { class: c('more'), hidden: true });

  constructor(live: ListTopic<InboxItem>, me: Party, nameOf: (who: Party) => string | undefined) {
    this.#live = live;
    this.#me = me;
    this.#nameOf = nameOf;
    this.#filters = FILTERS.map(({ name, label }) => {
      const number = el('span', { class: c('number') });
      return { name, number, button: el('button', { type: 'button', class: c('filter') }, label, number) };
    });
    this.root = el(
      'section', { class: c('pane'), 'aria-label': 'Conversations' },
      el('div', { class: c('top') }, el('h2', { class: c('title') }, 'Conversations'), this.#search),
      el('div', { class: c('filters'), role: 'group', 'aria-label': 'Which conversations' }, ...this.#filters.map((filter) => filter.button)),
      el('div', { class: c('scroll') }, this.#instead, this.#list, this.#foot),
    );
    for (const filter of this.#filters) this.#owned.listen(filter.button, 'click', () => this.setFilter(filter.name));
    this.#owned.add(live.changed.on(() => this.refresh()));
    this.#owned.add(live.refusals.on((error) => this.#refused(error.message)));
    this.#owned.listen(this.#search, 'input', () => this.refresh());
    this.#owned.listen(this.#list, 'click', (event) => this.#clicked(event));
    this.#owned.listen(this.#foot, 'click', (event) => this.#more(event));
    this.#owned.every(60_000, () => this.refresh());
    this.setFilter('open');
  }

  /** Shows another part of the conversations. */
  setFilter(name: FilterName): void {
    this.#filter = name;
    for (const filter of this.#filters) filter.button.setAttribute('aria-pressed', String(filter.name === name));
    if (name === 'resolved' && this.#cursor === undefined) void this.#loadResolved();
    this.refresh();
    this.filtered.emit(name);
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
    for (const { name, number } of this.#filters) {
      const count = name === 'resolved' ? 0 : [...all.values()].filter((item) => belongs(item, name, this.#me)).length;
      setText(number, count > 0 ? String(count) : '');
    }
    const search = this.#search.value.trim();
    const wanted = [...all.values()].filter((item) => belongs(item, this.#filter, this.#me) && (search === '' || matches(item, search)));
    this.#shown = inOrder(wanted, this.#filter);
    this.#drawRows();
    this.#list.hidden = this.#shown.length === 0;
    this.#instead.hidden = this.#shown.length > 0;
    if (this.#shown.length === 0) fill(this.#instead, this.#nothing(search));
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
      drawRow(element, { item, me: this.#me, nameOf: this.#nameOf, current: item.id === this.#current, minute });
      if (element === next) next = element.nextElementSibling;
      else this.#list.insertBefore(element, next);
    }
  }

  #nothing(search: string): HTMLElement {
    if (search !== '') return emptyState({ icon: inboxIcon, title: 'Nothing found', text: `No conversation in this list has “${search}” in its name or last words.` });
    const { empty } = FILTERS.find(({ name }) => name === this.#filter)!;
    return emptyState({ icon: inboxIcon, ...empty });
  }

  #drawFoot(): void {
    const more = this.#filter === 'resolved' && typeof this.#cursor === 'string';
    this.#foot.hidden = !more;
    if (more && !this.#foot.firstChild) fill(this.#foot, button({ label: 'Show older ones', kind: 'quiet', small: true }));
  }

  #more(event: MouseEvent): void {
    const target = (event.target as Element).closest('button');
    if (target) void busy(target, () => this.#loadResolved());
  }

  async #loadResolved(): Promise<void> {
    const query: Record<string, string> = { status: 'resolved', limit: '50' };
    if (typeof this.#cursor === 'string') query['cursor'] = this.#cursor;
    try {
      const page = await conversations(query);
      for (const item of page.items) this.#older.set(item.id, item);
      this.#cursor = page.next;
      fill(this.#foot);
      this.refresh();
    } catch (error) {
      fill(this.#foot, (error as Error).message, ' ', button({ label: 'Try again', kind: 'quiet', small: true }));
      this.#foot.hidden = false;
    }
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
