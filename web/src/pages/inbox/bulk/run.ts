import { Disposables } from '../../../base/disposables';
import { Emitter } from '../../../base/emitter';
import { ask } from '../../../live/ask';
import type { LiveClient } from '../../../live/client';
import { topicOf } from '../../../live/conversation';
import type { Step } from '../wish';

/** At most so many conversations are asked at a time. */
const IN_FLIGHT = 8;

/** One conversation of many. What is to be asked is decided when its turn comes, from how it is then. */
export interface Job {
  id: string;
  steps: () => Step[];
}

/** How it went, by the ids of conversations. */
export interface Outcome {
  /** With the steps that were done. */
  changed: { id: string; done: Step[] }[];
  /** Nothing had to be asked for. */
  already: string[];
  /** May be among the changed too, when an earlier step was done. */
  refused: { id: string; reason: string }[];
  /** Stopped before their turn. */
  unsent: string[];
}

/**
 * The same asked of many conversations: a few at a time, waiting while the server wants it or there is no connection. Each
 * command keeps its id until it is answered (`live/queue.ts`), so that each happens once.
 */
export class BulkRun {
  /** Another one is done, or it waits. */
  readonly progressed = new Emitter<undefined>();
  readonly finished: Promise<Outcome>;
  readonly total: number;
  #line: Pick<LiveClient, 'queue' | 'connection'>;
  #waiting: Job[];
  #going = new Set<string>();
  #outcome: Outcome = { changed: [], already: [], refused: [], unsent: [] };
  #owned = new Disposables();
  #pumping = false;
  #stopped = false;
  #finish!: (outcome: Outcome) => void;

  constructor(line: Pick<LiveClient, 'queue' | 'connection'>, jobs: readonly Job[]) {
    this.#line = line;
    this.#waiting = [...jobs];
    this.total = jobs.length;
    this.finished = new Promise((resolve) => (this.#finish = resolve));
    this.#owned.add(line.queue.changed.on(() => this.#pump()));
    this.#owned.add(line.connection.status.on(() => this.#pump()));
    this.#pump();
  }

  /** How many have their answer. */
  get done(): number {
    return this.total - this.#waiting.length - this.#going.size - this.#outcome.unsent.length;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Asks nothing more. What is on its way is waited for: whether it happens is not ours to say any more. */
  stop(): void {
    this.#stopped = true;
    this.#outcome.unsent.push(...this.#waiting.splice(0).map(({ id }) => id));
    this.progressed.emit(undefined);
    this.#pump();
  }

  #pump(): void {
    // What is asked changes the queue, which leads back here: in the order of the list all the same.
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#going.size < IN_FLIGHT && this.#line.connection.ready && !this.#held) {
      const job = this.#waiting.shift();
      if (!job) break;
      void this.#do(job);
    }
    this.#pumping = false;
    if (this.#going.size > 0 || this.#waiting.length > 0) return;
    this.#owned.dispose();
    this.#finish(this.#outcome);
  }

  /** Whether the server asked to wait with one of ours: the others wait too. */
  get #held(): boolean {
    return [...this.#going].some((id) => this.#line.queue.of(topicOf(id)).some(({ state, problem }) => state === 'waiting' && problem));
  }

  async #do({ id, steps }: Job): Promise<void> {
    this.#going.add(id);
    const [done, all]: [Step[], Step[]] = [[], steps()];
    try {
      for (const step of all) {
        await ask(this.#line.queue, topicOf(id), step.command);
        done.push(step);
      }
    } catch (error) {
      this.#outcome.refused.push({ id, reason: (error as Error).message });
    }
    if (all.length === 0) this.#outcome.already.push(id);
    if (done.length > 0) this.#outcome.changed.push({ id, done });
    this.#going.delete(id);
    this.progressed.emit(undefined);
    this.#pump();
  }
}
