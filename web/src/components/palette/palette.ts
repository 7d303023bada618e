import { Disposables } from '../../base/disposables';
import { piecesOf, wordsOf } from '../../base/words';
import { el, fill, freshId, setText } from '../../ui/dom';
import { closeIcon, icon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { button } from '../button/button';
import { showModal } from '../dialog/modal';
import { nowCalled, type Action, type Actions } from './actions';
import { singleKeysOn } from './keys';
import styles from './palette.module.css';
import { recentActions, rememberAction } from './recent';
import { sectionsOf, type Section } from './sections';

const c = mustClass(styles);

interface Option {
  action: Action;
  root: HTMLElement;
}

/** A field and a list of what can be done, over the page: words find, arrows choose, Enter does, Escape goes back. */
export class Palette {
  /** What was chosen, once it is closed and the focus is where it was. */
  readonly chosen: Promise<Action | undefined>;
  #actions: Actions;
  #owned = new Disposables();
  #options: Option[] = [];
  #at = 0;
  #choice: Action | undefined;

  #list = el('div', { class: c('list'), role: 'listbox', id: freshId('palette'), 'aria-label': 'Actions' });
  #input = el('input', {
    class: c('input'), type: 'text', role: 'combobox', placeholder: 'What do you want to do?', 'aria-label': 'What do you want to do?', 'aria-autocomplete': 'list',
    'aria-expanded': 'true', 'aria-controls': this.#list.id, autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', enterkeyhint: 'go', maxlength: 200, dir: 'auto',
  });
  #close = button({ label: 'Close', icon: closeIcon, kind: 'plain', small: true, bare: true });
  #none = el('p', { class: c('none'), hidden: true });
  /** How many there are, for those who do not see the list. */
  #count = el('p', { class: 'visually-hidden', role: 'status' });
  #dialog = el('dialog', { class: c('dialog'), 'aria-label': 'Actions' },
    el('div', { class: c('top') }, this.#input, this.#close), this.#none, this.#list, this.#count,
    el('p', { class: c('foot'), 'aria-hidden': 'true' }, el('span', {}, el('kbd', {}, '↑ ↓'), 'choose'), el('span', {}, el('kbd', {}, 'Enter'), 'do'), el('span', {}, el('kbd', {}, 'Esc'), 'back')));

  /** With these words in its field. */
  constructor(actions: Actions, words = '') {
    this.#actions = actions;
    this.#input.value = words;
    this.#owned.listen(this.#input, 'input', () => this.#draw());
    this.#owned.listen(this.#dialog, 'keydown', (event) => this.#key(event));
    this.#owned.listen(this.#close, 'click', () => this.close());
    this.#owned.listen(this.#dialog, 'click', (event) => this.#clicked(event));
    // A pointer that only lies where the list moves chooses nothing.
    this.#owned.listen(this.#list, 'pointermove', (event) => this.#choose(this.#indexOf(event)));
    // The field keeps the focus.
    this.#owned.listen(this.#list, 'mousedown', (event) => event.preventDefault());
    this.#draw();
    this.chosen = showModal(this.#dialog, this.#owned).then(() => this.#choice);
    this.#input.focus();
  }

  close(): void {
    this.#dialog.close();
  }

  #draw(): void {
    const search = this.#input.value.trim();
    const sections = sectionsOf(this.#actions.offered(search), search, recentActions());
    this.#options = [];
    fill(this.#list, ...sections.map((section) => this.#section(section, wordsOf(search))));
    const count = this.#options.filter(({ action }) => !action.last).length;
    this.#none.hidden = count > 0;
    setText(this.#none, count > 0 ? '' : `Nothing here is called “${search}”. Try another word, or fewer letters.`);
    setText(this.#count, count > 0 ? `${count} ${count === 1 ? 'action' : 'actions'}` : this.#none.textContent);
    this.#list.hidden = this.#options.length === 0;
    this.#input.setAttribute('aria-expanded', String(this.#options.length > 0));
    this.#input.removeAttribute('aria-activedescendant');
    this.#choose(Math.max(0, this.#options.findIndex(({ action }) => !action.refusal?.())));
    this.#list.scrollTop = 0;
  }

  #section({ title, actions }: Section, words: readonly string[]): HTMLElement {
    const id = freshId('section');
    return el('div', { role: 'group', 'aria-labelledby': id },
      el('div', { class: c('heading'), id, role: 'presentation', dir: 'auto' }, title), ...actions.map((action) => this.#option(action, words)));
  }

  #option(action: Action, words: readonly string[]): HTMLElement {
    const refusal = action.refusal?.();
    const key = singleKeysOn() ? action.key : undefined;
    const pieces = piecesOf(nowCalled(action.label), action.last ? [] : words);
    const root = el(
      'div', { class: c('option'), role: 'option', id: freshId('action'), 'aria-selected': 'false', 'aria-disabled': refusal === undefined ? null : 'true', 'aria-keyshortcuts': key ?? null },
      el('span', { class: c('icon') }, action.icon ? icon(action.icon) : null),
      el('span', { class: c('name') },
        el('span', { class: c('label'), dir: 'auto' }, ...pieces.map(({ text, hit }) => (hit ? el('mark', { class: c('hit') }, text) : text))),
        refusal === undefined ? null : el('span', { class: c('refusal') }, refusal)),
      key === undefined ? null : el('kbd', { 'aria-hidden': 'true' }, key),
    );
    this.#options.push({ action, root });
    return root;
  }

  #key(event: KeyboardEvent): void {
    const count = this.#options.length;
    if (event.isComposing || event.target !== this.#input || count === 0) return;
    switch (event.key) {
      case 'ArrowDown': this.#show((this.#at + 1) % count); break;
      case 'ArrowUp': this.#show((this.#at - 1 + count) % count); break;
      case 'Enter': this.#take(this.#at); break;
      default: return;
    }
    event.preventDefault();
  }

  #clicked(event: MouseEvent): void {
    // Outside of what it holds, the dialog itself is clicked.
    if (event.target === this.#dialog) this.close();
    else this.#take(this.#indexOf(event));
  }

  #indexOf({ target }: Event): number {
    return this.#options.findIndex(({ root }) => root.contains(target as Node));
  }

  #choose(index: number): void {
    const option = this.#options[index];
    if (!option) return;
    this.#options[this.#at]?.root.setAttribute('aria-selected', 'false');
    this.#at = index;
    option.root.setAttribute('aria-selected', 'true');
    this.#input.setAttribute('aria-activedescendant', option.root.id);
  }

  /** Chooses and brings it into view; the first one with its heading. */
  #show(index: number): void {
    this.#choose(index);
    if (index === 0) this.#list.scrollTop = 0;
    else this.#options[index]?.root.scrollIntoView({ block: 'nearest' });
  }

  #take(index: number): void {
    const action = this.#options[index]?.action;
    if (!action || action.refusal?.()) return;
    if (action.id !== undefined) rememberAction(action.id);
    this.#choice = action;
    this.close();
  }
}
