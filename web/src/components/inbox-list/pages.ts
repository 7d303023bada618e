import { conversations } from '../../api/tenant';
import type { InboxItem } from '../../live/protocol.gen';
import type { Criteria } from './criteria';
import type { Order } from './filters';

/** Which list is meant, and how it is sorted. */
export interface Which {
  criteria: Criteria;
  order: Order;
}

/** What the live list holds. */
export interface LiveList {
  /** Whether it is everything that is to do or put off. What is resolved it never is. */
  readonly complete: boolean;
  has(id: string): boolean;
}

/** Whether the same list is meant. */
export function isSame(one: Which, other: Which): boolean {
  return keyOf(one) === keyOf(other);
}

const PAGE = 100;
/** At most so many pages at once, when what they hold is here already. */
const AT_ONCE = 10;

/** The conversations that the live list does not hold, fetched page by page. */
export class Pages {
  readonly items = new Map<string, InboxItem>();
  #live: LiveList;
  #ask: typeof conversations;
  /** Where the next page of each list begins; `null` when there is none, or it is on its way. */
  #cursors = new Map<string, string | null>();

  constructor(live: LiveList, ask: typeof conversations = conversations) {
    this.#live = live;
    this.#ask = ask;
  }

  /** Whether the first page is to be fetched at once. Of all that is to do, the newest are in the live list. */
  wanted(which: Which): boolean {
    return this.#paged(which) && !this.#cursors.has(keyOf(which)) && keyOf(which) !== NEWEST;
  }

  /** Whether there is another page. */
  more(which: Which): boolean {
    return this.#paged(which) && this.#cursors.get(keyOf(which)) !== null;
  }

  /** Fetches on until something comes that is not here, or nothing more does. What failed is fetched when it is asked for again. */
  async load(which: Which): Promise<void> {
    const key = keyOf(which);
    const before = this.#cursors.get(key);
    this.#cursors.set(key, null);
    let cursor = before ?? undefined;
    try {
      for (let page = 0, fresh = false; page < AT_ONCE && !fresh; page += 1) {
        const found = await this.#ask({ ...queryOf(which), limit: String(PAGE), ...(cursor ? { cursor } : {}) });
        fresh = found.items.some(({ id }) => !this.#live.has(id) && !this.items.has(id));
        for (const item of found.items) this.items.set(item.id, item);
        cursor = found.next ?? undefined;
        if (!cursor) break;
      }
      this.#cursors.set(key, cursor ?? null);
    } catch (error) {
      if (cursor) this.#cursors.set(key, cursor);
      else this.#cursors.delete(key);
      throw error;
    }
  }

  #paged({ criteria }: Which): boolean {
    return !this.#live.complete || criteria.status === 'resolved' || criteria.status === 'snoozed';
  }
}

function queryOf({ criteria, order }: Which): Record<string, string> {
  const said = Object.entries(criteria).map(([name, value]) => [name, String(value)]);
  return { ...Object.fromEntries(said) as Record<string, string>, ...(criteria.status === 'open' ? { order } : {}) };
}

const keyOf = (which: Which) => JSON.stringify(queryOf(which));
const NEWEST = keyOf({ criteria: { status: 'open' }, order: 'newest' });
