import { clients, type Client } from '../../api/accounts';
import { ApiError } from '../../api/http';
import { Disposables, type Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import { LIFECYCLE } from '../../components/account/next';
import { avatar } from '../../components/avatar/avatar';
import { busy, button } from '../../components/button/button';
import { chip } from '../../components/chip/chip';
import { emptyState, loadingState } from '../../components/empty/empty';
import { choiceField } from '../../components/field/field';
import { el, fill, setText } from '../../ui/dom';
import { offlineIcon, usersIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import styles from './clients.module.css';
import type { NameOf } from './history';

const c = mustClass(styles);
/** So long after the last key it is asked for. */
const PAUSE_MS = 200;

/** The clients, the newest first: all, those that somebody looks after or who stand somewhere; found by their names. */
export class ClientList implements Disposable {
  readonly root: HTMLElement;
  readonly chosen = new Emitter<string>();
  #me: string;
  #nameOf: NameOf;
  #owned = new Disposables();
  #items: Client[] = [];
  #next: string | null = null;
  #current: string | undefined;
  #asking: AbortController | undefined;
  #timer: Disposable | undefined;
  #search = el('input', { class: c('search'), type: 'search', placeholder: 'Find a name', 'aria-label': 'Find a client', maxlength: 200 });
  #whose = choiceField({ label: 'Whose', name: 'whose' }, [{ value: '', label: 'Everybody’s' }, { value: 'mine', label: 'Mine' }]);
  #where = choiceField({ label: 'Where', name: 'where' }, [{ value: '', label: 'Anywhere' }, ...Object.entries(LIFECYCLE).map(([value, label]) => ({ value, label }))]);
  #said = el('p', { class: 'visually-hidden', role: 'status' });
  #body = el('div', { class: c('scroll') }, loadingState('Loading the clients', 5));

  constructor(me: string, nameOf: NameOf) {
    this.#me = me;
    this.#nameOf = nameOf;
    const choices = [this.#whose, this.#where];
    for (const { root, input } of choices) {
      root.classList.add(c('choice'));
      this.#owned.listen(input, 'change', () => void this.load());
    }
    this.root = el('section', { class: c('listPane'), 'aria-label': 'Clients' },
      el('div', { class: c('top') }, el('h2', { class: c('heading') }, 'Clients'), this.#search, ...choices.map(({ root }) => root)), this.#said, this.#body);
    this.#owned.listen(this.#search, 'input', () => {
      this.#owned.drop(this.#timer);
      this.#timer = this.#owned.after(PAUSE_MS, () => void this.load());
    });
    this.#owned.listen(this.#body, 'click', (event) => this.#clicked(event));
    this.#owned.listen(window, 'online', () => { if (this.#body.querySelector('[data-again]')) void this.load(); });
  }

  /** Marks the client that is shown. */
  setCurrent(id: string | undefined): void {
    this.#current = id;
    for (const link of this.#body.querySelectorAll('a')) {
      if (link.dataset['id'] === id) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  }

  /** Names are known now, or somebody looks after somebody else. */
  refresh(): void {
    if (this.#items.length > 0) this.#draw();
  }

  /** The one that is shown has changed. */
  changed(client: Client): void {
    const at = this.#items.findIndex(({ id }) => id === client.id);
    if (at < 0 || JSON.stringify(this.#items[at]) === JSON.stringify(client)) return;
    this.#items[at] = client;
    this.#draw();
  }

  /** Asks anew, from the first. */
  async load(): Promise<void> {
    this.#asking?.abort();
    const mine = this.#asking = new AbortController();
    try {
      const { items, next } = await clients(this.#asked(), mine.signal);
      [this.#items, this.#next] = [items, next];
      this.#draw();
    } catch (error) {
      if (mine.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      fill(this.#body, emptyState({ icon: offlineIcon, title: 'The clients cannot be shown', text: error.message, action: button({ label: 'Try again', kind: 'primary' }, { 'data-again': true }) }));
    }
  }

  dispose(): void {
    this.#asking?.abort();
    this.#owned.dispose();
  }

  #asked(before?: string) {
    const manager = this.#whose.input.value === 'mine' ? this.#me : undefined;
    return { manager, name: this.#search.value.trim() || undefined, lifecycle: this.#where.input.value || undefined, before };
  }

  #draw(): void {
    const more = this.#next === null ? null : el('p', { class: c('more') }, button({ label: 'Show more', small: true }, { 'data-more': true }));
    setText(this.#said, `${this.#items.length}${this.#next === null ? '' : ' or more'} clients`);
    if (this.#items.length === 0) return fill(this.#body, this.#nothing());
    const focused = this.#body.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset['id'] : undefined;
    fill(this.#body, el('ul', { class: c('list') }, ...this.#items.map((client) => el('li', {}, this.#row(client)))), more);
    if (focused !== undefined) this.#body.querySelector<HTMLElement>(`a[data-id="${focused}"]`)?.focus({ preventScroll: true });
  }

  #row({ id, name, manager, lifecycle }: Client): HTMLElement {
    const looks = manager === null ? 'Nobody looks after them' : manager === this.#me ? 'You look after them' : `${this.#nameOf(manager) ?? 'A colleague'} looks after them`;
    return el('a', { class: c('row'), href: `/clients?id=${id}`, 'data-id': id, 'aria-current': id === this.#current ? 'true' : null },
      avatar({ name }), el('span', { class: c('words') },
        el('span', { class: c('name'), dir: 'auto' }, name), el('span', { class: c('soft') }, looks), el('span', {}, chip(null, [LIFECYCLE[lifecycle]]))));
  }

  #nothing(): HTMLElement {
    const { name, manager, lifecycle } = this.#asked();
    const whose = manager === undefined ? '' : 'of yours ';
    const where = lifecycle === undefined ? '' : `stands at “${LIFECYCLE[lifecycle as Client['lifecycle']]}”`;
    if (name !== undefined) return emptyState({ icon: usersIcon, title: 'Nobody found', text: `No client ${whose}${where && `who ${where} `}has “${name}” in their name.` });
    if (where) return emptyState({ icon: usersIcon, title: 'Nobody is there', text: `No client ${whose}${where}.` });
    if (manager !== undefined) return emptyState({ icon: usersIcon, title: 'None is yours yet', text: 'Who invites somebody from a conversation looks after them. An account nobody looks after can be taken on.' });
    return emptyState({ icon: usersIcon, title: 'No clients yet', text: 'Invite a visitor from their conversation: once they accept, they are here.' });
  }

  #clicked(event: MouseEvent): void {
    const target = event.target as Element;
    const more = target.closest<HTMLButtonElement>('[data-more]');
    if (more) return void busy(more, () => this.#more());
    if (target.closest('[data-again]')) return void this.load();
    const id = target.closest('a')?.dataset['id'];
    if (id === undefined || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    this.chosen.emit(id);
  }

  async #more(): Promise<void> {
    if (this.#next === null) return;
    try {
      const { items, next } = await clients(this.#asked(this.#next), this.#asking?.signal);
      this.#items.push(...items);
      this.#next = next;
      this.#draw();
    } catch (error) {
      if (this.#asking?.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      this.#body.lastElementChild?.prepend(`${error.message} `);
    }
  }
}
