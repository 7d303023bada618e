import type { Draft, DraftKind } from '../../api/drafts';
import { remember, remembered } from '../../base/remembered';
import type { Kept } from '../../live/guard';
import type { Seq } from '../../live/protocol.gen';
import { Drafts } from '../composer/drafts';

/** What the server and this tab agree on; `rev` 0 is nothing. */
export interface Agreed {
  readonly rev: number;
  readonly kind: DraftKind;
  readonly text: string;
}

/** What was begun beside what is here. `rev` is the server's version of it; 0 is what was here before, which only this tab has. */
export interface Aside extends Draft {
  readonly rev: number;
}

/** What the tab remembers beside the text. */
interface Memory {
  kind: DraftKind;
  agreed: Agreed;
  asides: readonly Aside[];
}

const MARK = '.kept';
const prefixOf = (owner: string) => `brigade.draft.${owner}.`;

/** One conversation's draft in the tab's own storage: there at once, without a network, and over a reload. Without storage, as long as the page. */
export class TabDraft {
  /** Where the beginning of the draft is kept, for who guards the answers of colleagues. */
  readonly begun: Kept;
  #key: string;
  #texts: Drafts;
  #sinces: Drafts;
  #text: string;
  #since: string;
  #memory: Memory;

  constructor(owner: string, conversation: string) {
    this.#key = `${prefixOf(owner)}${conversation}${MARK}`;
    this.#texts = new Drafts(owner, conversation);
    this.#sinces = new Drafts(owner, `${conversation}.since`);
    this.#text = this.#texts.text;
    this.#since = this.#sinces.text;
    this.#memory = read(remembered(this.#key, 'sessionStorage'));
    const begun = (text?: string) => (text === undefined ? this.#since : (this.#since = this.#sinces.text = text));
    this.begun = {
      get text() {
        return begun();
      },
      set text(text) {
        begun(text);
      },
    };
  }

  get text(): string {
    return this.#text;
  }

  get kind(): DraftKind {
    return this.#memory.kind;
  }

  get since(): Seq | undefined {
    const since = Number(this.#since);
    return this.#since === '' || !Number.isSafeInteger(since) ? undefined : since;
  }

  get agreed(): Agreed {
    return this.#memory.agreed;
  }

  set agreed(agreed: Agreed) {
    this.#remember({ agreed });
  }

  /** The newest last. */
  get asides(): readonly Aside[] {
    return this.#memory.asides;
  }

  set asides(asides: readonly Aside[]) {
    this.#remember({ asides });
  }

  put({ text, kind, since }: Draft): void {
    this.#text = this.#texts.text = text;
    this.begun.text = text === '' ? '' : String(since);
    if (kind !== this.kind) this.#remember({ kind });
  }

  #remember(change: Partial<Memory>): void {
    this.#memory = { ...this.#memory, ...change };
    const { kind, agreed, asides } = this.#memory;
    const nothing = kind === 'send' && agreed.rev === 0 && asides.length === 0;
    remember(this.#key, nothing ? null : JSON.stringify(this.#memory), 'sessionStorage');
  }
}

/** The conversations in which this tab knows of something, perhaps from before a reload. */
export function conversationsInTab(owner: string): string[] {
  try {
    const prefix = prefixOf(owner);
    const keys = Object.keys(sessionStorage).filter((key) => key.startsWith(prefix));
    const ids = keys.map((key) => key.slice(prefix.length).split('.')[0]!);
    return [...new Set(ids)];
  } catch {
    return [];
  }
}

function read(text: string | null): Memory {
  const nothing: Memory = { kind: 'send', agreed: { rev: 0, kind: 'send', text: '' }, asides: [] };
  try {
    return { ...nothing, ...(JSON.parse(text ?? '{}') as Partial<Memory>) };
  } catch {
    return nothing;
  }
}
