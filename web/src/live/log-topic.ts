import type { Follower } from './client';
import type { ErrFrame, EvFrame, ServerFrame, SubFrame } from './protocol.gen';
import type { Typing } from './typing';

/** What a log is applied to. */
export interface LogTarget {
  /** The state as of a snapshot. */
  reset(state: unknown, seq: number): void;
  /** The next entry, without a hole. */
  apply(entry: EvFrame): void;
  /** Everything up to the server's head has arrived. */
  caughtUp(): void;
  /** The server does not let us read this topic. */
  refused(error: ErrFrame): void;
}

/**
 * Follows one entity's log: drops what was seen, notices a hole and asks for what is missing, takes a snapshot when
 * the gap cannot be filled. What it passes on is the log in order, once.
 */
export class LogTopic implements Follower {
  readonly topic: string;
  /** Who types there, where somebody does. */
  readonly typing: Typing | undefined;
  #target: LogTarget;
  #ask: (frame: SubFrame) => void;
  #epoch: number | undefined;
  #seq = 0;
  #filling = false;

  constructor(topic: string, target: LogTarget, ask: (frame: SubFrame) => void, typing?: Typing) {
    this.topic = topic;
    this.#target = target;
    this.#ask = ask;
    this.typing = typing;
  }

  /** The last entry that has arrived without a hole. */
  get seq(): number {
    return this.#seq;
  }

  /** Whether an answer to [`follow`] is still to come. */
  get waiting(): boolean {
    return this.#filling;
  }

  /** Asks for everything after what is here, or for a snapshot. Also after every reconnect. */
  follow(): void {
    this.#filling = true;
    this.#ask(
      this.#epoch === undefined
        ? { t: 'sub', topic: this.topic }
        : { t: 'sub', topic: this.topic, after: this.#seq, epoch: this.#epoch },
    );
  }

  receive(frame: ServerFrame): void {
    switch (frame.t) {
      case 'snap': {
        this.#filling = false;
        // An older snapshot of the same log would take back what is already here.
        if (frame.epoch !== this.#epoch || frame.seq > this.#seq) {
          this.#epoch = frame.epoch;
          this.#seq = frame.seq;
          this.#target.reset(frame.state, frame.seq);
        }
        this.#target.caughtUp();
        return;
      }
      case 'ev': return this.#entry(frame);
      case 'live': {
        this.#filling = false;
        if (frame.epoch !== this.#epoch || frame.seq > this.#seq) this.follow();
        else this.#target.caughtUp();
        return;
      }
      case 'resync': {
        this.#epoch = undefined;
        this.#filling = true;
        return;
      }
      case 'err': return this.#target.refused(frame);
      default:
    }
  }

  #entry(frame: EvFrame): void {
    if (this.#epoch === undefined || frame.seq <= this.#seq) return;
    if (frame.seq > this.#seq + 1) {
      // What is above the hole is dropped: the answer brings it again, in order.
      if (!this.#filling) this.follow();
      return;
    }
    this.#seq = frame.seq;
    this.#target.apply(frame);
  }
}
