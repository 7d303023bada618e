import { conversations } from '../../api/tenant';
import type { InboxItem } from '../../live/protocol.gen';
import { PAGED, type FilterName } from './filters';

/** Which list is meant: a filter, narrowed by a label or not (`''`). */
export interface Which {
  filter: FilterName;
  label: string;
}

const PAGE = 50;

/** The conversations of the lists that grow without end, fetched page by page; they may not be in the live list. */
export class Pages {
  readonly items = new Map<string, InboxItem>();
  /** Where the next page of each list begins; `null` when there is none. */
  #cursors = new Map<string, string | null>();

  /** Whether the first page is still to be fetched. */
  wanted(which: Which): boolean {
    return PAGED.includes(which.filter) && !this.#cursors.has(keyOf(which));
  }

  /** Whether there is another page. */
  more(which: Which): boolean {
    return PAGED.includes(which.filter) && typeof this.#cursors.get(keyOf(which)) === 'string';
  }

  /** Fetches the next page. What failed is fetched when it is asked for again. */
  async load(which: Which): Promise<void> {
    const cursor = this.#cursors.get(keyOf(which));
    const { filter, label } = which;
    this.#cursors.set(keyOf(which), cursor ?? null);
    try {
      const found = await conversations({ status: filter, limit: String(PAGE), ...(label ? { label } : {}), ...(cursor ? { cursor } : {}) });
      for (const item of found.items) this.items.set(item.id, item);
      this.#cursors.set(keyOf(which), found.next);
    } catch (error) {
      if (!cursor) this.#cursors.delete(keyOf(which));
      throw error;
    }
  }
}

function keyOf({ filter, label }: Which): string {
  return `${filter} ${label}`;
}
