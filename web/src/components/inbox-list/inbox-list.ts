import type { SavedView } from '../../api/views';
import { Disposables, type Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import type { ListTopic } from '../../live/list-topic';
import type { InboxItem, Party } from '../../live/protocol.gen';
import { el, fill } from '../../ui/dom';
import { inboxIcon, offlineIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import type { BulkBar } from '../bulk-bar/bulk-bar';
import { busy, button } from '../button/button';
import { DueWatch } from '../due/watch';
import { emptyState, loadingState } from '../empty/empty';
import type { Labels } from '../label/label';
import type { Teams } from '../team/team';
import { Chooser } from './chooser';
import { Counter } from './counter';
import { narrowTo, taking, type Criteria, type Place } from './criteria';
import { inOrder, matches } from './filters';
import styles from './inbox-list.module.css';
import { isSame, Pages, type Which } from './pages';
import { Rows, SCREEN } from './rows';
import type { SearchResults } from './search-results';
import { Selection } from './selection';

const c = mustClass(styles);
/** So far before the end the rest is asked for: about two screens. */
const AHEAD = '1500px 0px';

/** The list of conversations, live, with its filters. Tells which one is wanted; opens nothing itself. */
export class InboxList implements Disposable {
  readonly root: HTMLElement;
  readonly chosen = new Emitter<string>();
  /** Another list is shown, or another part of it. */
  readonly filtered = new Emitter<undefined>();
  readonly chooser: Chooser;
  /** How many wait for an answer was counted anew. */
  readonly counted = new Emitter<undefined>();
  /** What is due in them. */
  readonly dues = new DueWatch();
  readonly selection = new Selection();
  /** Whether something was begun there and not sent. */
  hasDraft: (id: string) => boolean = () => false;

  #live: ListTopic<InboxItem>;
  #me: Party;
  #nameOf: (who: Party) => string | undefined;
  #owned = new Disposables();
  #labels: Labels = {};
  #teams: Teams = {};
  #counter: Counter;
  #current: string | undefined;
  /** What is shown until the live list is here. */
  #first: readonly InboxItem[] = [];
  #pages: Pages;
  #head = el('div', { class: c('head') });
  #scroller = el('div', { class: c('scroll') });
  #rows = this.#owned.add(new Rows(this.#scroller));
  #shown: InboxItem[] = [];
  #scheduled = false;
  #counting: Disposable | undefined;
  /** A line is being pressed: one that is drawn anew meanwhile would not hear of the click. */
  #pressed = false;
  /** Both come when the list is there already. */
  #bar: BulkBar | undefined;
  #results: SearchResults | undefined;

  #search = el('input', { class: c('search'), type: 'search', placeholder: 'Find a name or a word', 'aria-label': 'Find conversations' });
  /** What is shown instead of a list. */
  #instead = el('div', {}, loadingState('Loading conversations', 6));
  #foot = el('div', { class: c('more'), hidden: true });
  /** Goes on when what is shown comes to its end. What failed is tried again when somebody says so. */
  #end: IntersectionObserver;

  constructor(live: ListTopic<InboxItem>, me: Party, nameOf: (who: Party) => string | undefined) {
    this.#live = live;
    this.#me = me;
    this.#nameOf = nameOf;
    this.chooser = this.#owned.add(new Chooser(nameOf));
    this.#owned.add(this.dues);
    const counter = this.#counter = this.#owned.add(new Counter());
    this.#pages = new Pages({ get complete() { return counter.complete; }, has: (id) => live.get(id) !== undefined });
    this.root = el(
      'section', { class: c('pane'), 'aria-label': 'Conversations' },
      el('div', { class: c('top') }, el('h2', { class: c('title') }, 'Conversations'), this.#search),
      this.#head,
      this.#scroller,
    );
    this.#head.append(this.chooser.root);
    this.#scroller.append(this.#instead, this.#rows.root, this.#foot);
    this.#end = new IntersectionObserver((seen) => seen.at(-1)!.isIntersecting && this.#foot.querySelector<HTMLElement>('[data-more]')?.click(), { root: this.#scroller, rootMargin: AHEAD });
    this.#owned.defer(() => this.#end.disconnect());
    this.#owned.add(this.chooser.chosen.on(() => this.#listChosen()));
    this.#owned.add(this.chooser.narrowed.on(() => this.#narrowed()));
    this.#owned.add(this.#counter.changed.on(() => this.refresh()));
    this.#owned.add(this.dues.changed.on(() => {
      this.#counter.news();
      this.refresh();
    }));
    this.#owned.add(live.changed.on((key) => this.#changed(key)));
    this.#owned.add(live.refusals.on((error) => this.#refused(error.message)));
    this.#owned.listen(this.#search, 'input', () => {
      this.#lookFor();
      this.refresh();
    });
    this.#letSelect();
    this.#holdWhilePressed();
    this.#owned.listen(this.#foot, 'click', (event) => this.#more(event));
    this.#owned.every(60_000, () => this.refresh());
    this.#listChosen();
  }

  /** Shows over the list what can be done with what is selected. */
  setBar(bar: BulkBar): void {
    this.#bar = this.#owned.add(bar);
    this.#owned.add(bar.shown.on((shown) => this.#selecting(shown)));
    this.#head.prepend(bar.root);
    bar.offerFor(this.place);
  }

  /** Shows below the list what was said in all conversations. */
  setResults(results: SearchResults): void {
    this.#results = this.#owned.add(results);
    this.#scroller.append(results.root);
    this.#lookFor();
    this.refresh();
  }

  /** The labels there are. */
  setLabels(labels: Labels): void {
    this.#labels = labels;
    this.chooser.setLabels(labels);
    this.refresh();
  }

  /**
   * The newest of what is to do: shown until the live list is here, which knows better. What fills a phone comes a frame before the rest: a slow
   * one draws 50 ms less until something can be read.
   */
  showFirst(items: readonly InboxItem[]): void {
    if (items.length === 0) return;
    this.#holdFirst(items.slice(0, SCREEN));
    if (items.length > SCREEN) requestAnimationFrame(() => requestAnimationFrame(() => this.#holdFirst(items)));
  }

  /** The teams there are. */
  setTeams(teams: Teams): void {
    this.#teams = teams;
    this.chooser.setTeams(teams);
    this.refresh();
  }

  /** The views there are. */
  setViews(views: readonly SavedView[]): void {
    this.chooser.setViews(views);
    this.#counter.news();
    this.refresh();
  }

  /** Who works here is known now. */
  teamChanged(): void {
    this.chooser.refresh();
    this.refresh();
  }

  /** Where everything stands that is shown. */
  get place(): Place {
    return this.chooser.list.criteria.status;
  }

  /** How many there are of a list, as far as that is known. */
  numberOf(key: string): string {
    return this.#counter.text(key);
  }

  #changed(key: string | null): void {
    if (key === null) this.#begin();
    else if (this.#live.get(key) === undefined) this.#pages.items.delete(key);
    this.#counter.news();
    this.#results?.news();
    if (key === null) this.#fetchIfWanted();
    this.refresh();
  }

  #holdFirst(items: readonly InboxItem[]): void {
    if (this.#live.loaded) return;
    this.#first = items;
    fill(this.#foot, 'Loading the others');
    this.refresh();
  }

  /** The live list is here, or here anew. */
  #begin(): void {
    this.#counter.begin(this.#live.values());
    if (this.#first.length > 0) fill(this.#foot);
    this.#first = [];
  }

  #listChosen(): void {
    this.selection.clear();
    this.#bar?.offerFor(this.place);
    this.#narrowed();
  }

  #narrowed(): void {
    this.#lookFor();
    this.#counter.narrow(this.chooser.narrowing);
    this.#fetchIfWanted();
    this.refresh();
    this.filtered.emit(undefined);
  }

  #lookFor(): void {
    this.#results?.lookFor(this.#search.value, this.chooser.narrowing);
  }

  #fetchIfWanted(): void {
    if (this.#pages.wanted(this.#which)) void this.#loadPage();
  }

  get #which(): Which {
    return { criteria: this.chooser.criteria, order: this.chooser.order };
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
    return this.#live.get(id) ?? this.#pages.items.get(id) ?? this.#first.find((item) => item.id === id);
  }

  focusSearch(): void {
    this.#search.focus();
    this.#search.select();
  }

  /** Looks for this, as if it had been written into the field. */
  find(words: string): void {
    this.#search.value = words;
    this.#search.dispatchEvent(new Event('input'));
    this.focusSearch();
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
      if (this.#pressed) return;
      if (this.#live.loaded || this.#first.length > 0) this.#draw();
    });
  }

  dispose(): void {
    this.#owned.dispose();
    this.root.remove();
  }

  #draw(): void {
    const held = new Map(this.#pages.items);
    for (const item of this.#live.loaded ? this.#live.values() : this.#first) held.set(item.id, item);
    const all = [...held.values()];
    if (this.#live.loaded) this.#countSoon(all);
    const { criteria, order } = this.#which;
    const search = this.#search.value.trim();
    const isWanted = taking(criteria, this.#me, this.#teams);
    const wanted = all.filter((item) => isWanted(item) && (search === '' || matches(item, search)));
    this.#shown = inOrder(wanted, criteria.status, order);
    this.selection.show(this.#shown.map(({ id }) => id));
    this.#drawRows();
    // While something is looked for, what was said anywhere says whether there is anything.
    const instead = this.#shown.length === 0 && (this.#results?.root.hidden ?? true);
    if (instead && !this.#live.loaded) return;
    this.#instead.hidden = !instead;
    if (instead) fill(this.#instead, this.#nothing(search));
    this.#drawFoot();
  }

  /** What is seen is drawn first: with ten thousand lines, both at once are more than 50 ms. */
  #countSoon(all: readonly InboxItem[]): void {
    this.#owned.drop(this.#counting);
    this.#counting = this.#owned.after(0, () => {
      this.#count(all);
      this.dues.watch(all);
    });
  }

  #count(all: readonly InboxItem[]): void {
    const { lists, narrowing } = this.chooser;
    const count = (criteria: Criteria) => howMany(all, taking(criteria, this.#me, this.#teams));
    this.#counter.hold(new Map(lists.map(({ key, criteria, view }) => [key, count(view ? criteria : narrowTo(criteria, narrowing))])));
    this.chooser.setNumbers((key) => this.numberOf(key));
    this.counted.emit(undefined);
  }

  #drawRows(): void {
    const minute = Math.floor(Date.now() / 60_000);
    this.#rows.draw(this.#shown, (item) => ({
      item, me: this.#me, nameOf: this.#nameOf, labels: this.#labels, teams: this.#teams, current: item.id === this.#current, selected: this.selection.has(item.id), draft: this.hasDraft(item.id), minute,
    }));
  }

  #holdWhilePressed(): void {
    this.#owned.listen(this.#rows.root, 'pointerdown', () => void (this.#pressed = true));
    const released = () => {
      if (!this.#pressed) return;
      // The click comes after it.
      this.#owned.after(0, () => {
        this.#pressed = false;
        this.refresh();
      });
    };
    this.#owned.listen(window, 'pointerup', released);
    this.#owned.listen(window, 'pointercancel', released);
  }

  #letSelect(): void {
    this.#owned.add(this.selection.changed.on(() => this.refresh()));
    this.#owned.listen(this.#rows.root, 'click', (event) => this.#clicked(event));
    // A range of conversations is meant, not of text.
    this.#owned.listen(this.#rows.root, 'mousedown', (event) => event.shiftKey && event.preventDefault());
  }

  #selecting(shown: boolean): void {
    this.root.classList.toggle(c('selecting'), shown);
    if (!shown && this.#bar?.root.contains(document.activeElement)) this.focus();
  }

  #nothing(search: string): HTMLElement {
    if (search !== '') return emptyState({ icon: inboxIcon, title: 'Nothing found', text: `No conversation in this list has “${search}” in its name or last words.` });
    if (this.chooser.label !== '') return emptyState({ icon: inboxIcon, title: 'Nothing has this label', text: 'No conversation in this list has it. Choose “All labels” to see the others.' });
    if (this.chooser.team !== '') return emptyState({ icon: inboxIcon, ...nothingOf(this.chooser.team) });
    return emptyState({ icon: inboxIcon, ...this.chooser.list.empty });
  }

  #drawFoot(): void {
    const more = !this.#live.loaded || this.#pages.more(this.#which);
    this.#foot.hidden = !more;
    if (!more || this.#foot.firstChild) return;
    const next = button({ label: 'Show more', kind: 'quiet', small: true });
    next.dataset['more'] = '';
    fill(this.#foot, next);
    // Says anew whether it is near: of a page, nothing may be in this list.
    this.#end.unobserve(this.#foot);
    this.#end.observe(this.#foot);
  }

  #more(event: MouseEvent): void {
    const target = (event.target as Element).closest('button');
    if (target) void busy(target, () => this.#loadPage());
  }

  async #loadPage(): Promise<void> {
    const which = this.#which;
    try {
      await this.#pages.load(which);
      fill(this.#foot);
      this.refresh();
    } catch (error) {
      if (!isSame(which, this.#which)) return;
      fill(this.#foot, (error as Error).message, ' ', button({ label: 'Try again', kind: 'quiet', small: true }));
      this.#foot.hidden = false;
    }
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
    this.#foot.hidden = true;
    this.#instead.hidden = false;
    fill(this.#instead, emptyState({ icon: offlineIcon, title: 'The list cannot be shown', text: message }));
  }
}

function howMany(items: readonly InboxItem[], isMeant: (item: InboxItem) => boolean): number {
  let number = 0;
  for (const item of items) if (isMeant(item)) number += 1;
  return number;
}

/** Said where nothing in a list is a team's. */
function nothingOf(team: string): { title: string; text: string } {
  const others = 'Choose “All teams” to see the others.';
  switch (team) {
    case 'mine': return { title: 'Nothing of your teams', text: `No conversation in this list is given to a team that you are in. ${others}` };
    case 'none': return { title: 'Everything has a team', text: `Each conversation in this list is given to one. ${others}` };
    default: return { title: 'Nothing of this team', text: `No conversation in this list is given to it. ${others}` };
  }
}
