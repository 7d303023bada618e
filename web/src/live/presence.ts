import type { Disposable } from '../base/disposables';
import { Emitter } from '../base/emitter';
import type { Part } from './client';
import type { ClientFrame, Party, PresenceStatus, ServerFrame } from './protocol.gen';

/** Who is there, of those somebody looks at: `client.add(new Presence((frame) => client.connection.send(frame)))`. */
export class Presence implements Part {
  /** Somebody's status changed. */
  readonly changed = new Emitter<Party>();
  #send: (frame: ClientFrame) => boolean;
  #status = new Map<Party, PresenceStatus>();
  #watchers = new Map<Party, number>();
  #own: 'online' | 'away' = 'online';

  constructor(send: (frame: ClientFrame) => boolean) {
    this.#send = send;
  }

  /** The last known status; `undefined` when it is not known (nobody watches, or the socket is away). */
  of(who: Party): PresenceStatus | undefined {
    return this.#status.get(who);
  }

  /** Looks at these people until disposed. */
  watch(who: readonly Party[]): Disposable {
    const fresh = who.filter((party) => !this.#watchers.has(party));
    for (const party of who) this.#watchers.set(party, (this.#watchers.get(party) ?? 0) + 1);
    if (fresh.length > 0) this.#send({ t: 'sig', type: 'presence_watch', body: { who: fresh } });
    let over = false;
    return {
      dispose: () => {
        if (over) return;
        over = true;
        this.#unwatch(who);
      },
    };
  }

  /** Says how it stands with ourselves. */
  set(status: 'online' | 'away'): void {
    if (status === this.#own) return;
    this.#own = status;
    this.#send({ t: 'sig', type: 'presence_set', body: { status } });
  }

  connected(): void {
    const who = [...this.#watchers.keys()];
    if (who.length > 0) this.#send({ t: 'sig', type: 'presence_watch', body: { who } });
    if (this.#own === 'away') this.#send({ t: 'sig', type: 'presence_set', body: { status: 'away' } });
  }

  disconnected(): void {
    const known = [...this.#status.keys()];
    this.#status.clear();
    for (const party of known) this.changed.emit(party);
  }

  receive(frame: ServerFrame): void {
    if (frame.t !== 'sig' || frame.type !== 'presence') return;
    const { who, status } = frame.body;
    if (!this.#watchers.has(who)) return;
    this.#status.set(who, status);
    this.changed.emit(who);
  }

  #unwatch(who: readonly Party[]): void {
    const left: Party[] = [];
    for (const party of who) {
      const count = (this.#watchers.get(party) ?? 1) - 1;
      if (count > 0) this.#watchers.set(party, count);
      else {
        this.#watchers.delete(party);
        this.#status.delete(party);
        left.push(party);
      }
    }
    if (left.length > 0) this.#send({ t: 'sig', type: 'presence_unwatch', body: { who: left } });
  }
}
