import { Emitter } from '../base/emitter';
import type { Follower } from './client';
import type { ErrFrame, ListState, ServerFrame, SubFrame } from './protocol.gen';

/**
 * A list topic: the latest of each key. `T` is what the list's bodies are. `client.follow(list)` fills it.
 */
export class ListTopic<T> implements Follower {
  readonly topic: string;
  /** A key changed, or everything did (`null`). */
  readonly changed = new Emitter<string | null>();
  readonly refusals = new Emitter<ErrFrame>();

  #ask: (frame: SubFrame) => void;
  #items = new Map<string, { rev: number; body: T }>();
  /** Revisions of what is gone, so that a late frame does not bring it back. */
  #gone = new Map<string, number>();
  #loaded = false;
  #waiting = false;

  constructor(topic: string, ask: (frame: SubFrame) => void) {
    this.topic = topic;
    this.#ask = ask;
  }

  /** Whether a first snapshot has arrived. */
  get loaded(): boolean {
    return this.#loaded;
  }

  get(key: string): T | undefined {
    return this.#items.get(key)?.body;
  }

  values(): T[] {
    return [...this.#items.values()].map((item) => item.body);
  }

  /** Whether an answer to [`follow`] is still to come. */
  get waiting(): boolean {
    return this.#waiting;
  }

  follow(): void {
    this.#waiting = true;
    this.#ask({ t: 'sub', topic: this.topic });
  }

  receive(frame: ServerFrame): void {
    if (frame.t === 'snap') this.#reset(frame.state as ListState);
    else if (frame.t === 'st') this.#put(frame.key, frame.rev, frame.body as T | null);
    else if (frame.t === 'err') this.refusals.emit(frame);
  }

  #reset(state: ListState): void {
    const before = this.#items;
    this.#items = new Map();
    for (const { key, rev, body } of state.items) {
      const had = before.get(key);
      this.#items.set(key, had && had.rev > rev ? had : { rev, body: body as T });
    }
    this.#gone.clear();
    this.#loaded = true;
    this.#waiting = false;
    this.changed.emit(null);
  }

  #put(key: string, rev: number, body: T | null): void {
    const known = this.#items.get(key)?.rev ?? this.#gone.get(key) ?? -1;
    if (rev <= known) return;
    if (body === null) {
      this.#items.delete(key);
      this.#gone.set(key, rev);
    } else {
      this.#items.set(key, { rev, body });
      this.#gone.delete(key);
    }
    this.changed.emit(key);
  }
}
