import { Disposables, type Disposable } from '../../base/disposables';
import type { LiveClient } from '../../live/client';
import { Looking } from '../../live/looking';
import type { Party } from '../../live/protocol.gen';
import { browserWorld, type World } from '../../live/world';
import { el, fill, setText } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import { avatar } from '../avatar/avatar';
import { lookingText } from './texts';
import styles from './together.module.css';

const c = mustClass(styles);
/** So many faces are shown; all names are in the text, or counted there. */
const FACES = 3;
/** Somebody who comes and goes is announced once in so long. */
const QUIET_MS = 60_000;

/** Who else of the staff has this conversation open; and tells them that we have, while the page is in view. */
export class Onlookers implements Disposable {
  readonly root = el('div');
  #owned = new Disposables();
  #looking: Looking;
  #nameOf: (who: Party) => string;
  #world: World;
  #shown = el('div', { class: c('looking'), hidden: true });
  #aloud = el('div', { class: 'visually-hidden', role: 'status' });
  #announced = new Map<Party, number>();

  constructor(client: LiveClient, topic: string, nameOf: (who: Party) => string, world: World = browserWorld()) {
    this.#nameOf = nameOf;
    this.#world = world;
    const { connection } = client;
    this.#looking = this.#owned.add(new Looking(topic, client.me, world, (frame) => connection.send(frame)));
    fill(this.root, this.#shown, this.#aloud);
    this.#owned.add(this.#looking.changed.on(() => this.#changed()));
    this.#owned.add(connection.frames.on((frame) => frame.t === 'eph' && frame.topic === topic && this.#looking.receive(frame)));
    this.#owned.add(connection.welcomed.on(() => this.#looking.connected()));
    this.#owned.listen(document, 'visibilitychange', () => this.#tell());
    this.#owned.listen(window, 'pagehide', () => this.#looking.show(false));
    this.#owned.listen(window, 'pageshow', () => this.#tell());
    this.#tell();
  }

  /** Names may be known now that were not before. */
  draw(): void {
    const names = this.#looking.who.map(this.#nameOf);
    const faces = names.slice(0, FACES).map((name) => avatar({ name }, 'small'));
    this.#shown.hidden = names.length === 0;
    fill(this.#shown, el('span', { class: c('faces') }, ...faces), el('span', { class: c('text') }, lookingText(names)));
  }

  dispose(): void {
    this.#owned.dispose();
    this.root.remove();
  }

  #tell(): void {
    this.#looking.show(document.visibilityState === 'visible');
  }

  #changed(): void {
    this.draw();
    const now = this.#world.now();
    const fresh = this.#looking.who.filter((who) => now - (this.#announced.get(who) ?? -Infinity) > QUIET_MS);
    for (const who of fresh) this.#announced.set(who, now);
    if (fresh.length > 0) setText(this.#aloud, lookingText(fresh.map(this.#nameOf)));
  }
}
