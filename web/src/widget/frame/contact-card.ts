import { Disposables, type Disposable } from '../../base/disposables';
import { button } from '../../components/button/button';
import { field } from '../../components/field/field';
import { el } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import type { Chat } from './chat';
import styles from './frame.module.css';

const c = mustClass(styles);

/** Asks, when nobody is there, how somebody can be reached. Leaving it empty is fine: the answer also waits here. */
export class ContactCard implements Disposable {
  readonly root: HTMLFormElement;
  #owned = new Disposables();
  #chat: Chat;
  #closed: () => void;
  #say: (text: string | null) => void;

  /** It is put above the composer; `closed` once an address was left, or was not wanted. */
  constructor(chat: Chat, closed: () => void, say: (text: string | null) => void) {
    [this.#chat, this.#closed, this.#say] = [chat, closed, say];
    const email = field({ label: 'Your e-mail, if you want the answer there too', name: 'email' }, { type: 'email', autocomplete: 'email', maxlength: 254 });
    const later = button({ label: 'No, thank you', kind: 'plain', small: true });
    this.root = el(
      'form', { class: c('card'), novalidate: true, 'aria-label': 'How to reach you' },
      el('p', {}, 'Your message is kept. We answer here, and you can come back with this browser at any time.'),
      el('div', { class: c('pair') }, email.root, button({ label: 'Save', kind: 'primary' }, { type: 'submit' })),
      later,
    );
    this.#owned.listen(later, 'click', () => this.#close());
    this.#owned.listen(this.root, 'submit', (event) => {
      event.preventDefault();
      const address = email.input.value.trim();
      const plausible = /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address);
      email.setProblem(plausible ? null : 'This does not look like an e-mail address. It has an @ and a dot after it.');
      if (plausible) void this.#leave(address);
      else email.input.focus();
    });
    chat.place(this.root);
  }

  dispose(): void {
    this.#owned.dispose();
    this.root.remove();
  }

  async #leave(email: string): Promise<void> {
    try {
      await this.#chat.leaveContact(email);
    } catch (error) {
      return this.#say((error as Error).message);
    }
    this.#close();
    this.#say(null);
  }

  #close(): void {
    this.dispose();
    this.#chat.ticket.contact = true;
    this.#closed();
    this.#chat.focus();
  }
}
