import type { Page } from '../../api/platform';

/** As many pages as were asked for, one after the other, as one; `ask` gets where to go on, at first nothing. */
export async function pagesOf<P extends Page<unknown, unknown>>(
  pages: number, ask: (from?: NonNullable<P['next']>) => Promise<P>, join: (all: P, page: P) => P = joined,
): Promise<P> {
  let all = await ask();
  for (let page = 1; page < pages && all.next !== null; page += 1) all = join(all, await ask(all.next as NonNullable<P['next']>));
  return all;
}

/** The page after `all`, with what is in both. */
export function joined<P extends Page<unknown, unknown>>(all: P, page: P): P {
  return { ...page, items: [...all.items, ...page.items] };
}
