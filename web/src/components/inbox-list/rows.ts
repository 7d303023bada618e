import type { Disposable } from '../../base/disposables';
import type { InboxItem } from '../../live/protocol.gen';
import { el } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import styles from './inbox-list.module.css';
import { drawRow, makeRow, type RowLook } from './row';

const c = mustClass(styles);

/** So many lines fill a phone. */
export const SCREEN = 12;
/** So many lines are drawn wherever they are; of those below, the ones that come near. */
const ALWAYS = 100;
/** How near: about two screens. */
export const NEAR = '1500px 0px';

/** The lines of the list. A line that stays keeps its element and the focus, wherever in the list it goes. */
export class Rows implements Disposable {
  readonly root = el('ul', { class: c('list'), hidden: true });
  #elements = new Map<string, HTMLElement>();
  /** How each line would be drawn now. */
  #looks = new Map<string, () => RowLook>();
  #near = new Set<Element>();
  #watch: IntersectionObserver;

  /** In what it is scrolled. */
  constructor(scroller: HTMLElement | null = null) {
    this.#watch = new IntersectionObserver((seen) => seen.forEach((each) => this.#came(each)), { root: scroller, rootMargin: NEAR });
  }

  /** Draws these and no others, in this order. */
  draw(shown: readonly InboxItem[], look: (item: InboxItem) => RowLook): void {
    const held = this.#focused();
    this.#looks = new Map(shown.map((item) => [item.id, () => look(item)]));
    this.#removeOthers();
    let next: Element | null = this.root.firstElementChild;
    for (const [index, { id }] of shown.entries()) {
      const element = this.#elements.get(id) ?? this.#make(id);
      if (index < ALWAYS || this.#near.has(element)) this.#drawn(element, id);
      element.classList.toggle(c('later'), index >= SCREEN);
      if (element === next) next = element.nextElementSibling;
      else this.root.insertBefore(element, next);
    }
    this.root.hidden = shown.length === 0;
    if (held && !this.root.contains(document.activeElement)) this.#focusAgain(held);
  }

  /** Puts the focus on the line of a conversation, or the first. */
  focus(id: string | undefined): void {
    const row = this.#elements.get(id ?? '') ?? this.root.firstElementChild;
    if (row) this.#drawn(row as HTMLElement, this.idOf(row)!);
    row?.querySelector('a')?.focus();
  }

  dispose(): void {
    this.#watch.disconnect();
  }

  /** Whose line something is in. */
  idOf(inside: Element | null): string | undefined {
    return inside?.closest<HTMLElement>('[data-row]')?.dataset['row'];
  }

  #make(id: string): HTMLElement {
    const element = makeRow(id);
    this.#elements.set(id, element);
    this.#watch.observe(element);
    return element;
  }

  #drawn(element: HTMLElement, id: string): void {
    const look = this.#looks.get(id);
    if (look) drawRow(element, look());
  }

  /** A line came near, or went. */
  #came({ target, isIntersecting }: IntersectionObserverEntry): void {
    if (!isIntersecting) {
      this.#near.delete(target);
      return;
    }
    this.#near.add(target);
    this.#drawn(target as HTMLElement, this.idOf(target)!);
  }

  #removeOthers(): void {
    for (const [id, element] of this.#elements) {
      if (this.#looks.has(id)) continue;
      this.#watch.unobserve(element);
      this.#near.delete(element);
      element.remove();
      this.#elements.delete(id);
    }
  }

  /** In which line the focus is, whether in its link or its box, and the place of the line. */
  #focused(): { id: string; in: 'a' | 'input'; at: number } | undefined {
    const id = this.root.contains(document.activeElement) ? this.idOf(document.activeElement) : undefined;
    if (id === undefined) return undefined;
    return { id, in: document.activeElement?.tagName === 'A' ? 'a' : 'input', at: [...this.root.children].indexOf(this.#elements.get(id)!) };
  }

  /** A line that was moved lost the focus and gets it again; one that is gone leaves it to the line in its place. */
  #focusAgain({ id, in: tag, at }: { id: string; in: 'a' | 'input'; at: number }): void {
    const row = this.#elements.get(id) ?? this.root.children[at] ?? this.root.lastElementChild;
    row?.querySelector<HTMLElement>(tag)?.focus({ preventScroll: true });
  }
}
