/** For how long: as long as the browser, or the tab. */
type Where = 'localStorage' | 'sessionStorage';

/** What is remembered under a name; `null` when it is not, or storage is forbidden. */
export function remembered(key: string, where: Where = 'localStorage'): string | null {
  try {
    return window[where].getItem(key);
  } catch {
    return null;
  }
}

/** Remembers it, or no longer. Where storage is full or forbidden the page goes on with what it has. */
export function remember(key: string, value: string | null, where: Where = 'localStorage'): void {
  try {
    if (value === null) window[where].removeItem(key);
    else window[where].setItem(key, value);
  } catch {
    // It lasts as long as the page.
  }
}
