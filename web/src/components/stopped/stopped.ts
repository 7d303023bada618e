import { Disposables, type Disposable } from '../../base/disposables';
import type { LiveConversation } from '../../live/live-conversation';
import { bringStyle } from '../../ui/bring-style';
import { el, setText } from '../../ui/dom';
import { say } from '../../words/say';
import css from './stopped.css?inline';

/** As long as a visitor is blocked, it is said above the composer, and nothing leaves it. What is in it stays. */
export class StoppedNote implements Disposable {
  #composer: HTMLElement;
  #live: Pick<LiveConversation, 'store'>;
  #owned = new Disposables();
  /** Empty as long as there is nothing to say: what appears in it is read out. */
  #note = el('div', { role: 'status' });

  constructor(composer: HTMLElement, live: Pick<LiveConversation, 'store'>) {
    bringStyle(css);
    this.#composer = composer;
    this.#live = live;
    composer.before(this.#note);
    this.#owned.listen(composer, 'submit', (event) => this.#hold(event), { capture: true });
    this.#owned.listen(composer, 'keydown', (event) => ['Enter', 'ArrowUp'].includes((event as KeyboardEvent).key) && this.#hold(event), { capture: true });
    this.#owned.add(live.store.changed.on(() => this.#draw()));
    this.#draw();
  }

  dispose(): void {
    this.#owned.dispose();
    this.#note.remove();
  }

  /** A conversation that was handed over is a client's: nobody is blocked in it. */
  get #stopped(): boolean {
    const state = this.#live.store.state;
    return state !== undefined && state.writing_stopped && state.account === null;
  }

  #draw(): void {
    const stopped = this.#stopped;
    const input = this.#composer.querySelector('textarea');
    if (input) input.readOnly = stopped;
    this.#composer.classList.toggle('st-quiet', stopped);
    this.#note.classList.toggle('st-note', stopped);
    // No reason, and that nothing is lost.
    setText(this.#note, stopped ? say('stopped') : '');
  }

  #hold(event: Event): void {
    if (!this.#stopped) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}
