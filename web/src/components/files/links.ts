import type { Ask } from '../../api/http';
import { Emitter } from '../../base/emitter';

/** Where a file can be read. */
export interface Link {
  url: string;
  thumbnail: string | null;
}

interface Answer {
  files: (Link & { id: string })[];
  until: string;
}

/** So many are asked for at a time. */
const MOST = 100;
/** Addresses are asked for anew so long before they end. */
const EARLY_MS = 2 * 60_000;

/** Where the files of one conversation can be read: asked for together, and anew before the addresses end. */
export class FileLinks {
  /** Addresses of these files are there, or other ones than before. */
  readonly arrived = new Emitter<ReadonlySet<string>>();
  #path: string;
  #ask: Ask;
  #known = new Map<string, Link>();
  #wanted = new Set<string>();
  #until = Infinity;
  #asking = false;

  constructor(path: string, ask: Ask) {
    this.#path = path;
    this.#ask = ask;
  }

  of(id: string): Link | undefined {
    return this.#known.get(id);
  }

  /** These are on the screen. */
  want(ids: readonly string[]): void {
    for (const id of ids) if (!this.#known.has(id)) this.#wanted.add(id);
    void this.#fetch();
  }

  /** Asks for what is still wanted, and for all of it when the addresses end soon. */
  refresh(now = Date.now()): void {
    if (now > this.#until - EARLY_MS) for (const id of this.#known.keys()) this.#wanted.add(id);
    void this.#fetch();
  }

  async #fetch(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      // Those of one screen are wanted one after the other, in the same breath.
      await Promise.resolve();
      while (this.#wanted.size > 0) await this.#some([...this.#wanted].slice(0, MOST));
    } catch {
      // What is still wanted is asked for when the connection is back, and now and then.
    } finally {
      this.#asking = false;
    }
  }

  async #some(ids: string[]): Promise<void> {
    const { files, until } = await this.#ask<Answer>('GET', `${this.#path}/attachments?ids=${ids.join(',')}`);
    for (const id of ids) this.#wanted.delete(id);
    for (const { id, url, thumbnail } of files) this.#known.set(id, { url, thumbnail });
    this.#until = Math.min(this.#wanted.size === 0 ? Infinity : this.#until, Date.parse(until));
    this.arrived.emit(new Set(files.map(({ id }) => id)));
  }
}
