import { Disposables, type Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import { button } from '../../components/button/button';
import { field } from '../../components/field/field';
import { el } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import styles from './frame.module.css';

const c = mustClass(styles);

/** Asks, when nobody is there, how somebody can be reached. Leaving it empty is fine: the answer also waits here. */
export class ContactCard implements Disposable {
  readonly root: HTMLFormElement;
  readonly left = new Emitter<string>();
  readonly closed = new Emitter<undefined>();
  #owned = new Disposables();

  constructor() {
    const email = field({ label: 'Your e-mail, if you want the answer there too', name: 'email' }, { type: 'email', autocomplete: 'email', maxlength: 254 });
    const later = button({ label: 'No, thank you', kind: 'plain', small: true });
    this.root = el(
      'form', { class: c('card'), novalidate: true, 'aria-label': 'How to reach you' },
      el('p', {}, 'Your message is kept. We answer here, and you can come back with this browser at any time.'),
      el('div', { class: c('pair') }, email.root, button({ label: 'Save', kind: 'primary' }, { type: 'submit' })),
      later,
    );
    this.#owned.listen(later, 'click', () => this.closed.emit(undefined));
    this.#owned.listen(this.root, 'submit', (event) => {
      event.preventDefault();
      const address = email.input.value.trim();
      const plausible = /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address);
      email.setProblem(plausible ? null : 'This does not look like an e-mail address. It has an @ and a dot after it.');
      if (plausible) this.left.emit(address);
      else email.input.focus();
    });
  }

  dispose(): void {
    this.#owned.dispose();
    this.root.remove();
  }
}
