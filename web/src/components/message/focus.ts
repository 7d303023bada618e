/** The messages of a log, in order. */
export function articlesOf(log: HTMLElement): HTMLElement[] {
  return [...log.querySelectorAll<HTMLElement>('[data-seq] > article')];
}

/** Makes one message the one that Tab reaches. */
export function rove(log: HTMLElement, article: HTMLElement): void {
  for (const other of articlesOf(log)) if (other.tabIndex === 0) other.tabIndex = -1;
  article.tabIndex = 0;
}

/** One message can be reached with Tab: the newest, unless somebody is among them. */
export function settle(log: HTMLElement): void {
  const articles = articlesOf(log);
  const newest = articles.at(-1);
  if (newest && (!log.contains(document.activeElement) || !articles.some((article) => article.tabIndex === 0))) rove(log, newest);
}

/** Draws a row again without taking the focus, or the open menu, from it. */
export function keepFocus(row: HTMLElement, draw: () => void): void {
  const old = row.querySelector('article');
  const menu = row.querySelector<HTMLElement>('[data-tools]');
  const active = document.activeElement;
  const inMenu = menu?.contains(active) ? (active as HTMLElement) : undefined;
  const focused = old !== null && old.contains(active);
  const reachable = old?.tabIndex === 0;
  draw();
  const fresh = row.querySelector('article');
  if (reachable) fresh?.setAttribute('tabindex', '0');
  if (menu) fresh?.append(menu);
  if (inMenu) inMenu.focus({ preventScroll: true });
  else if (focused) fresh?.focus({ preventScroll: true });
}
