import type { Disposable } from '../base/disposables';
import { Emitter } from '../base/emitter';
import { backoff } from './comeback';
import type { AckFrame, CmdFrame, ErrFrame, ErrorCode, Seq } from './protocol.gen';
import type { World } from './world';

/** A command that is not done yet, or that was refused and waits for the person's decision. */
export interface Pending {
  readonly id: string;
  readonly topic: string;
  readonly type: string;
  body: Record<string, unknown>;
  /** When it was asked for, in milliseconds. */
  readonly at: number;
  /** `failed`: nothing was done; try again or give up. */
  state: 'waiting' | 'sent' | 'failed';
  /** Why it waits longer or failed; `again`: what trying again is called, when that needs saying. */
  problem?: { code: ErrorCode; message: string; until?: number; again?: string };
  /** From before a reload: it may already be in the log. */
  restored?: boolean;
}

/** A typed no to a command. */
export class CommandRefused extends Error {
  readonly code: ErrorCode;
  readonly details: unknown;
  constructor(error: ErrFrame) {
    super(error.message);
    this.code = error.code;
    this.details = error.details;
  }
}

/** Where commands survive a reload. */
export interface Shelf {
  load(): Pending[];
  save(pending: Pending[]): void;
}

interface Lane {
  pending: Pending;
  keep: boolean;
  attempts: number;
  /** Its bytes may have reached the server: the body must stay as it is. */
  everSent: boolean;
  held?: Disposable | undefined;
  deadline?: Disposable | undefined;
  settle?: { resolve(seq: Seq): void; reject(error: CommandRefused): void };
}

/** What passes by itself: it is tried again. */
export const PASSING: ReadonlySet<ErrorCode> = new Set(['RATE_LIMITED', 'OVERLOADED', 'UNAVAILABLE', 'DRAINING', 'INTERNAL']);
const INTERNAL_TRIES = 4;
/** A command without any answer for so long: the socket is dead. */
const ANSWER_MS = 15_000;

/**
 * Commands on their way. Each keeps its own id until it is answered, over reconnects and reloads, so it happens once;
 * those of one topic go one after the other, so they happen in the order they were asked for.
 */
export class CommandQueue implements Disposable {
  /** A topic's pending commands changed. */
  readonly changed = new Emitter<string>();
  #world: World;
  #shelf: Shelf;
  #send: (frame: CmdFrame) => boolean;
  #stalled: () => void;
  #lanes: Lane[] = [];
  #ready = false;

  constructor(world: World, shelf: Shelf, send: (frame: CmdFrame) => boolean, stalled: () => void) {
    this.#world = world;
    this.#shelf = shelf;
    this.#send = send;
    this.#stalled = stalled;
    this.#lanes = shelf.load().map((pending) => ({
      pending: { ...pending, state: pending.state === 'failed' ? 'failed' : 'waiting', restored: true },
      keep: true, attempts: 0, everSent: true,
    }));
  }

  /** What is not done of a topic, in order. */
  of(topic: string): readonly Pending[] {
    return this.#lanes.filter((lane) => lane.pending.topic === topic && lane.keep).map((lane) => lane.pending);
  }

  /** Whether anything the person asked for is not done yet. */
  get busy(): boolean {
    return this.#lanes.some((lane) => lane.keep && lane.pending.state !== 'failed');
  }

  /**
   * Asks for something. `keep`: survives a reload and stays here when refused. `newest`: a waiting command of the same
   * type that was not sent yet is replaced by this one (read cursors).
   */
  submit(
    topic: string, type: string, body: Record<string, unknown>, how: { keep?: boolean; newest?: boolean; id?: string } = {},
  ): { id: string; done: Promise<Seq> } {
    if (how.newest) this.#lanes = this.#lanes.filter((lane) => lane.everSent || lane.pending.topic !== topic || lane.pending.type !== type);
    const id = how.id ?? this.#world.uuid();
    const pending: Pending = { id, topic, type, body, at: this.#world.now(), state: 'waiting' };
    const lane: Lane = { pending, keep: how.keep ?? false, attempts: 0, everSent: false };
    const done = new Promise<Seq>((resolve, reject) => (lane.settle = { resolve, reject }));
    // Whoever does not look at the answer has the state of the pending command.
    done.catch(() => undefined);
    this.#lanes.push(lane);
    this.#tell(topic);
    this.#pump(topic);
    return { id, done };
  }

  /** Sends a refused command once more, as the last of its topic. */
  retry(id: string): void {
    const lane = this.#find(id);
    if (lane?.pending.state !== 'failed') return;
    this.#lanes = [...this.#lanes.filter((other) => other !== lane), lane];
    lane.pending.state = 'waiting';
    delete lane.pending.problem;
    lane.attempts = 0;
    this.#tell(lane.pending.topic);
    this.#pump(lane.pending.topic);
  }

  /** Has a refused command say something else when it is tried again: nothing was done under its id. */
  amend(id: string, change: Pick<Pending, 'body' | 'problem'>): void {
    const lane = this.#find(id);
    if (lane?.pending.state !== 'failed') return;
    Object.assign(lane.pending, change);
    this.#tell(lane.pending.topic);
  }

  /** Gives a refused command up. */
  discard(id: string): Pending | undefined {
    const lane = this.#find(id);
    if (lane?.pending.state !== 'failed') return undefined;
    this.#remove(lane);
    return lane.pending;
  }

  /** Gives up everything of a topic (the person forgets the conversation). */
  clear(topic: string): void {
    for (const lane of this.#lanes.filter((each) => each.pending.topic === topic)) this.#remove(lane);
  }

  /** The socket said welcome: everything unanswered goes out again, with the ids it had. */
  connected(): void {
    this.#ready = true;
    for (const topic of new Set(this.#lanes.map((lane) => lane.pending.topic))) this.#pump(topic);
  }

  disconnected(): void {
    this.#ready = false;
    for (const lane of this.#lanes) {
      lane.deadline?.dispose();
      if (lane.pending.state === 'sent') lane.pending.state = 'waiting';
    }
    for (const topic of new Set(this.#lanes.map((lane) => lane.pending.topic))) this.changed.emit(topic);
  }

  acknowledged(frame: AckFrame): void {
    const lane = this.#find(frame.id);
    if (!lane) return;
    this.#remove(lane);
    lane.settle?.resolve(frame.seq);
    this.#pump(lane.pending.topic);
  }

  refused(frame: ErrFrame): void {
    const lane = frame.id === undefined ? undefined : this.#find(frame.id);
    if (!lane) return;
    lane.deadline?.dispose();
    lane.attempts += 1;
    const passing = PASSING.has(frame.code) && (frame.code !== 'INTERNAL' || lane.attempts < INTERNAL_TRIES);
    if (passing) this.#hold(lane, frame);
    else this.#fail(lane, frame);
  }

  dispose(): void {
    for (const lane of this.#lanes) {
      lane.held?.dispose();
      lane.deadline?.dispose();
    }
    this.#lanes = [];
  }

  #hold(lane: Lane, frame: ErrFrame): void {
    const ms = frame.retry_after === undefined ? backoff(lane.attempts, () => this.#world.random()) : frame.retry_after * 1000;
    lane.pending.state = 'waiting';
    lane.pending.problem = { code: frame.code, message: frame.message, until: this.#world.now() + ms };
    lane.held = this.#world.after(ms, () => {
      lane.held = undefined;
      delete lane.pending.problem;
      this.#tell(lane.pending.topic);
      this.#pump(lane.pending.topic);
    });
    this.#tell(lane.pending.topic);
  }

  #fail(lane: Lane, frame: ErrFrame): void {
    lane.settle?.reject(new CommandRefused(frame));
    if (lane.keep) {
      lane.pending.state = 'failed';
      lane.pending.problem = { code: frame.code, message: frame.message };
      this.#tell(lane.pending.topic);
    } else {
      this.#remove(lane);
    }
    this.#pump(lane.pending.topic);
  }

  #pump(topic: string): void {
    if (!this.#ready) return;
    const next = this.#lanes.find((lane) => lane.pending.topic === topic && lane.pending.state !== 'failed');
    if (!next || next.pending.state === 'sent' || next.held) return;
    const { id, type, body } = next.pending;
    if (!this.#send({ t: 'cmd', id, topic, type, body })) return;
    next.pending.state = 'sent';
    next.everSent = true;
    next.deadline = this.#world.after(ANSWER_MS, () => this.#stalled());
    this.changed.emit(topic);
  }

  #find(id: string): Lane | undefined {
    return this.#lanes.find((lane) => lane.pending.id === id);
  }

  #remove(lane: Lane): void {
    lane.held?.dispose();
    lane.deadline?.dispose();
    this.#lanes = this.#lanes.filter((other) => other !== lane);
    this.#tell(lane.pending.topic);
  }

  #tell(topic: string): void {
    this.#shelf.save(this.#lanes.filter((lane) => lane.keep).map((lane) => lane.pending));
    this.changed.emit(topic);
  }
}
