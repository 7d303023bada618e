import { Disposables, type Disposable } from '../base/disposables';
import { Connection } from './connection';
import { CommandQueue, PASSING, type Shelf } from './queue';
import type { CommandOf, ErrFrame, ErrorCode, Party, Seq, ServerFrame } from './protocol.gen';
import type { Typing } from './typing';
import { browserWorld, type World } from './world';

/** What receives the frames of one topic. */
export interface Follower {
  readonly topic: string;
  readonly waiting: boolean;
  follow(): void;
  receive(frame: ServerFrame): void;
  readonly typing?: Typing | undefined;
}

/** A part of the client that not every page has, such as presence. */
export interface Part {
  connected(): void;
  disconnected(): void;
  receive(frame: ServerFrame): void;
}

/** The names of an entity's commands, and the body each one takes. */
type Kind = keyof CommandOf;
type NameOf<K extends Kind> = CommandOf[K]['type'];
type BodyOf<K extends Kind, N extends NameOf<K>> = Extract<CommandOf[K], { type: N }>['body'];

const RETRY_MS = 3_000;
/** Refusals after which a topic is not ours (any more). */
const ENDED: readonly ErrorCode[] = ['NOT_FOUND', 'FORBIDDEN', 'AUTH_REQUIRED'];

/** The one socket client of a page: topics, commands, presence over one connection. */
export class LiveClient implements Disposable {
  readonly connection: Connection;
  readonly queue: CommandQueue;
  readonly me: Party;
  readonly world: World;
  #followers = new Map<string, Follower>();
  #parts: Part[] = [];
  #owned = new Disposables();

  /** `me` is who we are, known before the socket is (from `/v1/auth/me`, or the visitor's id). */
  constructor(me: Party, shelf: Shelf, options: { world?: World; token?: () => string } = {}) {
    this.me = me;
    this.world = options.world ?? browserWorld();
    this.connection = this.#owned.add(new Connection(this.world, () => options.token?.()));
    this.queue = this.#owned.add(
      new CommandQueue(this.world, shelf, (frame) => this.connection.send(frame), () => this.connection.restart()),
    );
    this.#owned.add(this.connection.welcomed.on(() => this.#welcomed()));
    this.#owned.add(this.connection.frames.on((frame) => this.#receive(frame)));
    this.#owned.add(this.connection.woke.on(() => this.#probe()));
    this.#owned.add(this.connection.status.on((status) => status.kind !== 'online' && this.#cut()));
  }

  /** Asks an entity for something. See [`CommandQueue.submit`]. */
  command<K extends Kind, N extends NameOf<K>>(
    topic: `${K}:${string}`, type: N, body: BodyOf<K, N>, how: { keep?: boolean; newest?: boolean; id?: string } = {},
  ): { id: string; done: Promise<Seq> } {
    return this.queue.submit(topic, type, body as Record<string, unknown>, how);
  }

  /** Adds a part that hears of every connection and every frame that is about no topic. */
  add<T extends Part>(part: T): T {
    this.#parts.push(part);
    if (this.connection.ready) part.connected();
    return part;
  }

  dispose(): void {
    this.#owned.dispose();
  }

  /** Follows a topic until disposed. */
  follow(follower: Follower): Disposable {
    if (this.#followers.has(follower.topic)) throw new Error(`${follower.topic} is already followed: share its store`);
    this.#followers.set(follower.topic, follower);
    if (this.connection.ready) follower.follow();
    return {
      dispose: () => {
        if (this.#followers.get(follower.topic) !== follower) return;
        this.#followers.delete(follower.topic);
        this.connection.send({ t: 'unsub', topic: follower.topic });
      },
    };
  }

  #welcomed(): void {
    for (const follower of this.#followers.values()) follower.follow();
    for (const part of this.#parts) part.connected();
    this.queue.connected();
  }

  #cut(): void {
    for (const part of this.#parts) part.disconnected();
    this.queue.disconnected();
  }

  /** Asks for what is already here: a live socket answers, a dead one is found out. */
  #probe(): void {
    const [first] = this.#followers.values();
    if (!first) return;
    first.follow();
    this.connection.expectAnswer();
  }

  #receive(frame: ServerFrame): void {
    switch (frame.t) {
      case 'ack': return this.queue.acknowledged(frame);
      case 'sig': return this.#parts.forEach((part) => part.receive(frame));
      case 'eph': return this.#followers.get(frame.topic)?.typing?.receive(frame);
      case 'err': return this.#refused(frame);
      case 'welcome': return;
      default: this.#followers.get(frame.topic)?.receive(frame);
    }
  }

  #refused(frame: ErrFrame): void {
    if (frame.id !== undefined) return this.queue.refused(frame);
    const follower = frame.topic === undefined ? undefined : this.#followers.get(frame.topic);
    if (!follower) return;
    // A refused signal names its topic too, and may be lost. Without a `sub` under way only the end of the right to read counts.
    if (!follower.waiting && !ENDED.includes(frame.code)) return;
    if (!PASSING.has(frame.code)) return follower.receive(frame);
    const ms = frame.retry_after === undefined ? RETRY_MS : frame.retry_after * 1000;
    const again = this.#owned.defer(() => timer.dispose());
    const timer = this.world.after(ms, () => {
      this.#owned.drop(again);
      if (this.#followers.get(follower.topic) === follower && this.connection.ready) follower.follow();
    });
  }
}
