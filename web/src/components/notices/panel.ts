import type { Notice } from '../../api/notices';
import { Disposables } from '../../base/disposables';
import { el, fill, freshId } from '../../ui/dom';
import { bellIcon, checksIcon, closeIcon, offlineIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { button } from '../button/button';
import { showModal } from '../dialog/modal';
import { emptyState, loadingState } from '../empty/empty';
import { timeElement } from '../time-text/time-text';
import type { Alerts } from './alerts';
import { soundBox } from './device-choices';
import type { NoticeShelf } from './notice-shelf';
import styles from './notices.module.css';
import { hrefOf, textOf } from './words';

const c = mustClass(styles);

/** What one was told, over the page, until it is closed. */
export async function showNotices(shelf: NoticeShelf, alerts: Alerts): Promise<void> {
  // Over another dialog there is nothing to do on the page.
  if (document.querySelector('dialog[open]')) return;
  const owned = new Disposables();
  const titleId = freshId('notices');
  const close = button({ label: 'Close', icon: closeIcon, kind: 'plain', bare: true }, { autofocus: true });
  const all = button({ label: 'Mark all as read', icon: checksIcon, kind: 'plain', small: true });
  const body = el('div', { class: c('body') });
  const dialog = el(
    'dialog', { class: c('panel'), 'aria-labelledby': titleId },
    el('div', { class: c('head') }, el('h2', { class: c('title'), id: titleId }, 'Notifications'), all, close),
    body,
    el('div', { class: c('foot') }, el('p', {}, 'Kept for 30 days, 200 at most.'), el('label', { class: c('sound') }, soundBox(alerts, owned), 'Sound')),
  );
  const draw = () => {
    const focused = (document.activeElement as HTMLElement | null)?.dataset['notice'];
    all.hidden = shelf.unread === 0;
    fill(body, content(shelf, owned));
    if (focused !== undefined) body.querySelector<HTMLElement>(`[data-notice="${focused}"]`)?.focus();
  };
  owned.add(shelf.changed.on(draw));
  owned.listen(close, 'click', () => dialog.close());
  owned.listen(all, 'click', () => {
    close.focus();
    shelf.readAll();
  });
  owned.listen(dialog, 'click', (event) => {
    if (event.target === dialog) return dialog.close();
    const link = (event.target as Element).closest<HTMLElement>('[data-notice]');
    const notice = shelf.items?.find(({ id }) => id === link?.dataset['notice']);
    if (notice) choose(shelf, notice, event as MouseEvent, () => dialog.close());
  });
  owned.listen(dialog, 'keydown', (event) => step(body, event as KeyboardEvent));
  draw();
  shelf.ask(0);
  await showModal(dialog, owned);
}

/** It is read, and opened where it is: on this page if that can be. */
function choose(shelf: NoticeShelf, notice: Notice, event: MouseEvent, close: () => void): void {
  shelf.read(notice);
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  // Also where the link leads to another place of the same page.
  close();
  if (notice.conversation === null || !shelf.opener) return;
  event.preventDefault();
  shelf.opener(notice.conversation);
}

/** Up and down go through the list. */
function step(body: HTMLElement, event: KeyboardEvent): void {
  const way = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (way === 0) return;
  const links = [...body.querySelectorAll<HTMLElement>('[data-notice]')];
  const at = links.indexOf(document.activeElement as HTMLElement);
  const next = links[at === -1 && way === -1 ? links.length - 1 : at + way];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function content(shelf: NoticeShelf, owned: Disposables): Node {
  if (shelf.items === undefined) {
    if (shelf.trouble === undefined) return loadingState('Loading notifications', 3);
    const again = button({ label: 'Try again', kind: 'primary' });
    owned.listen(again, 'click', () => shelf.ask(0));
    return emptyState({ icon: offlineIcon, title: 'Notifications could not be loaded', text: shelf.trouble, action: again, level: 'h3' });
  }
  if (shelf.items.length === 0) {
    return emptyState({
      icon: bellIcon, title: 'Nothing yet', level: 'h3',
      text: 'Here you are told when a conversation is given to you, a customer answers you, somebody waits and nobody has them, or something is due.',
    });
  }
  return el('ul', { class: c('list') }, ...shelf.items.map(row));
}

function row(notice: Notice): HTMLElement {
  return el(
    'li', {},
    el('a', { href: hrefOf(notice), class: c('row', !notice.read && 'unread'), 'data-notice': notice.id },
      notice.read ? null : el('span', { class: 'visually-hidden' }, 'Unread: '),
      el('span', { class: c('text'), dir: 'auto' }, textOf(notice)),
      notice.words === null ? null : el('span', { class: c('words'), dir: 'auto' }, notice.words),
      el('span', { class: c('when') }, timeElement(notice.at))),
  );
}
