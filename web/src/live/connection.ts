import type { Disposable } from '../base/disposables';
import { Emitter } from '../base/emitter';
import { planAfterClose } from './comeback';
import { parseServerFrame } from './frames';
import type { ClientFrame, ServerFrame, WelcomeFrame } from './protocol.gen';
import type { Wire, World } from './world';

/** How the connection stands, for a banner. */
export type LiveStatus =
  | { kind: 'connecting' }
  | { kind: 'online' }
  /** Cut; comes back by itself at `until` (milliseconds). */
  | { kind: 'waiting'; until: number }
  /** The device says it has no network; comes back with it. */
  | { kind: 'offline' }
  /** The session is not valid any more. */
  | { kind: 'signed_out' }
  /** Over, by our own wish or for good. */
  | { kind: 'ended' };

/** A device that wrongly believes to be offline still tries this often. */
const OFFLINE_TRY_MS = 30_000;
/** How long a handshake with its welcome may take, and a probe of a socket that may be dead. */
const ANSWER_MS = 10_000;

/** One socket: connects, says hello, comes back. Knows nothing of topics and commands. */
export class Connection implements Disposable {
  readonly status = new Emitter<LiveStatus>();
  readonly welcomed = new Emitter<WelcomeFrame>();
  readonly frames = new Emitter<ServerFrame>();
  /** The page or the network came back: whoever can should ask for something, to see whether the socket lives. */
  readonly woke = new Emitter<undefined>();
  /**
   * Whether a socket is welcomed as who the page is for, as what they are and where: another tab may sign somebody else in meanwhile, and an
   * admin may change what one is. Otherwise it is given up before anything goes over it, such as what waits to be sent.
   */
  mine?: (welcome: WelcomeFrame) => boolean;

  #world: World;
  #token: () => string | undefined;
  #wire: Wire | undefined;
  /** Counts wires: events of one that was given up are not heard. */
  #turn = 0;
  #ready = false;
  #attempt = 0;
  #now: LiveStatus = { kind: 'connecting' };
  #timer: Disposable | undefined;
  #deadline: Disposable | undefined;
  #watch: Disposable;

  constructor(world: World, token: () => string | undefined) {
    this.#world = world;
    this.#token = token;
    this.#watch = world.watch(() => this.#surroundingsChanged());
  }

  get current(): LiveStatus {
    return this.#now;
  }

  /** Whether frames can be sent now. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Connects, unless it is connected or connecting. */
  open(): void {
    if (this.#wire) return;
    this.#timer?.dispose();
    this.#set({ kind: 'connecting' });
    const turn = ++this.#turn;
    this.#wire = this.#world.connect({
      open: () => {
        if (turn === this.#turn) this.#sayHello();
      },
      message: (data) => {
        if (turn === this.#turn) this.#receive(data);
      },
      close: (code, reason) => {
        if (turn === this.#turn) this.#closed(code, reason);
      },
    });
    this.#expectAnswer(ANSWER_MS);
  }

  /** Sends now, or says that it cannot. */
  send(frame: ClientFrame): boolean {
    if (!this.#ready || !this.#wire) return false;
    this.#wire.send(JSON.stringify(frame));
    return true;
  }

  /** The socket is given up unless something arrives in time. */
  expectAnswer(): void {
    if (this.#ready && !this.#deadline) this.#expectAnswer(ANSWER_MS);
  }

  /** Gives the socket up and comes back at once, with a new one. */
  restart(): void {
    this.#drop();
    this.#attempt = 0;
    this.open();
  }

  dispose(): void {
    this.#watch.dispose();
    this.#timer?.dispose();
    this.#drop();
    this.#set({ kind: 'ended' });
  }

  #sayHello(): void {
    const token = this.#token();
    this.#wire?.send(JSON.stringify(token === undefined ? { t: 'hello' } : { t: 'hello', token }));
  }

  #receive(data: unknown): void {
    const frame = parseServerFrame(data);
    this.#deadline?.dispose();
    this.#deadline = undefined;
    if (!frame) return;
    if (frame.t === 'welcome') {
      if (this.mine?.(frame) === false) {
        this.#drop();
        return this.#set({ kind: 'signed_out' });
      }
      this.#ready = true;
      this.#attempt = 0;
      this.#set({ kind: 'online' });
      this.welcomed.emit(frame);
    } else {
      this.frames.emit(frame);
    }
  }

  #closed(code: number, reason: string): void {
    this.#forgetWire();
    const plan = planAfterClose(code, reason, this.#attempt, () => this.#world.random());
    this.#attempt += 1;
    if (plan.kind === 'never') this.#set({ kind: 'ended' });
    else if (plan.kind === 'session') this.#set({ kind: 'signed_out' });
    else if (!this.#world.online()) this.#goOffline();
    else this.#wait(plan.ms);
  }

  #wait(ms: number): void {
    this.#set({ kind: 'waiting', until: this.#world.now() + ms });
    this.#timer?.dispose();
    this.#timer = this.#world.after(ms, () => this.open());
  }

  #goOffline(): void {
    this.#set({ kind: 'offline' });
    this.#timer?.dispose();
    this.#timer = this.#world.after(OFFLINE_TRY_MS, () => this.open());
  }

  #surroundingsChanged(): void {
    const kind = this.#now.kind;
    if (kind === 'ended' || kind === 'signed_out') return;
    if (!this.#world.online()) {
      this.#drop();
      this.#goOffline();
    } else if (kind === 'offline' || kind === 'waiting') {
      this.#attempt = 0;
      this.open();
    } else if (this.#ready) {
      // Back from sleep or another network: the socket may be dead without knowing it.
      this.woke.emit(undefined);
    }
  }

  #expectAnswer(ms: number): void {
    this.#deadline?.dispose();
    this.#deadline = this.#world.after(ms, () => {
      this.#drop();
      this.#closed(1006, '');
    });
  }

  #drop(): void {
    const wire = this.#wire;
    this.#forgetWire();
    wire?.close(1000);
  }

  #forgetWire(): void {
    this.#deadline?.dispose();
    this.#deadline = undefined;
    this.#wire = undefined;
    this.#turn += 1;
    this.#ready = false;
  }

  #set(status: LiveStatus): void {
    this.#now = status;
    this.status.emit(status);
  }
}
