import { isStaff } from '../../api/session';
import type { Own, Session } from '../../session/start';
import { el } from '../../ui/dom';
import { chartIcon, chatIcon, icon, inboxIcon, leaveIcon, settingsIcon, usersIcon, type Icon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { avatar } from '../avatar/avatar';
import { ConnectionBanner } from '../banner/banner';
import { brandMark } from '../brand/brand';
import { busy, button } from '../button/button';
import { bell } from '../notices/bell';
import { paletteButton } from '../palette/opener';
import { leave, places } from './places';
import styles from './shell.module.css';

const c = mustClass(styles);

/** A place one can go to from every page. */
export interface PlaceLink {
  href: string;
  label: string;
  icon: Icon;
}

/** What stands in the frame of a page. */
interface Frame {
  start: string;
  /** Where one is: the business, or the platform. */
  place: string;
  links: HTMLElement[];
  /** What stands before the person's menu. */
  tools: (HTMLElement | null)[];
  title?: string | undefined;
  /** Where one's own settings are. */
  you: string;
  banner?: HTMLElement;
  main: HTMLElement;
}

/** A link of the bar; `current` is the address of this page. */
export function placeLink({ href, label, icon: strokes }: PlaceLink, current: string): HTMLElement {
  return el('a', { class: c('link'), href, 'aria-current': href === current ? 'page' : null, 'aria-label': label }, icon(strokes), el('span', { class: c('wordy') }, label));
}

/** The frame itself, with a way around it for the keyboard. */
export function frame(own: Own, { start, place, links, tools, title, you, banner, main }: Frame): HTMLElement {
  main.id = 'main';
  main.tabIndex = -1;
  main.classList.add(c('main'));
  return el(
    'div', { class: c('shell') },
    el('header', { class: c('bar') },
      el('a', { class: c('skip'), href: '#main' }, 'Skip to the content'),
      title === undefined ? null : el('h1', { class: 'visually-hidden' }, title),
      el('a', { href: start, 'aria-label': 'Brigade, start' }, brandMark()),
      el('span', { class: c('place') }, place),
      el('nav', { class: c('links'), 'aria-label': 'Main' }, ...links),
      ...tools, personMenu(own, you)),
    banner, main,
  );
}

/** The frame of every page of a business behind a sign-in: where one is, where one can go, who one is, and how the connection stands. */
export function shell(session: Session, current: string, main: HTMLElement, more: { title?: string; tools?: HTMLElement[] } = {}): HTMLElement {
  const banner = session.owned.add(new ConnectionBanner(session.client.connection));
  const staff = isStaff(session.who);
  session.actions.add(places(session, current));
  const links: PlaceLink[] = [
    ...(staff ? [{ href: '/inbox', label: 'Inbox', icon: inboxIcon }, { href: '/clients', label: 'Clients', icon: usersIcon }, { href: '/reports', label: 'Reports', icon: chartIcon }] : [{ href: '/chat', label: 'Conversation', icon: chatIcon }]),
    { href: '/settings', label: 'Settings', icon: settingsIcon },
  ];
  return frame(session, {
    start: staff ? '/inbox' : '/chat', place: session.tenant.name, title: more.title, you: '/settings#you', banner: banner.root, main,
    links: links.map((link) => placeLink(link, current)),
    tools: [paletteButton(session), ...(more.tools ?? []), session.notices && session.alerts ? bell(session.notices, session.alerts, session) : null],
  });
}

function personMenu(session: Own, you: string): HTMLElement {
  const { owned, who } = session;
  const { user } = who;
  const face = el('button', { type: 'button', class: c('faceButton'), 'aria-haspopup': 'true', 'aria-expanded': 'false' }, avatar(user), el('span', { class: 'visually-hidden' }, `You: ${user.name}`));
  const leaving = button({ label: 'Sign out', icon: leaveIcon, kind: 'plain' });
  const menu = el(
    'div', { class: c('menu'), hidden: true },
    el('div', { class: c('whose') }, el('strong', {}, user.name), el('p', { class: c('soft') }, user.email)),
    el('a', { class: c('link'), href: you }, icon(settingsIcon), 'Your settings'),
    leaving,
  );
  const root = el('div', { class: c('person') }, face, menu);
  const show = (open: boolean) => {
    menu.hidden = !open;
    face.setAttribute('aria-expanded', String(open));
  };
  owned.listen(face, 'click', () => show(menu.hidden !== false));
  owned.listen(document, 'click', (event) => !root.contains(event.target as Node) && show(false));
  owned.listen(root, 'keydown', (event) => {
    if (event.key !== 'Escape' || menu.hidden) return;
    event.stopPropagation();
    show(false);
    face.focus();
  });
  owned.listen(leaving, 'click', () => void busy(leaving, () => leave(session)));
  return root;
}
