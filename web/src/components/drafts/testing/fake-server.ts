import { ApiError } from '../../../api/http';
import type { Begun, Draft, DraftServer, ServerDraft } from '../../../api/drafts';

/** What several devices of one person share, by the server's rules. Answers wait until they are let through, when that is wanted. */
export class FakeDraftServer implements DraftServer {
  kept = new Map<string, ServerDraft>();
  /** What was asked, in order. */
  asked: string[] = [];
  /** What is answered instead, once each. */
  refusals: ApiError[] = [];
  /** Whether an answer that was worked on gets lost, once. */
  losesNext = false;
  #rev = 0;
  #held: (() => void)[] | undefined;
  #time: () => number;

  constructor(time: () => number = () => 0) {
    this.#time = time;
  }

  /** From now on answers wait. */
  hold(): void {
    this.#held = [];
  }

  /** Lets the waiting answers through. */
  async release(): Promise<void> {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const go of held) go();
    await settle();
  }

  async list(): Promise<Begun[]> {
    return this.#answer('list', () => [...this.kept].map(([conversation, { kind, text, at }]) => ({ conversation, kind, words: text, at })));
  }

  async read(conversation: string): Promise<ServerDraft | null> {
    return this.#answer('read', () => this.kept.get(conversation) ?? null);
  }

  async keep(conversation: string, rev: number, draft: Draft): Promise<ServerDraft> {
    return this.#answer(`keep ${draft.kind} ${draft.text}`, () => {
      this.#check(conversation, rev);
      return this.put(conversation, draft.text, draft.kind, draft.since);
    });
  }

  async remove(conversation: string, rev: number): Promise<unknown> {
    return this.#answer('remove', () => {
      if (this.kept.has(conversation)) this.#check(conversation, rev);
      this.kept.delete(conversation);
      return {};
    });
  }

  /** As if another device had written. */
  put(conversation: string, text: string, kind: Draft['kind'] = 'send', since = 0): ServerDraft {
    const draft = { rev: (this.#rev += 1), kind, text, since, at: new Date(this.#time()).toISOString() };
    this.kept.set(conversation, draft);
    return draft;
  }

  #check(conversation: string, rev: number): void {
    const draft = this.kept.get(conversation) ?? null;
    if ((draft?.rev ?? 0) !== rev) throw new ApiError('CONFLICT', 'Changed on another device.', { status: 409, details: { draft } });
  }

  async #answer<T>(what: string, work: () => T): Promise<T> {
    this.asked.push(what);
    const refusal = this.refusals.shift();
    if (refusal) throw refusal;
    const done = work();
    const lost = this.losesNext;
    this.losesNext = false;
    if (this.#held) await new Promise<void>((go) => this.#held!.push(go));
    if (lost) throw new ApiError('OFFLINE', 'No connection.');
    return done;
  }
}

/** Lets everything that waits for nothing but an answer happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
