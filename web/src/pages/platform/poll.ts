import { ApiError } from '../../api/http';
import { Disposables, type Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';

/** What is known, from when it is, and what stands in the way of knowing it better. */
export interface Known<T> {
  value: T | undefined;
  /** When it was asked for, in milliseconds since 1970; 0: never. */
  at: number;
  error: ApiError | undefined;
}

/** What is asked in vain is asked again no sooner. */
const PATIENCE = 3;

/**
 * Asks again and again while the page is looked at. Hidden it asks nothing; looked at again, or with the network back, at once when
 * what is known is too old. Of two answers under way the later counts.
 */
export class Poll<T> implements Disposable {
  /** Heard whenever something is known better, or is not. */
  readonly changed = new Emitter<Known<T>>();
  #ask: (signal: AbortSignal) => Promise<T>;
  #every: (value: T | undefined) => number;
  #known: Known<T> = { value: undefined, at: 0, error: undefined };
  #asking: AbortController | undefined;
  #next: Disposable | undefined;
  #owned = new Disposables();

  constructor(ask: (signal: AbortSignal) => Promise<T>, every: (value: T | undefined) => number) {
    this.#ask = ask;
    this.#every = every;
    this.#owned.listen(document, 'visibilitychange', () => this.#looked());
    this.#owned.listen(window, 'online', () => void this.refresh());
  }

  get known(): Known<T> {
    return this.#known;
  }

  /** Whether what is known is older than it should be by now. */
  get stale(): boolean {
    return Date.now() - this.#known.at > PATIENCE * this.#every(this.#known.value);
  }

  /** Asks now, whatever is under way. */
  async refresh(): Promise<void> {
    this.#owned.drop(this.#next);
    this.#asking?.abort();
    const mine = (this.#asking = new AbortController());
    const at = Date.now();
    try {
      const value = await this.#ask(mine.signal);
      if (!mine.signal.aborted) this.#tell({ value, at, error: undefined });
    } catch (error) {
      if (mine.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      this.#tell({ ...this.#known, error });
    }
  }

  dispose(): void {
    this.#asking?.abort();
    this.#owned.dispose();
  }

  #tell(known: Known<T>): void {
    this.#known = known;
    this.#asking = undefined;
    this.#wait();
    this.changed.emit(known);
  }

  #wait(): void {
    this.#owned.drop(this.#next);
    if (document.visibilityState === 'hidden') return;
    const { error, value } = this.#known;
    const wait = Math.max(this.#every(value), (error?.retryAfter ?? 0) * 1_000);
    this.#next = this.#owned.after(wait, () => void this.refresh());
  }

  #looked(): void {
    if (document.visibilityState === 'hidden') {
      this.#owned.drop(this.#next);
    } else if (!this.#asking) {
      if (Date.now() - this.#known.at >= this.#every(this.#known.value)) void this.refresh();
      else this.#wait();
    }
  }
}
