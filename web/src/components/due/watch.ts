import type { Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import type { InboxItem } from '../../live/protocol.gen';
import { changesAt, urgencyOf } from './due';

/** A timer cannot be set for later than this. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Watches the clock over conversations. Tells when one stands differently than before, and which answers have become due soon
 * while it watched: what was so before, somebody has seen in the list.
 */
export class DueWatch implements Disposable {
  readonly changed = new Emitter<undefined>();
  /** An answer has become due soon. */
  readonly soon = new Emitter<InboxItem>();
  #items: readonly InboxItem[] = [];
  /** Answers that were not due soon when they were last looked at, by conversation: until when they were due. */
  #calm = new Map<string, string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** These are watched from now on, in place of those before. */
  watch(items: readonly InboxItem[]): void {
    this.#items = items;
    this.#look();
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    const now = this.#now();
    const calm = new Map<string, string>();
    let next = Infinity;
    for (const item of this.#items) {
      // Most have nothing, and this runs whenever the list is drawn.
      if (!item.answer_due && !item.resolution_due) continue;
      next = Math.min(next, changesAt(item, now));
      if (!item.answer_due) continue;
      const urgency = urgencyOf(item.answer_due, now);
      if (urgency === undefined) calm.set(item.id, item.answer_due.at);
      else if (urgency === 'soon' && this.#calm.get(item.id) === item.answer_due.at) this.soon.emit(item);
    }
    this.#calm = calm;
    clearTimeout(this.#timer);
    if (next === Infinity) return;
    // A moment later: what is due at this moment is so then.
    this.#timer = setTimeout(() => {
      this.#look();
      this.changed.emit(undefined);
    }, Math.min(LONGEST_MS, next - now + 20));
  }
}
