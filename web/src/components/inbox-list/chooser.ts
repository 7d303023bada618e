import type { SavedView } from '../../api/views';
import { Disposables, type Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import { remember, remembered } from '../../base/remembered';
import type { Party } from '../../live/protocol.gen';
import { el, fill, setText } from '../../ui/dom';
import { editIcon, plusIcon, usersIcon, icon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { button } from '../button/button';
import { byName, type Labels } from '../label/label';
import { teamsByName, type Teams } from '../team/team';
import styles from './chooser.module.css';
import { narrowTo, type Criteria, type Narrowing } from './criteria';
import { FILTERS, listOf, orderOf, ORDERS, type List, type Order } from './filters';
import { wordsOf } from './view-words';

const c = mustClass(styles);
const ORDER_KEY = 'brigade.inbox-order';

interface Tab {
  list: List;
  button: HTMLButtonElement;
  number: HTMLElement;
}

/** Chooses which conversations are shown and in which order: the lists that everybody has, and saved views. */
export class Chooser implements Disposable {
  readonly root = el('div', { class: c('choose') });
  /** Another list, or the same one with other criteria. */
  readonly chosen = new Emitter<undefined>();
  /** Another label or order. */
  readonly narrowed = new Emitter<undefined>();
  /** A view is to be changed; `null`: what is shown is to be kept as one. */
  readonly editing = new Emitter<SavedView | null>();

  #nameOf: (who: Party) => string | undefined;
  #owned = new Disposables();
  #list: List = FILTERS[0]!;
  /** A view of which nobody knows yet whether there is one. */
  #awaited: string | undefined;
  #label = '';
  #team = '';
  #teams: Teams = {};
  #order: Order;
  #labels: Labels = {};
  #targets = false;
  #filters: Tab[];
  #views: Tab[] = [];
  #viewRow = el('div', { class: c('filters'), role: 'group', 'aria-label': 'Saved views', hidden: true });
  #labelSelect = el('select', { class: c('select'), 'aria-label': 'Label', hidden: true });
  #teamSelect = el('select', { class: c('select'), 'aria-label': 'Team', hidden: true });
  #orderSelect = el('select', { class: c('select'), 'aria-label': 'Order' }, ...ORDERS.map(({ value, label }) => el('option', { value }, label)));
  #keep = button({ label: 'Save as a view', icon: plusIcon, kind: 'plain', small: true, bare: true });
  #words = el('span', { class: c('words') });
  #change = button({ label: 'Change this view', icon: editIcon, kind: 'plain', small: true, bare: true });

  constructor(nameOf: (who: Party) => string | undefined) {
    this.#nameOf = nameOf;
    this.#filters = FILTERS.map((list) => this.#tab(list));
    fill(
      this.root,
      el('div', { class: c('filters'), role: 'group', 'aria-label': 'Which conversations' }, ...this.#filters.map((tab) => tab.button)),
      this.#viewRow,
      el('div', { class: c('narrow') }, this.#teamSelect, this.#labelSelect, this.#orderSelect, this.#keep, this.#words, this.#change),
    );
    this.#order = this.#orderSelect.value = ORDERS.find(({ value }) => value === remembered(ORDER_KEY))?.value ?? 'newest';
    this.#owned.listen(this.root, 'click', (event) => {
      const key = (event.target as Element).closest<HTMLElement>('[data-list]')?.dataset['list'];
      if (key !== undefined) this.choose(key);
    });
    this.#owned.listen(this.#labelSelect, 'change', () => this.setLabel(this.#labelSelect.value));
    this.#owned.listen(this.#teamSelect, 'change', () => this.setTeam(this.#teamSelect.value));
    this.#owned.listen(this.#orderSelect, 'change', () => this.#setOrder(this.#orderSelect.value as Order));
    this.#owned.listen(this.#keep, 'click', () => this.editing.emit(null));
    this.#owned.listen(this.#change, 'click', () => this.#list.view && this.editing.emit(this.#list.view));
    this.#draw();
  }

  /** What is shown. */
  get list(): List {
    return this.#list;
  }

  /** Every list there is. */
  get lists(): List[] {
    return [...this.#filters, ...this.#views].map(({ list }) => list);
  }

  /** What is called so in the address. */
  get key(): string {
    return this.#awaited ?? this.#list.key;
  }

  get label(): string {
    return this.#list.view ? '' : this.#label;
  }

  /** Which team's: `mine`, `none`, an id; `''` is every one. */
  get team(): string {
    return this.#list.view ? '' : this.#team;
  }

  /** By what the lists are narrowed. */
  get narrowing(): Narrowing {
    return { label: this.label, team: this.team };
  }

  get order(): Order {
    return orderOf(this.#list, this.#order);
  }

  /** What is shown, with what it is narrowed by. */
  get criteria(): Criteria {
    return narrowTo(this.#list.criteria, this.narrowing);
  }

  /** Shows another list. A view that is not known yet is shown when it is. */
  choose(key: string): void {
    const list = this.lists.find((each) => each.key === key);
    this.#awaited = list || !key.startsWith('vew_') ? undefined : key;
    this.#show(list ?? FILTERS[0]!);
  }

  /** Shows only what has this label; the empty id shows everything. A view says itself which label: it is left. */
  setLabel(id: string): void {
    this.#label = id;
    if (this.#list.view) return this.#show(FILTERS[0]!);
    this.#draw();
    this.narrowed.emit(undefined);
  }

  /** Shows only what is a team's, as with labels. */
  setTeam(team: string): void {
    this.#team = team;
    if (this.#list.view) return this.#show(FILTERS[0]!);
    this.#draw();
    this.narrowed.emit(undefined);
  }

  /** The teams there are. */
  setTeams(teams: Teams): void {
    this.#teams = teams;
    this.#draw();
  }

  /** The labels there are. */
  setLabels(labels: Labels): void {
    this.#labels = labels;
    this.#draw();
  }

  /** Whether the business has set itself targets: without any nothing is ever due. */
  setTargets(any: boolean): void {
    if (any === this.#targets) return;
    this.#targets = any;
    this.#draw();
  }

  /** The views there are. */
  setViews(views: readonly SavedView[]): void {
    this.#views = views.map((view) => this.#tab(listOf(view)));
    fill(this.#viewRow, ...this.#views.map((tab) => tab.button));
    this.#viewRow.hidden = views.length === 0;
    const meant = this.#awaited ?? this.#list.view?.id;
    const found = this.#views.find(({ list }) => list.key === meant)?.list;
    const [before, awaited] = [this.#list.view, this.#awaited];
    this.#awaited = undefined;
    if (found && (awaited !== undefined || found.view?.rev !== before?.rev)) this.#show(found);
    else if (before && !found) this.#show(FILTERS[0]!);
    else this.#draw();
  }

  /** Somebody's name is known now. */
  refresh(): void {
    this.#draw();
  }

  /** Says how many there are of each; what is resolved is not counted. */
  setNumbers(textOf: (key: string) => string): void {
    for (const { list, number } of [...this.#filters, ...this.#views]) setText(number, list.criteria.status === 'resolved' ? '' : textOf(list.key));
  }

  dispose(): void {
    this.#owned.dispose();
    this.root.remove();
  }

  #tab(list: List): Tab {
    const number = el('span', { class: c('number') });
    const shared = list.view?.shared ? icon(usersIcon) : null;
    const title = list.view ? `${list.label} (${list.view.shared ? 'everybody’s' : 'your own'})` : null;
    const name = list.view ? el('span', { class: c('name'), dir: 'auto' }, list.label) : list.label;
    return { list, number, button: el('button', { type: 'button', class: c('filter'), 'data-list': list.key, title }, shared, name, number) };
  }

  #show(list: List): void {
    this.#list = list;
    this.#draw();
    this.chosen.emit(undefined);
  }

  #setOrder(order: Order): void {
    this.#order = order;
    remember(ORDER_KEY, order);
    this.narrowed.emit(undefined);
  }

  #draw(): void {
    for (const { list, button: each } of [...this.#filters, ...this.#views]) each.setAttribute('aria-pressed', String(list.key === this.#list.key));
    for (const { list, button: each } of this.#filters) each.hidden = list.key === 'due' && !this.#targets && list.key !== this.#list.key;
    for (const option of this.#orderSelect.options) option.hidden = option.value === 'due' && !this.#targets && this.#order !== 'due';
    const { view, criteria } = this.#list;
    this.#drawLabels(view !== undefined);
    this.#drawTeams(view !== undefined);
    // What was put off is always in the order in which it comes back, and what is due in that in which it is.
    this.#orderSelect.hidden = view !== undefined || criteria.status === 'snoozed' || this.#list.key === 'due';
    this.#keep.hidden = view !== undefined;
    this.#words.hidden = this.#change.hidden = view === undefined;
    if (view) setText(this.#words, wordsOf(view, this.#labels, this.#nameOf, this.#teams));
  }

  #drawLabels(hidden: boolean): void {
    const all = byName(Object.entries(this.#labels)).map(([id, { name }]) => [id, name] as const);
    offer(this.#labelSelect, [['', 'All labels'], ...all], this.#label, 'A label');
    this.#labelSelect.hidden = hidden || (all.length === 0 && this.#label === '');
  }

  #drawTeams(hidden: boolean): void {
    const all = teamsByName(this.#teams).map(([id, { name }]) => [id, name] as const);
    offer(this.#teamSelect, [['', 'All teams'], ['mine', 'My teams'], ['none', 'No team'], ...all], this.#team, 'A team');
    this.#teamSelect.hidden = hidden || (all.length === 0 && this.#team === '');
  }
}

/** Draws what there is to choose from, if it is something else than before. */
function offer(select: HTMLSelectElement, options: readonly (readonly [string, string])[], chosen: string, unknown: string): void {
  const key = JSON.stringify(options);
  if (select.dataset['look'] !== key) {
    select.dataset['look'] = key;
    fill(select, ...options.map(([value, name]) => el('option', { value }, name)));
  }
  // One that is not known, or not known yet, narrows all the same: it can be left.
  if (![...select.options].some(({ value }) => value === chosen)) select.append(el('option', { value: chosen }, unknown));
  select.value = chosen;
}
