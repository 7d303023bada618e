import type { ClientFrame, ServerFrame } from '../protocol.gen';
import type { World, WireEvents } from '../world';

/** A world whose clock and network a test moves by hand. */
export class FakeWorld implements World {
  time = 0;
  up = true;
  wires: { events: WireEvents; sent: ClientFrame[]; closed: boolean }[] = [];
  #timers: { at: number; run: () => void }[] = [];
  #watchers = new Set<() => void>();
  #ids = 0;

  connect(events: WireEvents) {
    const wire = { events, sent: [] as ClientFrame[], closed: false };
    this.wires.push(wire);
    return {
      send: (text: string) => void wire.sent.push(JSON.parse(text) as ClientFrame),
      close: () => void (wire.closed = true),
    };
  }

  now = () => this.time;
  random = () => 0.5;
  uuid = () => `00000000-0000-4000-8000-${String(++this.#ids).padStart(12, '0')}`;
  online = () => this.up;

  after(ms: number, run: () => void) {
    const timer = { at: this.time + ms, run };
    this.#timers.push(timer);
    return { dispose: () => void (this.#timers = this.#timers.filter((other) => other !== timer)) };
  }

  watch(changed: () => void) {
    this.#watchers.add(changed);
    return { dispose: () => void this.#watchers.delete(changed) };
  }

  /** The network or the page changed. */
  surroundings(up: boolean) {
    this.up = up;
    for (const changed of [...this.#watchers]) changed();
  }

  /** Lets time pass, running what is due in order. */
  pass(ms: number) {
    const until = this.time + ms;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.time = due.at;
      due.run();
    }
    this.time = until;
  }

  get wire() {
    const wire = this.wires.at(-1);
    if (!wire) throw new Error('nothing has connected yet');
    return wire;
  }

  /** Opens the newest wire and says welcome. */
  welcome(who = 'usr_me') {
    this.wire.events.open();
    this.say({
      t: 'welcome', session: 'ses_1', who, kind: 'account_manager', ping_seconds: 25,
      limits: { frame_bytes: 65_536, commands_per_minute: 600, topics: 200 },
    });
  }

  say(frame: ServerFrame) {
    this.wire.events.message(JSON.stringify(frame));
  }

  /** What the newest wire was asked, of one type. */
  sent<T extends ClientFrame['t']>(type: T): Extract<ClientFrame, { t: T }>[] {
    return this.wire.sent.filter((frame): frame is Extract<ClientFrame, { t: T }> => frame.t === type);
  }
}
