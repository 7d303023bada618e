import type { Disposable } from '../base/disposables';
import { Emitter } from '../base/emitter';
import type { EphInFrame, EphOutFrame, Party } from './protocol.gen';
import type { World } from './world';

/** Who skims through conversations looks at none of them: only who stays so long tells. */
const SETTLE_MS = 300;
/** So often looking is told again. */
const TELL_MS = 15_000;
/** Without news for so long, somebody looks no more. */
const FORGET_MS = 40_000;
/** A newcomer learns of us within so long, of each at another moment; and nobody tells more often than once in `APART_MS`. */
const ANSWER_MS = 600;
const APART_MS = 1_000;

/** Who of the staff has one conversation open, and telling the others that we have. Never stored; any of it may be lost. */
export class Looking implements Disposable {
  readonly changed = new Emitter<undefined>();
  #topic: string;
  #me: Party;
  #world: World;
  #send: (frame: EphOutFrame) => boolean;
  #others = new Map<Party, Disposable>();
  #here = false;
  #toldAt = -Infinity;
  /** Whether the next telling is the first since it was opened. */
  #opened = false;
  #next: { at: number; timer: Disposable } | undefined;

  constructor(topic: string, me: Party, world: World, send: (frame: EphOutFrame) => boolean) {
    this.#topic = topic;
    this.#me = me;
    this.#world = world;
    this.#send = send;
  }

  /** Who else is looking now, who came first before the others. */
  get who(): Party[] {
    return [...this.#others.keys()];
  }

  /** The conversation came before our eyes, or went. */
  show(here: boolean): void {
    if (here === this.#here) return;
    this.#here = here;
    if (here) return this.#open(SETTLE_MS);
    this.#next?.timer.dispose();
    this.#next = undefined;
    if (this.#toldAt !== -Infinity) this.#tell(false);
    this.#toldAt = -Infinity;
  }

  /** The socket is back: the others may have forgotten us. */
  connected(): void {
    if (this.#here) this.#open(0);
  }

  receive(frame: EphInFrame): void {
    if (frame.type !== 'looking') return;
    const { on, opened } = { ...(frame.body as { on?: unknown; opened?: unknown } | null) };
    const mine = frame.by === this.#me;
    // When another tab of ours has gone, the others think that we have.
    if (this.#here && (mine ? on === false : opened === true)) this.#answer();
    if (mine) return;
    if (on === false) this.#forget(frame.by);
    else this.#heard(frame.by);
  }

  dispose(): void {
    this.show(false);
    for (const timer of this.#others.values()) timer.dispose();
    this.#others.clear();
  }

  #heard(who: Party): void {
    const known = this.#others.get(who);
    known?.dispose();
    this.#others.set(who, this.#world.after(FORGET_MS, () => this.#forget(who)));
    if (!known) this.changed.emit(undefined);
  }

  #forget(who: Party): void {
    this.#others.get(who)?.dispose();
    if (this.#others.delete(who)) this.changed.emit(undefined);
  }

  #open(ms: number): void {
    this.#opened = true;
    this.#tellWithin(ms);
  }

  /** Tells soon, so that a newcomer need not wait for the next time. */
  #answer(): void {
    const apart = this.#toldAt + APART_MS - this.#world.now();
    this.#tellWithin(Math.max(apart, this.#world.random() * ANSWER_MS));
  }

  #tellWithin(ms: number): void {
    const at = this.#world.now() + ms;
    if (this.#next && this.#next.at <= at) return;
    this.#next?.timer.dispose();
    const timer = this.#world.after(ms, () => {
      this.#next = undefined;
      this.#toldAt = this.#world.now();
      this.#tell(true);
      this.#tellWithin(TELL_MS);
    });
    this.#next = { at, timer };
  }

  #tell(on: boolean): void {
    const body = on && this.#opened ? { on, opened: true } : { on };
    this.#opened = false;
    this.#send({ t: 'eph', topic: this.#topic, type: 'looking', body });
  }
}
