import { ApiError } from '../../api/http';
import { counts, type Counts } from '../../api/views';
import { Disposables, type Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import type { InboxItem } from '../../live/protocol.gen';
import type { Narrowing } from './criteria';

/** What the live list holds at most (docs/PROTOCOL.md): of more than that, only the server knows how many there are. */
const HELD = { open: 500, snoozed: 200 };
/** The server is asked at most so often. */
const PAUSE_MS = 5_000;

/** How many of each list are held here, by the list's key. */
type Numbers = ReadonlyMap<string, number>;

/**
 * How many conversations each list has. As long as the live list holds all of them they are counted here; otherwise by the server,
 * and between its answers by what changes here meanwhile.
 */
export class Counter implements Disposable {
  /** The server has counted. */
  readonly changed = new Emitter<undefined>();
  /** Whether the live list holds everything that is to do or put off. */
  complete = true;
  #ask: typeof counts;
  #owned = new Disposables();
  #narrowing: Narrowing = { label: '', team: '' };
  #here: Numbers = new Map();
  #counted: { all: Numbers; here: Numbers } | undefined;
  #askedAt = -Infinity;
  #next: Disposable | undefined;

  constructor(ask: typeof counts = counts) {
    this.#ask = ask;
    this.#owned.listen(document, 'visibilitychange', () => this.news());
  }

  /** The live list begins anew with these. */
  begin(items: readonly InboxItem[]): void {
    const full = (status: 'open' | 'snoozed') => items.filter((item) => item.status === status).length >= HELD[status];
    this.complete = !full('open') && !full('snoozed');
    this.#counted = undefined;
    this.news();
  }

  /** Something in the list has changed, or there are other views. */
  news(): void {
    if (this.complete || document.hidden) return;
    this.#next ??= this.#owned.after(Math.max(0, this.#askedAt + PAUSE_MS - Date.now()), () => {
      this.#next = undefined;
      void this.#run();
    });
  }

  /** Only what has this label, and is this team's, is counted in the lists. */
  narrow({ label, team }: Narrowing): void {
    if (label === this.#narrowing.label && team === this.#narrowing.team) return;
    this.#narrowing = { label, team };
    this.#counted = undefined;
    this.#askedAt = -Infinity;
    this.#owned.drop(this.#next);
    this.#next = undefined;
    this.news();
  }

  /** So many of each are held here. */
  hold(here: Numbers): void {
    this.#here = here;
  }

  /** How many a list has, to be shown: nothing for none, `500+` while only that is known. */
  text(key: string): string {
    const held = this.#here.get(key) ?? 0;
    if (this.complete) return held > 0 ? String(held) : '';
    const all = this.#counted?.all.get(key);
    if (all === undefined) return held > 0 ? `${held}+` : '';
    const now = Math.max(held, all + held - (this.#counted?.here.get(key) ?? 0));
    return now > 0 ? String(now) : '';
  }

  dispose(): void {
    this.#owned.dispose();
  }

  async #run(): Promise<void> {
    const narrowing = this.#narrowing;
    this.#askedAt = Date.now();
    try {
      const answer = await this.#ask(narrowing);
      if (narrowing !== this.#narrowing) return;
      this.#counted = { all: byKey(answer), here: this.#here };
      this.changed.emit(undefined);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // What is shown stays; it is asked for again when something changes, and in a while.
      this.#next ??= this.#owned.after(6 * PAUSE_MS, () => {
        this.#next = undefined;
        void this.#run();
      });
    }
  }
}

function byKey({ views, ...lists }: Counts): Numbers {
  return new Map([...Object.entries(lists), ...views.flatMap(({ id, count }) => (count === null ? [] : [[id, count] as const]))]);
}
