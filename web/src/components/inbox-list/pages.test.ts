import { beforeEach, describe, expect, it } from 'vitest';
import type { InboxItem } from '../../live/protocol.gen';
import type { Which } from './pages';
import { Pages } from './pages';

const item = (n: number) => ({ id: `cnv_${n}` }) as InboxItem;
const open: Which = { criteria: { status: 'open' }, order: 'newest' };
const mine: Which = { criteria: { status: 'open', assignee: 'me' }, order: 'longest' };
const resolved: Which = { criteria: { status: 'resolved' }, order: 'newest' };

let asked: Record<string, string>[];
let failing: boolean;
let complete: boolean;
let pages: Pages;

/** Two on a page, of `total`; the live list holds the first `live`. */
function begin(total: number, live: number): void {
  [asked, failing, complete] = [[], false, true];
  const held = { get complete() { return complete; }, has: (id: string) => Number(id.slice(4)) < live };
  pages = new Pages(held, async (query) => {
    asked.push(query);
    if (failing) throw new Error('away');
    const from = Number(query['cursor'] ?? 0);
    return { items: [item(from), item(from + 1)].slice(0, total - from), next: from + 2 < total ? String(from + 2) : null };
  });
}

describe('pages', () => {
  beforeEach(() => begin(9, 5));

  it('are not wanted of what the live list holds', () => {
    expect([open, mine, resolved].map((which) => [pages.wanted(which), pages.more(which)])).toEqual([[false, false], [false, false], [true, true]]);
    complete = false;
    expect([open, mine].map((which) => [pages.wanted(which), pages.more(which)])).toEqual([[false, true], [true, true]]);
  });

  it('are fetched until one brings something new', async () => {
    complete = false;
    await pages.load(open);
    expect([asked.map((query) => query['cursor']), pages.items.size, pages.more(open)]).toEqual([[undefined, '2', '4'], 6, true]);
    await pages.load(open);
    await pages.load(open);
    expect([asked.length, pages.items.size, pages.more(open)]).toEqual([5, 9, false]);
  });

  it('say which they are of', async () => {
    await pages.load(mine);
    await pages.load({ criteria: { status: 'snoozed', waiting: false }, order: 'urgent' });
    expect(asked.map(({ limit: _, ...query }) => query).filter((query) => !('cursor' in query))).toEqual([
      { status: 'open', assignee: 'me', order: 'longest' }, { status: 'snoozed', waiting: 'false' },
    ]);
  });

  it('go on where they were when the server was away', async () => {
    begin(9, 0);
    await pages.load(resolved);
    failing = true;
    await expect(pages.load(resolved)).rejects.toThrow('away');
    expect([pages.more(resolved), pages.wanted(resolved)]).toEqual([true, false]);
    failing = false;
    await pages.load(resolved);
    expect(asked.map((query) => query['cursor'])).toEqual([undefined, '2', '2']);
  });

  it('are wanted again when the first did not come', async () => {
    failing = true;
    await expect(pages.load(resolved)).rejects.toThrow('away');
    expect(pages.wanted(resolved)).toBe(true);
  });
});
