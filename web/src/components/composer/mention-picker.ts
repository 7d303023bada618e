import { Disposables } from '../../base/disposables';
import type { Party } from '../../live/protocol.gen';
import { el, freshId } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import { avatar } from '../avatar/avatar';
import type { Picker } from './composer';
import styles from './mention-picker.module.css';

const c = mustClass(styles);

/** Somebody who can be mentioned. */
export interface Mentionable {
  id: Party;
  name: string;
}

const SHOWN = 6;

/** Offers people while `@…` is being written: arrows choose, Enter or Tab takes, Escape goes on without. */
export class MentionPicker implements Picker {
  #input: HTMLTextAreaElement;
  #people: () => Mentionable[];
  #owned = new Disposables();
  #list: HTMLElement;
  #options: Mentionable[] = [];
  #chosen = 0;

  constructor(input: HTMLTextAreaElement, root: HTMLElement, people: () => Mentionable[]) {
    this.#input = input;
    this.#people = people;
    this.#list = el('ul', { class: c('people'), role: 'listbox', id: freshId('people'), 'aria-label': 'People', hidden: true });
    root.append(this.#list);
    this.#owned.listen(input, 'input', () => this.#offer());
    this.#owned.listen(input, 'blur', () => this.#close());
    this.#owned.listen(this.#list, 'pointerdown', (event) => {
      event.preventDefault();
      const at = Number((event.target as Element).closest<HTMLElement>('[data-at]')?.dataset['at']);
      if (Number.isInteger(at)) this.#take(at);
    });
  }

  /** Takes a key if it is for the list. */
  key(event: KeyboardEvent): boolean {
    if (this.#list.hidden || event.isComposing) return false;
    const count = this.#options.length;
    switch (event.key) {
      case 'ArrowDown': this.#choose((this.#chosen + 1) % count); break;
      case 'ArrowUp': this.#choose((this.#chosen - 1 + count) % count); break;
      case 'Enter':
      case 'Tab': this.#take(this.#chosen); break;
      case 'Escape': this.#close(); break;
      default: return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** Everybody whose `@Name` is in the text. */
  mentionedIn(text: string): Party[] {
    return this.#people().filter(({ name }) => text.includes(`@${name}`)).map(({ id }) => id);
  }

  dispose(): void {
    this.#owned.dispose();
    this.#list.remove();
  }

  /** What was written after the last `@`, if the cursor is in a word that begins with one. */
  #query(): { text: string; from: number } | undefined {
    const before = this.#input.value.slice(0, this.#input.selectionStart);
    const found = /(?:^|\s)@([\p{L}\p{N}'-]{0,30})$/u.exec(before);
    return found ? { text: found[1]!.toLocaleLowerCase(), from: before.length - found[1]!.length - 1 } : undefined;
  }

  #offer(): void {
    const query = this.#query();
    this.#options = query === undefined ? [] : this.#people()
      .filter(({ name }) => name.toLocaleLowerCase().split(/\s+/).some((word) => word.startsWith(query.text))).slice(0, SHOWN);
    if (this.#options.length === 0) return this.#close();
    this.#list.replaceChildren(...this.#options.map((person, at) =>
      el('li', { class: c('person'), role: 'option', id: `${this.#list.id}-${at}`, 'data-at': at }, avatar(person, 'small'), person.name)));
    this.#list.hidden = false;
    this.#input.setAttribute('aria-controls', this.#list.id);
    this.#choose(0);
  }

  #choose(at: number): void {
    this.#chosen = at;
    [...this.#list.children].forEach((option, index) => option.setAttribute('aria-selected', index === at ? 'true' : 'false'));
    this.#input.setAttribute('aria-activedescendant', `${this.#list.id}-${at}`);
  }

  #take(at: number): void {
    const person = this.#options[at];
    const query = this.#query();
    this.#close();
    if (!person || !query) return;
    this.#input.setRangeText(`@${person.name} `, query.from, this.#input.selectionStart, 'end');
    this.#input.dispatchEvent(new Event('input', { bubbles: true }));
  }

  #close(): void {
    this.#list.hidden = true;
    this.#input.removeAttribute('aria-activedescendant');
  }
}
