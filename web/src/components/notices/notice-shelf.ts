import { ApiError } from '../../api/http';
import { notices, readNotices, type Notice, type WhatWasRead } from '../../api/notices';
import { Disposables, type Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import type { Connection } from '../../live/connection';
import type { Party, ServerFrame } from '../../live/protocol.gen';

/** Several things that happen at once are one question. */
const GATHER_MS = 150;
/** What the page is for comes first. */
const FIRST_MS = 1_500;
/** A signal may be lost: it is asked again as often as this while the page is seen. */
const EVERY_MS = 60_000;
/** After a failure it is asked again so soon. */
const AGAIN_MS = 10_000;

/** What the shelf asks and tells; tests bring their own. */
export interface NoticeServer {
  list: () => Promise<Notice[]>;
  read: (what: WhatWasRead) => Promise<unknown>;
}

/**
 * What one was told, on this page: asked for when the server signals that there is something new, after every reconnect, and now and
 * then. What is about the conversation before one's eyes is read as soon as it is known.
 */
export class NoticeShelf implements Disposable {
  readonly changed = new Emitter<undefined>();
  /** Newest first; `undefined` before the first answer. */
  items: readonly Notice[] | undefined;
  /** Why there is no answer. */
  trouble: string | undefined;
  /** Opens a conversation on this page, where that is possible. */
  opener: ((conversation: string) => void) | undefined;
  #server: NoticeServer;
  #owned = new Disposables();
  #eyes: () => string | undefined = () => undefined;
  #next: Disposable | undefined;
  #asking = false;
  #again = false;
  /** What was read here and perhaps not yet there. */
  #reading = new Map<string, string>();

  constructor(me: Party, connection: Pick<Connection, 'frames' | 'welcomed'>, server: NoticeServer = { list: notices, read: readNotices }) {
    this.#server = server;
    this.#owned.add(connection.welcomed.on(() => this.ask()));
    this.#owned.add(connection.frames.on((frame) => isFor(frame, me) && this.ask()));
    this.#owned.every(EVERY_MS, () => document.hidden || this.ask());
    this.#owned.listen(document, 'visibilitychange', () => document.hidden || this.ask());
    this.ask(FIRST_MS);
  }

  /** How many are unread. */
  get unread(): number {
    return this.items?.filter(({ read }) => !read).length ?? 0;
  }

  /** Says which conversation is before one's eyes: nothing is told of it. */
  watch(eyes: () => string | undefined): void {
    this.#eyes = eyes;
    this.looked();
  }

  /** Another conversation is before one's eyes, or something new is known of it. */
  looked(): void {
    if (this.#sees(this.items ?? [])) this.changed.emit(undefined);
  }

  /** Asks the server, soon. */
  ask(ms = GATHER_MS): void {
    if (this.#asking) this.#again = true;
    else this.#next ??= this.#owned.after(ms, () => {
      this.#next = undefined;
      void this.#run();
    });
  }

  /** This one was opened. */
  read(notice: Notice): void {
    if (notice.read) return;
    this.#read([notice], { until: notice.at, ids: [notice.id] });
    this.changed.emit(undefined);
  }

  readAll(): void {
    const unread = (this.items ?? []).filter(({ read }) => !read);
    const [newest] = unread;
    if (!newest) return;
    this.#read(unread, { until: newest.at });
    this.changed.emit(undefined);
  }

  dispose(): void {
    this.#owned.dispose();
  }

  /** Reads what is before one's eyes. Answers whether there was something unread. */
  #sees(items: readonly Notice[]): boolean {
    const conversation = document.hidden ? undefined : this.#eyes();
    const about = items.filter((notice) => !notice.read && notice.conversation === conversation);
    const [newest] = about;
    if (conversation === undefined || !newest) return false;
    this.#read(about, { until: newest.at, conversation });
    return true;
  }

  #read(which: readonly Notice[], what: WhatWasRead): void {
    for (const { id, at } of which) this.#reading.set(id, at);
    this.#take(this.items ?? []);
    const settled = () => which.forEach(({ id, at }) => this.#reading.get(id) === at && this.#reading.delete(id));
    this.#server.read(what).then(settled, (error: unknown) => {
      settled();
      this.ask(AGAIN_MS);
      if (!(error instanceof ApiError)) throw error;
    });
  }

  async #run(): Promise<void> {
    this.#asking = true;
    try {
      const items = await this.#server.list();
      this.trouble = undefined;
      this.#take(items);
      // Before it is told: of what is before one's eyes nothing is heard and nothing read out.
      this.#sees(this.items ?? []);
      this.changed.emit(undefined);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.trouble = error.message;
      this.changed.emit(undefined);
      this.ask(AGAIN_MS);
    } finally {
      this.#asking = false;
      if (this.#again) this.ask();
      this.#again = false;
    }
  }

  /** What was just read here is read, whatever an answer from before says. */
  #take(items: readonly Notice[]): void {
    const covered = ({ id, at }: Notice) => {
      const read = this.#reading.get(id);
      return read !== undefined && (read === at || Date.parse(read) > Date.parse(at));
    };
    this.items = items.map((notice) => ({ ...notice, read: notice.read || covered(notice) }));
  }
}

function isFor(frame: ServerFrame, me: Party): boolean {
  return frame.t === 'eph' && frame.type === 'noticed' && (frame.body as { for?: unknown } | null)?.for === me;
}
