import type { Disposable } from '../base/disposables';
import { Emitter } from '../base/emitter';
import type { EphInFrame, EphOutFrame, Party, Signal } from './protocol.gen';
import type { World } from './world';

/** At most this often is typing told again. */
const TELL_MS = 4_000;
/** Without news for so long, somebody has stopped typing. */
const FORGET_MS = 8_000;

/** What a list shows of who is typing, and what a composer tells of it. */
export type TypingPart = Pick<Typing, 'who' | 'changed' | 'touch' | 'stop' | 'sent'>;

/** Who is typing in one topic, and telling the others that we are. Never stored; any of it may be lost. */
export class Typing implements Disposable {
  readonly changed = new Emitter<undefined>();
  #topic: string;
  #world: World;
  #send: (frame: EphOutFrame) => boolean;
  #signal: Signal;
  #others = new Map<Party, Disposable>();
  #toldAt = -Infinity;

  /** `signal` says what is written, when it is not a message. */
  constructor(topic: string, world: World, send: (frame: EphOutFrame) => boolean, signal: Signal = 'typing') {
    this.#topic = topic;
    this.#world = world;
    this.#send = send;
    this.#signal = signal;
  }

  /** Who is typing now. */
  get who(): Party[] {
    return [...this.#others.keys()];
  }

  /** A key was pressed in the composer. */
  touch(): void {
    const now = this.#world.now();
    if (now - this.#toldAt < TELL_MS) return;
    this.#toldAt = now;
    this.#tell(true);
  }

  /** A message was sent: it tells by itself that we stopped, which saves a frame (visitors have few). */
  sent(): void {
    this.#toldAt = -Infinity;
  }

  /** The composer was emptied. */
  stop(): void {
    if (this.#toldAt === -Infinity) return;
    this.#toldAt = -Infinity;
    this.#tell(false);
  }

  receive(frame: EphInFrame): void {
    if (frame.type !== this.#signal) return;
    const on = (frame.body as { on?: unknown } | null)?.on !== false;
    if (on) this.#heard(frame.by);
    else this.arrived(frame.by);
  }

  /** Somebody's message arrived, or they stopped: they are not typing it any more. */
  arrived(who: Party): void {
    this.#others.get(who)?.dispose();
    if (this.#others.delete(who)) this.changed.emit(undefined);
  }

  dispose(): void {
    for (const timer of this.#others.values()) timer.dispose();
    this.#others.clear();
  }

  #tell(on: boolean): void {
    this.#send({ t: 'eph', topic: this.#topic, type: this.#signal, body: { on } });
  }

  #heard(who: Party): void {
    const known = this.#others.get(who);
    known?.dispose();
    this.#others.set(who, this.#world.after(FORGET_MS, () => this.arrived(who)));
    if (!known) this.changed.emit(undefined);
  }
}
