import { ApiError, type Ask } from '../../api/http';
import { Emitter } from '../../base/emitter';
import type { Attachment } from '../../live/protocol.gen';
import { PASSING } from '../../live/queue';
import { say } from '../../words/say';

/** The largest file, in bytes. */
export const MAX_BYTES = 25 * 1024 * 1024;

/** What the server says of a file on its way. */
interface State {
  id: string;
  size: number;
  /** How much of it is there. */
  offset: number;
  part_bytes: number;
  attachment: Attachment | null;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;

/**
 * One file on its way to the server, in parts. What breaks off goes on where it was, also after the server was away; only a no of
 * the server ends it.
 */
export class Upload {
  readonly changed = new Emitter<undefined>();
  readonly name: string;
  readonly size: number;
  /** How much of it is there, from 0 to 1. */
  progress = 0;
  /** What can be sent, once all of it is there. */
  attachment: Attachment | undefined;
  /** Why it never will be. */
  problem: string | undefined;
  /** It waits for the connection, or for a server with less to do. */
  waiting = false;
  #file: Blob;
  #path: string;
  #ask: Ask;
  #stop = new AbortController();
  #id: string | undefined;

  constructor(file: File, path: string, ask: Ask) {
    this.name = file.name;
    this.size = file.size;
    this.#file = file;
    this.#path = `${path}/attachments`;
    this.#ask = ask;
  }

  /** Gives it; resolves when it is there, refused or given up. */
  async run(): Promise<void> {
    if (this.size === 0) return this.#fail(say('files.empty'));
    if (this.size > MAX_BYTES) return this.#fail(say('files.large'));
    for (let tries = 0; !this.#over; tries += 1) {
      const before = this.progress;
      try {
        return await this.#give();
      } catch (error) {
        if (this.#over) return;
        if (!(error instanceof ApiError)) throw error;
        // A part that was taken for lost has come after all: how much is there is asked anew.
        const late = error.code === 'CONFLICT' && this.#id !== undefined;
        const passes = late || error.code === 'OFFLINE' || PASSING.has(error.code);
        if (!passes) return this.#fail(error.message);
        if (this.progress > before) tries = 0;
        this.waiting = true;
        this.changed.emit(undefined);
        await this.#pause((error.retryAfter ?? 0) * 1_000 || Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries));
      }
    }
  }

  /** Gives it up; what is there is taken away. */
  stop(): void {
    this.#stop.abort();
    if (this.#id) void this.#ask('DELETE', `${this.#path}/${this.#id}`).catch(() => undefined);
  }

  get #over(): boolean {
    return this.#stop.signal.aborted;
  }

  async #give(): Promise<void> {
    const { signal } = this.#stop;
    let state = this.#id
      ? await this.#ask<State>('GET', `${this.#path}/${this.#id}`, undefined, { signal })
      : await this.#ask<State>('POST', this.#path, { name: this.name, size: this.size }, { signal });
    this.#id = state.id;
    while (!state.attachment) {
      // Of a file that is all there and was not looked at yet the last part is given once more.
      const at = Math.min(state.offset, Math.floor((this.size - 1) / state.part_bytes) * state.part_bytes);
      const part = this.#file.slice(at, at + state.part_bytes);
      state = await this.#ask<State>('PUT', `${this.#path}/${state.id}?offset=${at}`, part, { signal });
      this.#at(state.offset / this.size);
    }
    this.attachment = state.attachment;
    this.changed.emit(undefined);
  }

  #at(progress: number): void {
    this.progress = progress;
    this.waiting = false;
    this.changed.emit(undefined);
  }

  #fail(problem: string): void {
    this.problem = problem;
    this.waiting = false;
    this.changed.emit(undefined);
  }

  /** Waits, but not longer than until the network is back or it is given up. */
  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        removeEventListener('online', done);
        this.#stop.signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      addEventListener('online', done);
      this.#stop.signal.addEventListener('abort', done);
    });
  }
}
