import { ApiError } from '../../api/http';
import { draftServer, type DraftServer } from '../../api/drafts';
import type { Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import { browserWorld, type World } from '../../live/world';
import type { Session } from '../../session/start';
import { KeptDraft } from './kept-draft';
import { conversationsInTab, TabDraft } from './tab-draft';

/** Who comes back twice within this time came back once. */
const BACK_MS = 2_000;

/** All that a person has begun, wherever: what is open is written into, the rest is saved and shown as begun. */
export class DraftShelf implements Disposable {
  /** In which conversations something is begun changed. */
  readonly changed = new Emitter<undefined>();
  /** The person is back at the page, or the network is. */
  readonly back = new Emitter<undefined>();
  #owner: string;
  #server: DraftServer;
  #world: Pick<World, 'now' | 'after' | 'random'>;
  #kept = new Map<string, KeptDraft>();
  #listed: ReadonlySet<string> = new Set();
  #listedAt = -Infinity;
  #asking = false;
  #changes = 0;
  #open: string | undefined;

  constructor(owner: string, server: DraftServer, world: Pick<World, 'now' | 'after' | 'random'>) {
    this.#owner = owner;
    this.#server = server;
    this.#world = world;
    // What was written before a reload and did not come to the server.
    for (const conversation of conversationsInTab(owner)) this.of(conversation).save();
  }

  /** What is begun in one conversation. */
  of(conversation: string): KeptDraft {
    const known = this.#kept.get(conversation);
    if (known) return known;
    const kept = new KeptDraft(conversation, new TabDraft(this.#owner, conversation), this.#server, this.#world);
    this.#kept.set(conversation, kept);
    kept.changed.on(() => {
      this.#changes += 1;
      this.changed.emit(undefined);
    });
    return kept;
  }

  /** The conversation that is before one's eyes. */
  open(conversation: string): Disposable {
    this.#open = conversation;
    return { dispose: () => void (this.#open === conversation && (this.#open = undefined)) };
  }

  /** Whether something is begun there. */
  has(conversation: string): boolean {
    const kept = this.#kept.get(conversation);
    return kept?.isKnown ? kept.isBegun : this.#listed.has(conversation);
  }

  /** Asks where something is begun. */
  async list(): Promise<void> {
    if (this.#asking || this.#world.now() - this.#listedAt < BACK_MS) return;
    this.#asking = true;
    const changes = this.#changes;
    try {
      const begun = await this.#server.list();
      // What was begun or sent here meanwhile is newer than the answer.
      if (changes === this.#changes) this.#learn(begun.map(({ conversation }) => conversation));
    } catch (error) {
      // It is asked again when one comes back.
      if (!(error instanceof ApiError)) throw error;
    } finally {
      this.#asking = false;
    }
  }

  /** The person or the network is back: what is not saved is, and what changed elsewhere is looked for. */
  cameBack(): void {
    this.save();
    this.back.emit(undefined);
    void this.list();
  }

  /** Saves what is not saved. */
  save(): void {
    for (const kept of this.#kept.values()) kept.save();
  }

  dispose(): void {
    for (const kept of this.#kept.values()) kept.dispose();
  }

  #learn(begun: readonly string[]): void {
    this.#listed = new Set(begun);
    this.#listedAt = this.#world.now();
    // Of what nobody looks at and the server has, the server knows best.
    for (const [conversation, kept] of this.#kept) {
      if (conversation === this.#open || !kept.isSettled) continue;
      kept.dispose();
      this.#kept.delete(conversation);
    }
    this.changed.emit(undefined);
  }
}

/** The drafts of whoever is signed in, saved and looked for as they come and go. */
export function keepDrafts(session: Session): DraftShelf {
  const { client, owned, tenant, who } = session;
  const shelf = owned.add(new DraftShelf(`${tenant.id}.${who.user.id}`, draftServer, browserWorld()));
  owned.listen(document, 'visibilitychange', () => (document.visibilityState === 'visible' ? shelf.cameBack() : shelf.save()));
  owned.listen(window, 'pagehide', () => shelf.save());
  owned.listen(window, 'focus', () => shelf.cameBack());
  owned.add(client.connection.welcomed.on(() => shelf.cameBack()));
  void shelf.list();
  return shelf;
}
