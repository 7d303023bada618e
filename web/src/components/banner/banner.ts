import { Disposables, type Disposable } from '../../base/disposables';
import type { Connection, LiveStatus } from '../../live/connection';
import { el, fill } from '../../ui/dom';
import { icon, checkIcon, offlineIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { say } from '../../words/say';
import styles from './banner.module.css';

const c = mustClass(styles);

/** A reconnect that is quicker than this is nobody's concern. */
const PATIENCE_MS = 1_500;
const BACK_MS = 2_500;

/** Says that the connection is away and what happens next: nothing is lost, and when it is tried again. */
export class ConnectionBanner implements Disposable {
  readonly root = el('div', { class: c('banner'), role: 'status', hidden: true });
  #connection: Connection;
  #owned = new Disposables();
  #pending: Disposable | undefined;
  #ticking: Disposable | undefined;
  #told = false;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#owned.add(connection.status.on((status) => this.#changed(status)));
    this.#owned.listen(this.root, 'click', (event) => {
      if ((event.target as Element).closest('button')) connection.restart();
    });
    this.#changed(connection.current);
  }

  dispose(): void {
    this.#owned.dispose();
    this.root.remove();
  }

  #changed(status: LiveStatus): void {
    this.#owned.drop(this.#ticking);
    if (status.kind === 'online') {
      this.#owned.drop(this.#pending);
      this.#pending = undefined;
      if (this.#told) this.#sayBack();
    } else if (status.kind === 'offline' || this.#told) {
      this.#draw();
    } else {
      this.#pending ??= this.#owned.after(PATIENCE_MS, () => this.#draw());
    }
  }

  #draw(): void {
    const status = this.#connection.current;
    if (status.kind === 'online') return;
    this.#told = true;
    const seconds = status.kind === 'waiting' ? Math.max(1, Math.ceil((status.until - Date.now()) / 1000)) : 0;
    const again = status.kind === 'waiting' ? el('button', { type: 'button', class: c('again') }, say('line.now')) : null;
    this.root.classList.remove(c('back'));
    this.root.hidden = false;
    fill(this.root, icon(offlineIcon), el('span', {}, textOf(status)), again);
    // The countdown is for the eyes: the live region says the sentence once.
    if (status.kind === 'waiting') {
      this.root.append(el('span', { 'aria-hidden': 'true' }, say('line.seconds', { n: seconds })));
      this.#ticking = this.#owned.after(1_000, () => this.#draw());
    }
  }

  #sayBack(): void {
    this.#told = false;
    this.root.classList.add(c('back'));
    fill(this.root, icon(checkIcon), el('span', {}, say('line.back')));
    this.#ticking = this.#owned.after(BACK_MS, () => (this.root.hidden = true));
  }
}

function textOf(status: LiveStatus): string {
  switch (status.kind) {
    case 'offline': return say('line.offline');
    case 'connecting': return say('line.connecting');
    case 'waiting': return say('line.waiting');
    case 'signed_out': return say('line.signed_out');
    case 'ended': return say('line.ended');
    case 'online': return '';
  }
}
