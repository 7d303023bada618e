import type { Standing } from '../../api/platform';
import { Disposables } from '../../base/disposables';
import { button } from '../../components/button/button';
import { emptyState, loadingState } from '../../components/empty/empty';
import { clockText } from '../../components/time-text/time-text';
import { el, fill, setText, type Child } from '../../ui/dom';
import { alertIcon, checkIcon, closeIcon, icon, offlineIcon, type Icon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import styles from './platform.module.css';
import type { Poll } from './poll';
import { STANDINGS } from './words';

export const c = mustClass(styles);

/** A part of the page under a heading. */
export function section(title: string, ...children: Child[]): HTMLElement {
  return el('section', { class: c('card'), 'aria-label': title }, el('h2', { class: c('heading') }, title), ...children);
}

const SIGNS: Record<Standing, Icon> = { well: checkIcon, attention: alertIcon, down: closeIcon };

/** How something does: a sign and a word, so that nobody needs the colour. */
export function standingMark(standing: Standing): HTMLElement {
  return el('span', { class: c('mark', standing) }, icon(SIGNS[standing]), STANDINGS[standing]);
}

/** A figure that changes where it stands. */
export function tile(name: string): { root: HTMLElement; body: HTMLElement; set(value: string, more?: string): void } {
  const value = el('dd', { class: c('value') });
  const more = el('dd', { class: c('soft') });
  const body = el('dd', { class: c('extra') });
  return {
    root: el('div', { class: c('tile') }, el('dt', { class: c('soft') }, name), value, more, body), body,
    set(text, rest = '') {
      setText(value, text);
      setText(more, rest);
    },
  };
}

/** Lines by their keys: those that stay keep their place in the document, and the focus that is in them. */
export class KeyedList<T> {
  #lines = new Map<string, { root: HTMLElement; update: (value: T) => void }>();

  constructor(private readonly root: HTMLElement, private readonly keyOf: (value: T) => string, private readonly make: (value: T) => { root: HTMLElement; update: (value: T) => void }) {}

  show(values: readonly T[]): void {
    const kept = new Set(values.map(this.keyOf));
    for (const [key, line] of this.#lines) {
      if (kept.has(key)) continue;
      line.root.remove();
      this.#lines.delete(key);
    }
    values.forEach((value, index) => {
      const key = this.keyOf(value);
      let line = this.#lines.get(key);
      if (!line) this.#lines.set(key, (line = this.make(value)));
      line.update(value);
      // What is moved loses the focus: only what is not where it belongs is.
      if (this.root.children[index] !== line.root) this.root.insertBefore(line.root, this.root.children[index] ?? null);
    });
  }
}

/** From when the page's figures are, and a warning when they are old. */
export function freshness<T>(owned: Disposables, poll: Poll<T>, what: string): HTMLElement {
  const said = el('span', {});
  const warning = el('p', { class: c('old'), role: 'status' });
  const again = button({ label: 'Refresh now', kind: 'plain', small: true });
  const root = el('div', { class: c('fresh') }, said, again, warning);
  const draw = () => {
    const { at, error } = poll.known;
    setText(said, at === 0 ? '' : `As of ${clockText(new Date(at).toISOString())}:${String(new Date(at).getSeconds()).padStart(2, '0')}`);
    const why = !navigator.onLine || error?.code === 'OFFLINE' ? 'No connection to the server.' : error ? error.message : poll.stale ? 'The server takes long to answer.' : '';
    // Before anything is known, what is in the place of the figures says it.
    const text = why === '' || at === 0 ? '' : `${why} ${what} are as they were at ${clockText(new Date(at).toISOString())}; they are asked for again and again.`;
    setText(warning, text);
    root.classList.toggle(c('isOld'), text !== '');
  };
  owned.add(poll.changed.on(draw));
  owned.listen(window, 'offline', draw);
  owned.every(1_000, draw);
  owned.listen(again, 'click', () => void poll.refresh());
  return root;
}

/** Draws what a poll knows: that it loads, that it could not be loaded, and then what `draw` keeps up to date. */
export function polled<T>(owned: Disposables, poll: Poll<T>, label: string, draw: (box: HTMLElement) => (value: T) => void): HTMLElement {
  const box = el('div', { class: c('content') }, loadingState(label, 4));
  const again = button({ label: 'Try again', kind: 'primary' });
  owned.listen(again, 'click', () => void poll.refresh());
  let update: ((value: T) => void) | undefined;
  owned.add(poll.changed.on(({ value, error }) => {
    // The session is over, or its person operates the platform no more: the page begins anew, or leads to where they belong.
    if (error?.code === 'AUTH_REQUIRED' || error?.code === 'FORBIDDEN') return location.reload();
    if (value !== undefined) {
      if (!update) {
        fill(box);
        update = draw(box);
      }
      update(value);
    } else if (error) {
      fill(box, emptyState({ icon: offlineIcon, title: 'This cannot be shown', text: error.message, action: again }));
    }
  }));
  owned.add(poll);
  void poll.refresh();
  return box;
}
