import { Disposables, type Disposable } from '../../base/disposables';
import { remember, remembered } from '../../base/remembered';
import { chime } from '../../components/chime/chime';
import { claimed } from '../../components/chime/claimed';
import type { ConversationStore } from '../../live/conversation-store';
import { el, fill } from '../../ui/dom';
import { bellIcon, bellOffIcon, icon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { say } from '../../words/say';
import styles from './frame.module.css';

const c = mustClass(styles);
const MUTED = 'brigade.chat.muted';
const LAST = 'brigade.chat.heard';
/** A page that is looked at says first that it was seen there. */
const LET_SEE_MS = 400;

/** What the sound does; tests bring their own. */
export interface Ears { sound: () => void; looks: () => boolean }

/** An answer is heard while nobody looks at the chat: once for all windows of the browser, until the visitor mutes it. */
export class Sound implements Disposable {
  readonly button = el('button', { type: 'button', class: c('tool') });
  #owned = new Disposables();
  #store: ConversationStore;
  #ears: Ears;
  #muted = remembered(MUTED) !== null;

  constructor(store: ConversationStore, looks: () => boolean, ears: Partial<Ears> = {}) {
    this.#store = store;
    this.#ears = { sound: chime, looks, ...ears };
    this.#owned.add(store.changed.on((change) => change.kind === 'added' && this.#added(change.seq)));
    this.#owned.listen(this.button, 'click', () => this.#mute(!this.#muted));
    // Another window of this browser.
    this.#owned.listen(window, 'storage', (event) => {
      if ((event as StorageEvent).key === MUTED) this.#draw((event as StorageEvent).newValue !== null);
    });
    this.#draw(this.#muted);
  }

  dispose(): void {
    this.#owned.dispose();
    this.button.remove();
  }

  /** Turned on, it is heard once, so that one knows it. */
  #mute(muted: boolean): void {
    remember(MUTED, muted ? 'on' : null);
    if (!muted) this.#ears.sound();
    this.#draw(muted);
  }

  #draw(muted: boolean): void {
    this.#muted = muted;
    const says = muted ? say('chat.unmute') : say('chat.mute');
    this.button.setAttribute('aria-label', says);
    this.button.title = says;
    fill(this.button, icon(muted ? bellOffIcon : bellIcon));
  }

  #added(seq: number): void {
    const message = this.#store.message(seq);
    if (!message || message.by === this.#store.me) return;
    if (this.#ears.looks()) void claimed(LAST, message.at);
    else this.#owned.after(LET_SEE_MS, () => void this.#hear(message.at));
  }

  async #hear(at: string): Promise<void> {
    if (!this.#muted && (await claimed(LAST, at))) this.#ears.sound();
  }
}
