import type { InboxItem } from '../../live/protocol.gen';
import { el } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import styles from './inbox-list.module.css';
import { drawRow, makeRow, type RowLook } from './row';

const c = mustClass(styles);

/** The lines of the list. A line that stays keeps its element and the focus, wherever in the list it goes. */
export class Rows {
  readonly root = el('ul', { class: c('list'), hidden: true });
  #elements = new Map<string, HTMLElement>();

  /** Draws these and no others, in this order. */
  draw(shown: readonly InboxItem[], look: (item: InboxItem) => RowLook): void {
    const held = this.#focused();
    this.#removeOthers(new Set(shown.map(({ id }) => id)));
    let next: Element | null = this.root.firstElementChild;
    for (const item of shown) {
      let element = this.#elements.get(item.id);
      if (!element) {
        element = makeRow(item.id);
        this.#elements.set(item.id, element);
      }
      drawRow(element, look(item));
      if (element === next) next = element.nextElementSibling;
      else this.root.insertBefore(element, next);
    }
    this.root.hidden = shown.length === 0;
    if (held && !this.root.contains(document.activeElement)) this.#focusAgain(held);
  }

  /** Puts the focus on the line of a conversation, or the first. */
  focus(id: string | undefined): void {
    const row = this.#elements.get(id ?? '') ?? this.root.firstElementChild;
    row?.querySelector('a')?.focus();
  }

  /** Whose line something is in. */
  idOf(inside: Element | null): string | undefined {
    return inside?.closest<HTMLElement>('[data-row]')?.dataset['row'];
  }

  #removeOthers(keep: ReadonlySet<string>): void {
    for (const [id, element] of this.#elements) {
      if (keep.has(id)) continue;
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
