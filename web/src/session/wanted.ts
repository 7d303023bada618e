import type { Own } from './start';

/** What is needed first is here by then, also on a slow line. */
const LATER_MS = 3_000;

/**
 * A part of the page that is not there until somebody wants it. It is fetched a while after the page, so that it is there without a network too.
 * What cannot be had is said, and `undefined`.
 */
export function wanted<T>(load: () => Promise<T>, { owned, toasts }: Pick<Own, 'owned' | 'toasts'>): () => Promise<T | undefined> {
  owned.after(LATER_MS, () => void load().catch(() => undefined));
  return () => load().catch(() => {
    toasts.show({
      text: 'This part of the page could not be loaded. Check your network.', danger: true,
      // Some browsers never ask again for a script they could not get once, until the page is loaded anew.
      action: { label: 'Load the page again', run: () => location.reload() },
    });
    return undefined;
  });
}
