import type { Own } from '../../session/start';
import { wanted } from '../../session/wanted';
import { el, setText } from '../../ui/dom';
import { bellIcon, icon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import type { Alerts } from './alerts';
import type { NoticeShelf } from './notice-shelf';
import styles from './notices.module.css';
import { textOf } from './words';

const c = mustClass(styles);
const SHOWN_MOST = 99;

/** The bell in the bar: how many are unread, and the list of what one was told. */
export function bell(shelf: NoticeShelf, alerts: Alerts, own: Pick<Own, 'actions' | 'owned' | 'toasts'>): HTMLElement {
  const { actions, owned } = own;
  const panel = wanted(() => import('./panel'), own);
  const show = async () => (await panel())?.showNotices(shelf, alerts);
  const badge = el('span', { class: c('badge'), 'aria-hidden': 'true', hidden: true });
  const opener = el('button', { type: 'button', class: c('bell'), 'aria-haspopup': 'dialog', title: 'Notifications' }, icon(bellIcon), badge);
  const said = el('span', { class: 'visually-hidden', role: 'status' });
  /** `undefined` until the first answer: what was there before this page is no news. */
  let known: number | undefined;
  const draw = () => {
    const before = known;
    const { unread } = shelf;
    if (shelf.items) known = unread;
    badge.hidden = unread === 0;
    const shown = unread > SHOWN_MOST ? `${SHOWN_MOST}+` : String(unread);
    setText(badge, shown);
    opener.setAttribute('aria-label', unread === 0 ? 'Notifications' : `Notifications, ${shown} unread`);
    const newest = shelf.items?.find(({ read }) => !read);
    if (before !== undefined && unread > before && newest) setText(said, textOf(newest));
  };
  owned.add(shelf.changed.on(draw));
  draw();
  owned.listen(opener, 'click', () => void show());
  actions.add([
    { id: 'notices', label: 'Notifications', words: 'bell news told unread', icon: bellIcon, group: 'You', key: 'b', run: show },
    { id: 'sound', label: () => (alerts.sound ? 'Turn the sound off' : 'Turn the sound on'), words: 'mute silent loud chime notifications', icon: bellIcon, group: 'You', run: () => (alerts.sound = !alerts.sound) },
  ]);
  return el('div', {}, opener, said);
}
