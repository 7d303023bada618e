import { Emitter } from '../base/emitter';
import { applyToConversation, applyToMessage, findMessage, type ApplyForStaff, type Effect } from './conversation';
import type { LogTarget } from './log-topic';
import type { ConversationState, ErrFrame, EvFrame, Message, Party, Seq, TeamChange } from './protocol.gen';

/** What changed in a conversation. */
export type ConversationChange =
  /** Everything may be different: draw again. */
  | { kind: 'reset' }
  | Exclude<Effect, { kind: 'none' }>
  /** So many older messages are now at the front. */
  | { kind: 'older'; count: number }
  | { kind: 'caught_up' }
  | { kind: 'refused'; error: ErrFrame };

/** How older messages are fetched: `GET …/messages?before=…`. The staff get with them to which teams it was given meanwhile. */
export type FetchOlder = (before: Seq) => Promise<{ messages: Message[]; more: boolean; team_changes?: TeamChange[] }>;

/** Edits and the like kept for pages of history that were read before they happened. */
const RECENT = 256;

/** One conversation as this reader sees it: right after any reconnect, with as much history as was asked for. */
export class ConversationStore implements LogTarget {
  readonly me: Party;
  readonly changed = new Emitter<ConversationChange>();
  #state: ConversationState | undefined;
  #recent: EvFrame[] = [];
  #sentAs = new Map<string, Seq>();
  #loading: Promise<void> | undefined;
  #generation = 0;
  #forStaff: ApplyForStaff | undefined;

  /** Staff give how to apply what only they get to know. */
  constructor(me: Party, forStaff?: ApplyForStaff) {
    this.me = me;
    this.#forStaff = forStaff;
  }

  /** The state, once a snapshot has arrived. */
  get state(): ConversationState | undefined {
    return this.#state;
  }

  /** The newest message, if any. */
  get newest(): Message | undefined {
    return this.#state?.messages.at(-1);
  }

  message(seq: Seq): Message | undefined {
    return this.#state && findMessage(this.#state.messages, seq);
  }

  /** Whether the entry of this command was seen, so that a pending message is not shown twice. */
  arrived(command: string): boolean {
    return this.#sentAs.has(command);
  }

  reset(state: unknown): void {
    this.#state = structuredClone(state) as ConversationState;
    this.#recent = [];
    this.#generation += 1;
    this.#loading = undefined;
    this.changed.emit({ kind: 'reset' });
  }

  apply(entry: EvFrame): void {
    if (!this.#state) return;
    if (entry.id !== undefined && entry.by === this.me) this.#sentAs.set(entry.id, entry.seq);
    const effect = applyToConversation(this.#state, entry, this.me, this.#forStaff);
    if (effect.kind === 'none') return;
    if (effect.kind === 'changed') {
      this.#recent.push(entry);
      if (this.#recent.length > RECENT) this.#recent.shift();
    }
    this.changed.emit(effect);
  }

  caughtUp(): void {
    this.changed.emit({ kind: 'caught_up' });
  }

  refused(error: ErrFrame): void {
    this.changed.emit({ kind: 'refused', error });
  }

  /** Puts the page of messages before the oldest one in front. One at a time; rejects when the page cannot be read. */
  loadOlder(fetchOlder: FetchOlder): Promise<void> {
    this.#loading ??= this.#fetchOlder(fetchOlder).finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #fetchOlder(fetchOlder: FetchOlder): Promise<void> {
    const state = this.#state;
    const oldest = state?.messages[0];
    if (!state?.more || !oldest) return;
    const generation = this.#generation;
    const page = await fetchOlder(oldest.seq);
    if (generation !== this.#generation) return;
    const older = page.messages.filter((message) => message.seq < oldest.seq);
    for (const entry of this.#recent) {
      const message = findMessage(older, (entry.body as { seq: Seq }).seq);
      if (message) applyToMessage(message, entry);
    }
    state.messages.unshift(...older);
    state.team_changes?.unshift(...page.team_changes ?? []);
    state.more = page.more;
    this.changed.emit({ kind: 'older', count: older.length });
  }
}
