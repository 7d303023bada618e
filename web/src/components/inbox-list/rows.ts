import { Disposables, type Disposable } from '../../base/disposables';
import type { InboxItem } from '../../live/protocol.gen';
import { el } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import { Heights } from './heights';
import styles from './inbox-list.module.css';
import { drawRow, makeRow, type RowLook } from './row';

const c = mustClass(styles);

/** So many lines fill a phone. */
export const SCREEN = 8;
/** So many lines are all on the page; of more, only those near what is seen. */
const ALWAYS = 100;
/** How near, in pixels. */
const NEAR = 600;
/** When the end of what is on the page is nearer than this, it goes on. */
const ENOUGH = 200;

/** In which line the focus is, whether in its link or its box, and the place of the line. */
interface Held {
  id: string;
  in: 'a' | 'input';
  at: number;
}

/**
 * The lines of the list. A line that stays keeps its element and the focus, wherever in the list it goes. Of a long list, the page has
 * what is near the eyes: ten thousand lines would be laid out for each that changes.
 */
export class Rows implements Disposable {
  readonly root: HTMLElement;
  #scroller: HTMLElement;
  #list = el('ul', { class: c('list') });
  #above = el('div', {});
  #below = el('div', {});
  #owned = new Disposables();
  #elements = new Map<string, HTMLElement>();
  #heights = new Heights();
  #ids: readonly string[] = [];
  #shown: readonly InboxItem[] = [];
  #look: (item: InboxItem) => RowLook = () => { throw new Error('nothing is drawn yet'); };
  /** What is on the page, as it was thought to be high. */
  #onPage = { top: 0, bottom: 0, all: true };
  #scheduled = false;

  /** In what it is scrolled. */
  constructor(scroller: HTMLElement) {
    this.#scroller = scroller;
    this.root = el('div', { hidden: true }, this.#above, this.#list, this.#below);
    this.#owned.listen(scroller, 'scroll', () => this.#goOn(), { passive: true });
    const resized = new ResizeObserver(() => this.#goOn());
    resized.observe(scroller);
    this.#owned.defer(() => resized.disconnect());
  }

  /** Draws these and no others, in this order. */
  draw(shown: readonly InboxItem[], look: (item: InboxItem) => RowLook): void {
    const held = this.#focused();
    this.#shown = shown;
    this.#ids = shown.map(({ id }) => id);
    this.#look = look;
    this.root.hidden = shown.length === 0;
    this.#fit(held);
  }

  /** Puts the focus on the line of a conversation, or the first. */
  focus(id: string | undefined): void {
    const at = Math.max(0, this.#ids.indexOf(id ?? ''));
    const wanted = this.#ids[at];
    if (wanted === undefined) return;
    if (!this.#elements.has(wanted)) {
      this.#scroller.scrollTop = this.#heights.before(this.#ids, at);
      this.#fit({ id: wanted, in: 'a', at });
    }
    this.#elements.get(wanted)?.querySelector('a')?.focus();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  /** Whose line something is in. */
  idOf(inside: Element | null): string | undefined {
    return inside?.closest<HTMLElement>('[data-row]')?.dataset['row'];
  }

  /** What is seen is another part of it. */
  #goOn(): void {
    if (this.#scheduled || this.#onPage.all) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      const { top, bottom } = this.#seen();
      const { top: first, bottom: last } = this.#onPage;
      if (top - ENOUGH >= first && bottom + ENOUGH <= last) return;
      // Who comes from far gets what is seen, and a frame later what is near it: all at once takes longer than a frame.
      const far = bottom < first || top > last;
      this.#fit(this.#focused(), far ? 0 : NEAR);
      if (far) this.#goOn();
    });
  }

  /** Between which heights of the list one sees it. */
  #seen(): { top: number; bottom: number } {
    const top = this.#scroller.getBoundingClientRect().top - this.root.getBoundingClientRect().top;
    return { top, bottom: top + this.#scroller.clientHeight };
  }

  /** Brings what is near what is seen onto the page; the line with the focus stays there. */
  #fit(held: Held | undefined, near = NEAR): void {
    const all = this.#ids.length <= ALWAYS;
    for (const [id, element] of all ? [] : this.#elements) this.#heights.measured(id, element.offsetHeight);
    const { top, bottom } = all ? { top: 0, bottom: Infinity } : this.#seen();
    const stretch = this.#heights.between(this.#ids, top - near, bottom + near);
    this.#onPage = { top: stretch.from === 0 ? -Infinity : stretch.above, bottom: stretch.to === this.#ids.length ? Infinity : this.#heights.before(this.#ids, stretch.to), all };
    const focus = held ? this.#placeOf(held) : -1;
    const places = Array.from({ length: stretch.to - stretch.from }, (_, at) => stretch.from + at);
    if (focus >= 0 && focus < stretch.from) places.unshift(focus);
    if (focus >= stretch.to) places.push(focus);
    this.#put(places, all);
    const aside = focus >= 0 ? this.#heights.of(this.#ids[focus]!) : 0;
    this.#above.style.height = `${Math.max(0, stretch.above - (focus < stretch.from ? aside : 0))}px`;
    this.#below.style.height = `${Math.max(0, stretch.below - (focus >= stretch.to ? aside : 0))}px`;
    if (held && !this.root.contains(document.activeElement)) this.#elements.get(this.#ids[focus] ?? '')?.querySelector<HTMLElement>(held.in)?.focus({ preventScroll: true });
  }

  /** The lines of these places are on the page, and no others. */
  #put(places: readonly number[], all: boolean): void {
    const wanted = new Set(places.map((at) => this.#ids[at]!));
    for (const [id, element] of this.#elements) {
      if (wanted.has(id)) continue;
      element.remove();
      this.#elements.delete(id);
    }
    let next: Element | null = this.#list.firstElementChild;
    for (const at of places) {
      const element = this.#drawn(this.#shown[at]!);
      element.classList.toggle(c('later'), all && at >= SCREEN);
      // Whoever cannot see the list is told how long it is, not how much of it is on the page.
      for (const [name, value] of [['aria-setsize', this.#ids.length], ['aria-posinset', at + 1]] as const) {
        if (all) element.removeAttribute(name);
        else element.setAttribute(name, String(value));
      }
      if (element === next) next = element.nextElementSibling;
      else this.#list.insertBefore(element, next);
    }
  }

  #drawn(item: InboxItem): HTMLElement {
    const element = this.#elements.get(item.id) ?? makeRow(item.id);
    this.#elements.set(item.id, element);
    drawRow(element, this.#look(item));
    return element;
  }

  #focused(): Held | undefined {
    const id = this.root.contains(document.activeElement) ? this.idOf(document.activeElement) : undefined;
    if (id === undefined) return undefined;
    return { id, in: document.activeElement?.tagName === 'A' ? 'a' : 'input', at: this.#ids.indexOf(id) };
  }

  /** Where the focus belongs: in its line, and when that is gone, in the line in its place, or the last. */
  #placeOf({ id, at }: Held): number {
    const now = this.#ids.indexOf(id);
    return now >= 0 ? now : Math.min(at, this.#ids.length - 1);
  }
}
