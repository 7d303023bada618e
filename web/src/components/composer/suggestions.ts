import { Disposables, type Disposable } from '../../base/disposables';
import { el, fill, freshId, type Child } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import styles from './suggestions.module.css';

const c = mustClass(styles);

/** What can be taken while something is being written. */
export interface Offer<T> {
  /** What the list is called. */
  label: string;
  /** What was written up to the cursor when it asks for this; the group is what is looked for. */
  asks: RegExp;
  /** Somebody writes what asks for this. */
  wanted?: () => void;
  find: (text: string) => T[];
  draw: (option: T) => Child[];
  /** What takes the place of what was written. */
  text: (option: T) => string;
  /** With Shift, this follows and asks for the next. */
  again?: string;
  /** A line under the list, or in place of an empty one. */
  note?: (text: string, found: number) => string | undefined;
}

/** What is looked for, and where what was written for it begins. */
interface Query {
  text: string;
  from: number;
}

/** A list over the composer: arrows choose, Enter or Tab takes, Escape goes on without. */
export class Suggestions<T> implements Disposable {
  #input: HTMLTextAreaElement;
  #offer: Offer<T>;
  #owned = new Disposables();
  #list: HTMLElement;
  #note = el('p', { class: c('note'), role: 'status' });
  #box: HTMLElement;
  #options: T[] = [];
  #chosen = 0;

  constructor(input: HTMLTextAreaElement, root: HTMLElement, offer: Offer<T>) {
    this.#input = input;
    this.#offer = offer;
    this.#list = el('ul', { class: c('list'), role: 'listbox', id: freshId('suggestions'), 'aria-label': offer.label });
    this.#box = el('div', { class: c('box'), hidden: true }, this.#list, this.#note);
    root.append(this.#box);
    this.#owned.listen(input, 'input', () => {
      const query = this.#query();
      if (query) offer.wanted?.();
      this.#look(query);
    });
    this.#owned.listen(input, 'blur', () => this.#close());
    this.#owned.listen(this.#box, 'pointerdown', (event) => {
      event.preventDefault();
      const at = Number((event.target as Element).closest<HTMLElement>('[data-at]')?.dataset['at']);
      if (Number.isInteger(at)) this.#take(at, (event as PointerEvent).shiftKey);
    });
  }

  /** Takes a key if it is for the list. */
  key(event: KeyboardEvent): boolean {
    const count = this.#options.length;
    if (this.#box.hidden || event.isComposing) return false;
    if (count === 0 && event.key !== 'Escape') return false;
    switch (event.key) {
      case 'ArrowDown': this.#choose((this.#chosen + 1) % count); break;
      case 'ArrowUp': this.#choose((this.#chosen - 1 + count) % count); break;
      case 'Enter':
      case 'Tab':
        if (event.shiftKey && (event.key === 'Tab' || this.#offer.again === undefined)) return false;
        this.#take(this.#chosen, event.shiftKey);
        break;
      case 'Escape': this.#close(); break;
      default: return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** What there is to offer has changed: who looks at the list sees it. */
  refresh(): void {
    if (!this.#box.hidden) this.#look(this.#query());
  }

  dispose(): void {
    this.#owned.dispose();
    this.#box.remove();
  }

  #look(query: Query | undefined): void {
    this.#options = query === undefined ? [] : this.#offer.find(query.text);
    const note = query && this.#offer.note?.(query.text, this.#options.length);
    if (this.#options.length === 0 && note === undefined) return this.#close();
    this.#list.replaceChildren(...this.#options.map((option, at) =>
      el('li', { class: c('option'), role: 'option', id: `${this.#list.id}-${at}`, 'data-at': at }, ...this.#offer.draw(option))));
    this.#list.hidden = this.#options.length === 0;
    this.#note.hidden = note === undefined;
    fill(this.#note, note);
    this.#box.hidden = false;
    this.#input.setAttribute('aria-controls', this.#list.id);
    if (this.#options.length > 0) this.#choose(0);
    else this.#input.removeAttribute('aria-activedescendant');
  }

  #query(): Query | undefined {
    const before = this.#input.value.slice(0, this.#input.selectionStart);
    const found = this.#offer.asks.exec(before);
    return found ? { text: found[1]!.toLocaleLowerCase(), from: before.length - found[1]!.length - 1 } : undefined;
  }

  #choose(at: number): void {
    this.#chosen = at;
    [...this.#list.children].forEach((option, index) => option.setAttribute('aria-selected', index === at ? 'true' : 'false'));
    this.#list.children[at]?.scrollIntoView({ block: 'nearest' });
    this.#input.setAttribute('aria-activedescendant', `${this.#list.id}-${at}`);
  }

  #take(at: number, more: boolean): void {
    const option = this.#options[at];
    const query = this.#query();
    this.#close();
    if (option === undefined || !query) return;
    const next = more ? this.#offer.again ?? '' : '';
    this.#input.setRangeText(this.#offer.text(option) + next, query.from, this.#input.selectionStart, 'end');
    this.#input.dispatchEvent(new Event('input', { bubbles: true }));
  }

  #close(): void {
    this.#box.hidden = true;
    this.#options = [];
    this.#input.removeAttribute('aria-activedescendant');
  }
}
