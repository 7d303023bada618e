import { ApiError } from '../../api/http';
import type { Draft, DraftKind, DraftServer, ServerDraft } from '../../api/drafts';
import type { Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import { backoff } from '../../live/comeback';
import type { Kept } from '../../live/guard';
import type { Seq } from '../../live/protocol.gen';
import { PASSING } from '../../live/queue';
import type { World } from '../../live/world';
import { MAX_CHARACTERS } from '../composer/composer';
import type { Aside, TabDraft } from './tab-draft';

/** After the last key so long, and so long apart: a person's requests are for other things too. */
const PAUSE_MS = 1_000;
const APART_MS = 2_000;
/** Who pressed a key within this time is writing: nothing is put under their hands. */
const WRITING_MS = 3_000;
/** So many of those that were given are remembered. */
const GIVEN = 20;
/** Not asked again so soon. */
const ASKED_MS = 1_000;

/** What one conversation's page knows that a draft does not. */
export interface Circumstances {
  /** Whether this was sent as a message after it was kept. */
  wasSent: (draft: ServerDraft) => boolean;
  /** Whether something else is in the composer, such as a message that is being changed. */
  isOccupied: () => boolean;
}

/** When it is not before one's eyes. */
export const NOWHERE: Circumstances = { wasSent: () => false, isOccupied: () => false };

/**
 * What one has begun to write in one conversation: first in the tab, which works at once and without a network, then on the server for one's
 * other devices.
 *
 * What holds: nothing that is written here is ever replaced unless the server has that very text. When another device wrote too, its text is
 * put aside and the server's copy of it stays until one has chosen. And what was sent does not come back: the tab knows that it is empty
 * before the message is on its way, and takes the server's copy away as soon as it can, also after a reload. If the tab is gone by then, the
 * next device that opens the conversation finds the message there, newer than the draft and beginning with it, and takes it away.
 */
export class KeptDraft implements Disposable {
  /** What is here is another text than was written here. */
  readonly taken = new Emitter<undefined>();
  /** Whether there is anything, or what is aside, changed. */
  readonly changed = new Emitter<undefined>();
  circumstances = NOWHERE;
  readonly #conversation: string;
  #tab: TabDraft;
  #server: DraftServer;
  #world: Pick<World, 'now' | 'after' | 'random'>;
  #timer: Disposable | undefined;
  #wroteAt = -Infinity;
  #savedAt = -Infinity;
  #askedAt = -Infinity;
  #heldUntil = -Infinity;
  #saving = false;
  #again = false;
  #failures = 0;
  /** What was given to the server since it last agreed: any of it may have arrived without its answer. */
  #given: readonly Pick<Draft, 'kind' | 'text'>[];
  /** What the server will not have, however often it is asked. */
  #refused: Pick<Draft, 'kind' | 'text'> | undefined;
  #known = false;
  #told = '';

  constructor(conversation: string, tab: TabDraft, server: DraftServer, world: Pick<World, 'now' | 'after' | 'random'>) {
    this.#conversation = conversation;
    this.#tab = tab;
    this.#server = server;
    this.#world = world;
    this.#given = [{ kind: tab.kind, text: tab.text }];
    this.#told = this.#look;
  }

  get text(): string {
    return this.#tab.text;
  }

  get kind(): DraftKind {
    return this.#tab.kind;
  }

  get since(): Seq {
    return this.#tab.since ?? 0;
  }

  /** Where the beginning is kept, for who guards the answers of colleagues. */
  get begun(): Kept {
    return this.#tab.begun;
  }

  /** What was begun beside it. */
  get aside(): Aside | undefined {
    return this.#tab.asides.at(-1);
  }

  /** Whether anything is begun. */
  get isBegun(): boolean {
    return !isBlank(this.text) || this.aside !== undefined;
  }

  /** Whether that is known, also from the server. */
  get isKnown(): boolean {
    return this.#known || this.isBegun;
  }

  /** Whether the server has what is here, and nothing is aside. */
  get isSettled(): boolean {
    return !this.#isDirty && !this.#saving && this.aside === undefined;
  }

  /** Something was written; `newest` is what the page had then. */
  write(text: string, kind: DraftKind, newest: Seq): void {
    if (text === this.text && kind === this.kind) return;
    this.#wroteAt = this.#world.now();
    this.#put({ text, kind, since: this.#tab.since ?? newest });
    this.#plan(Math.max(PAUSE_MS, this.#savedAt + APART_MS - this.#wroteAt));
  }

  /** Saves at once what is not saved: the page or the conversation is being left, or the message was sent. */
  save(): void {
    if (this.#isDirty) this.#plan(0);
  }

  /** Looks what the server has. */
  async ask(): Promise<void> {
    const now = this.#world.now();
    if (this.#saving || now - this.#askedAt < ASKED_MS) return;
    this.#askedAt = now;
    const { agreed } = this.#tab;
    try {
      const found = await this.#server.read(this.#conversation);
      // What was saved meanwhile is newer than the answer.
      if (this.#saving || this.#tab.agreed !== agreed) return;
      this.#met(found);
      if (!this.#timer) this.save();
    } catch (error) {
      // It is asked again when one comes back.
      if (!(error instanceof ApiError)) throw error;
      this.#askedAt = -Infinity;
    }
  }

  /** Goes on with what is aside; what is here is aside then. */
  use(): void {
    const { aside } = this;
    if (!aside) return;
    const { kind, text, since } = this;
    const here = isBlank(text) ? [] : [{ kind, text, since, rev: this.#isDirty ? 0 : this.#tab.agreed.rev }];
    this.#tab.asides = [...this.#tab.asides.slice(0, -1), ...here];
    this.#take(aside);
    this.save();
  }

  /** Gives up what is aside; what was aside before is shown again. */
  dismiss(): void {
    this.#tab.asides = this.#tab.asides.slice(0, -1);
    this.#tell();
    this.save();
  }

  dispose(): void {
    this.#timer?.dispose();
  }

  get #isDirty(): boolean {
    const { agreed } = this.#tab;
    return isBlank(this.text) ? agreed.rev !== 0 : !isSame(agreed, this.#tab);
  }

  /** Whether the server has the only copy of what is aside, but for this tab. */
  get #isHeld(): boolean {
    const { asides, agreed } = this.#tab;
    return agreed.rev !== 0 && asides.some(({ rev }) => rev === agreed.rev);
  }

  get #isWriting(): boolean {
    return this.#world.now() - this.#wroteAt < WRITING_MS || this.circumstances.isOccupied();
  }

  #plan(ms: number): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    const wait = Math.max(ms, this.#heldUntil - this.#world.now());
    if (wait <= 0) return void this.#save();
    this.#timer = this.#world.after(wait, () => {
      this.#timer = undefined;
      void this.#save();
    });
  }

  async #save(): Promise<void> {
    if (this.#saving) {
      this.#again = true;
      return;
    }
    if (!this.#isDirty || this.#isHeld || this.#isHopeless) return;
    this.#saving = true;
    this.#savedAt = this.#world.now();
    try {
      await this.#give();
      this.#failures = 0;
      this.#saving = false;
    } catch (error) {
      this.#saving = false;
      if (!(error instanceof ApiError)) throw error;
      this.#failed(error);
    }
    if (this.#again) {
      this.#again = false;
      this.save();
    }
  }

  /** Too long, or refused before: it is saved when it has changed. */
  get #isHopeless(): boolean {
    return [...this.text].length > MAX_CHARACTERS || (this.#refused !== undefined && isSame(this.#refused, this.#tab));
  }

  async #give(): Promise<void> {
    const { text, kind, since, agreed } = this.#tab;
    this.#given = [...this.#given, { text, kind }].slice(-GIVEN);
    if (isBlank(text)) {
      await this.#server.remove(this.#conversation, agreed.rev);
      this.#agree(null);
    } else {
      this.#agree(await this.#server.keep(this.#conversation, agreed.rev, { kind, text, since: since ?? 0 }));
    }
  }

  #failed(error: ApiError): void {
    const draft = (error.details as { draft?: ServerDraft | null } | null | undefined)?.draft;
    if (error.code === 'CONFLICT' && draft !== undefined) return this.#met(draft);
    if (error.code !== 'OFFLINE' && !PASSING.has(error.code)) {
      this.#refused = this.#given.at(-1);
      return;
    }
    this.#failures += 1;
    const ms = error.retryAfter === undefined ? backoff(this.#failures, () => this.#world.random()) : error.retryAfter * 1_000;
    // Without a network there is nothing to wait for: who comes back saves at once.
    if (error.code !== 'OFFLINE') this.#heldUntil = this.#world.now() + ms;
    this.#plan(ms);
  }

  /** This is what the server has. */
  #met(found: ServerDraft | null): void {
    this.#known = true;
    const { agreed } = this.#tab;
    if (found && this.circumstances.wasSent(found)) return this.#clear(found);
    if ((found?.rev ?? 0) === agreed.rev) return this.#tell();
    const dirty = this.#isDirty;
    if (found === null) {
      this.#dropAsides();
      this.#agree(null);
      if (!dirty) this.#take(EMPTY);
      else this.save();
    } else if (isSame(found, this.#tab) || this.#given.some((given) => isSame(found, given))) {
      this.#agree(found);
      this.save();
    } else if (!dirty && this.#isWriting) {
      // The next save meets it again.
    } else if (!dirty || (isBlank(this.text) && !this.#isWriting)) {
      this.#dropAsides();
      this.#agree(found);
      this.#take(found);
    } else {
      this.#dropAsides();
      this.#tab.asides = [...this.#tab.asides, { kind: found.kind, text: found.text, since: found.since, rev: found.rev }];
      this.#agree(found);
    }
  }

  /** What the server had is another by now. What only this tab has stays. */
  #dropAsides(): void {
    this.#tab.asides = this.#tab.asides.filter(({ rev }) => rev === 0);
  }

  /** It was sent: it is nowhere any more, unless something else was written meanwhile. */
  #clear(found: ServerDraft): void {
    const mine = this.#isDirty && !isSame(found, this.#tab);
    this.#dropAsides();
    this.#agree(found);
    if (!mine) this.#take(EMPTY);
    this.save();
  }

  #agree(draft: ServerDraft | null): void {
    this.#known = true;
    this.#given = [];
    // A new one each time: who has asked before sees that something has happened since.
    const { rev, kind, text } = draft ?? { ...EMPTY, rev: 0 };
    this.#tab.agreed = { rev, kind, text };
    this.#tell();
  }

  #take(draft: Draft): void {
    this.#put(draft);
    this.taken.emit(undefined);
  }

  #put(draft: Draft): void {
    this.#tab.put(draft);
    this.#refused = undefined;
    this.#tell();
  }

  get #look(): string {
    return JSON.stringify([this.isBegun, this.isKnown, this.aside]);
  }

  #tell(): void {
    const look = this.#look;
    if (look === this.#told) return;
    this.#told = look;
    this.changed.emit(undefined);
  }
}

const EMPTY: Draft = { kind: 'send', text: '', since: 0 };

function isBlank(text: string): boolean {
  return text.trim() === '';
}

function isSame(one: Pick<Draft, 'kind' | 'text'>, other: Pick<Draft, 'kind' | 'text'>): boolean {
  return one.text === other.text && one.kind === other.kind;
}
