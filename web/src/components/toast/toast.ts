import { Disposables, type Disposable } from '../../base/disposables';
import { el } from '../../ui/dom';
import { closeIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { button } from '../button/button';
import styles from './toast.module.css';

const c = mustClass(styles);
const SHOWN_MS = 7_000;

/** A line about what just happened, with a way back where there is one. */
export interface Toast {
  text: string;
  danger?: boolean;
  /** There is much to read: it stays until it is dismissed. */
  stays?: boolean;
  action?: { label: string; run: () => void };
}

/** The corner where toasts appear. They are read out, never take the focus, and wait while pointed at or focused. */
export class Toasts implements Disposable {
  readonly root = el('div', { class: c('stack'), role: 'status', 'aria-live': 'polite' });
  #owned = new Disposables();

  show(toast: Toast): void {
    const own = this.#owned.add(new Disposables());
    const close = button({ label: 'Dismiss', icon: closeIcon, kind: 'plain', small: true, bare: true });
    const action = toast.action && button({ label: toast.action.label, kind: 'quiet', small: true });
    const box = el('div', { class: c('toast', toast.danger && 'danger') }, el('span', {}, toast.text), action ?? null, close);
    const remove = () => this.#owned.drop(own);
    if (!toast.stays) removeInTime(own, box, remove);
    own.listen(close, 'click', remove);
    if (action) own.listen(action, 'click', () => {
      remove();
      toast.action?.run();
    });
    own.defer(() => box.remove());
    this.root.append(box);
  }

  dispose(): void {
    this.#owned.dispose();
    this.root.remove();
  }
}

/** Not while it is pointed at or has the focus. */
function removeInTime(own: Disposables, box: HTMLElement, remove: () => void): void {
  let timer = own.after(SHOWN_MS, remove);
  const wait = () => own.drop(timer);
  const goOn = () => {
    own.drop(timer);
    timer = own.after(SHOWN_MS / 2, remove);
  };
  own.listen(box, 'pointerenter', wait);
  own.listen(box, 'focusin', wait);
  own.listen(box, 'pointerleave', goOn);
  own.listen(box, 'focusout', goOn);
}
