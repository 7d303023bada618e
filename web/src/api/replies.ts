import { Emitter } from '../base/emitter';
import { call } from './session';

/** A text that is sent often. */
export interface CannedReply {
  id: string;
  /** How often it was changed: who changes it says which one they saw. */
  rev: number;
  shortcut: string;
  /** With `{{customer.first_name}}` and the like in it. */
  text: string;
}

export const MAX_SHORTCUT = 32;

export const replies = () => call<CannedReply[]>('GET', '/v1/tenant/replies');
export const createReply = ({ shortcut, text }: Pick<CannedReply, 'shortcut' | 'text'>) => call<CannedReply>('POST', '/v1/tenant/replies', { shortcut, text });
export const changeReply = ({ id, rev, shortcut, text }: CannedReply) => call<CannedReply>('PUT', `/v1/tenant/replies/${id}`, { rev, shortcut, text });
export const removeReply = (id: string) => call<unknown>('DELETE', `/v1/tenant/replies/${id}`);

const FRESH_MS = 30_000;

/** The canned replies as far as they are known here: asked for when they are first wanted, and again now and then. */
export class ReplyShelf {
  /** What is known has changed. */
  readonly changed = new Emitter<undefined>();
  known: readonly CannedReply[] = [];
  /** How the newest question for them went. */
  state: 'unknown' | 'asking' | 'known' | 'failed' = 'unknown';
  #since = 0;
  #fetch: () => Promise<CannedReply[]>;

  constructor(fetch: () => Promise<CannedReply[]> = replies) {
    this.#fetch = fetch;
  }

  /** Asks if what is known is old. */
  want(): void {
    if (this.state === 'asking' || Date.now() - this.#since < FRESH_MS) return;
    if (this.state !== 'known') this.state = 'asking';
    this.#since = Date.now();
    void this.#fetch().then(
      (known) => {
        this.known = known;
        this.#become('known');
      },
      () => {
        // What is known stays good; the next wish asks again.
        this.#since = 0;
        if (this.state === 'asking') this.#become('failed');
      },
    );
  }

  #become(state: 'known' | 'failed'): void {
    this.state = state;
    this.changed.emit(undefined);
  }
}
