import { Disposables, type Disposable } from '../../base/disposables';
import { button } from '../../components/button/button';
import { field, mayBeEmail } from '../../components/field/field';
import type { CommandRefused } from '../../live/queue';
import { el } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import { heard, say } from '../../words/say';
import type { Chat } from './chat';
import styles from './frame.module.css';

const c = mustClass(styles);

/** Asks, when nobody is there, how somebody can be reached. Leaving it empty is fine: the answer also waits here. */
export class ContactCard implements Disposable {
  readonly root: HTMLFormElement;
  #owned = new Disposables();
  #chat: Chat;
  #closed: () => void;
  #tell: (text: string | null) => void;

  /** It is put above the composer; `closed` once an address was left, or was not wanted. */
  constructor(chat: Chat, closed: () => void, tell: (text: string | null) => void) {
    [this.#chat, this.#closed, this.#tell] = [chat, closed, tell];
    const email = field({ label: say('reach.email'), name: 'email' }, { type: 'email', autocomplete: 'email', maxlength: 254 });
    const later = button({ label: say('reach.no'), kind: 'plain', small: true });
    this.root = el(
      'form', { class: c('card'), novalidate: true, 'aria-label': say('reach.title') },
      el('p', {}, say('reach.kept')),
      el('div', { class: c('pair') }, email.root, button({ label: say('save'), kind: 'primary' }, { type: 'submit' })),
      later,
    );
    this.#owned.listen(later, 'click', () => this.#close());
    this.#owned.listen(this.root, 'submit', (event) => {
      event.preventDefault();
      const address = email.input.value.trim();
      const plausible = mayBeEmail(address);
      email.setProblem(plausible ? null : say('email.wrong'));
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
      const { message, code } = error as CommandRefused;
      return this.#tell(heard(message, code));
    }
    this.#close();
    this.#tell(null);
  }

  #close(): void {
    this.dispose();
    this.#chat.ticket.contact = true;
    this.#closed();
    this.#chat.focus();
  }
}
