import type { Own } from '../../session/start';
import { boltIcon, chartIcon, leaveIcon, settingsIcon, usersIcon, noteIcon, type Icon } from '../../ui/icons';
import { paletteButton } from '../palette/opener';
import { leave } from './places';
import { frame, placeLink } from './shell';

/** What the page of who operates the platform shows; the first when nothing else is asked for. */
export const VIEWS = [
  { id: 'overview', label: 'Overview', icon: chartIcon, listed: true },
  { id: 'tenants', label: 'Businesses', icon: usersIcon, listed: true },
  { id: 'queue', label: 'Queue', icon: boltIcon, listed: true },
  { id: 'activity', label: 'Activity', icon: noteIcon, listed: true },
  { id: 'you', label: 'You', icon: settingsIcon, listed: false },
] as const satisfies readonly { id: string; label: string; icon: Icon; listed: boolean }[];

/** One of them. */
export type View = (typeof VIEWS)[number];

/** The frame for who operates the platform: they act in no business, so there is no inbox and no socket. */
export function operatorShell(own: Own, main: HTMLElement): { root: HTMLElement; setCurrent: (view: View) => void } {
  const links = VIEWS.filter(({ listed }) => listed).map((view) => ({ view, link: placeLink({ ...view, href: `#${view.id}` }, '') }));
  own.actions.add([
    ...VIEWS.map(({ id, label, icon }) => ({ id: `go.platform.${id}`, label, icon, group: 'Go to', run: () => void (location.hash = id) })),
    { id: 'leave', label: 'Sign out', words: 'log out leave', icon: leaveIcon, group: 'You', run: () => leave(own) },
  ]);
  const root = frame(own, {
    start: '/platform', place: 'Platform', you: '#you', main, links: links.map(({ link }) => link), tools: [paletteButton(own)],
  });
  return {
    root,
    setCurrent: (current) => {
      for (const { view, link } of links) {
        if (view.id === current.id) link.setAttribute('aria-current', 'page');
        else link.removeAttribute('aria-current');
      }
    },
  };
}
