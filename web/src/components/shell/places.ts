import { isStaff } from '../../api/session';
import { signOut, type Own, type Session } from '../../session/start';
import { chartIcon, chatIcon, inboxIcon, leaveIcon, settingsIcon, usersIcon } from '../../ui/icons';
import type { Action } from '../palette/actions';

/** What the settings are about; some of it is for admins only, some for customers as well. The first is shown when nothing else is asked for. */
export const SETTINGS = [
  { id: 'you', label: 'You', group: 'Yours', admin: false, everybody: true },
  { id: 'notifications', label: 'Notifications', group: 'Yours', admin: false },
  { id: 'data', label: 'Your data', group: 'Yours', admin: false, everybody: true },
  { id: 'business', label: 'Business', group: 'The business', admin: true },
  { id: 'hours', label: 'Hours and greeting', group: 'The business', admin: true },
  { id: 'people', label: 'People', group: 'The business', admin: false },
  { id: 'teams', label: 'Teams', group: 'The business', admin: false },
  { id: 'letters', label: 'Letters', group: 'The business', admin: true },
  { id: 'support', label: 'Help from the platform', group: 'The business', admin: true },
  { id: 'audit', label: 'Audit log', group: 'The business', admin: true },
  { id: 'routing', label: 'Routing', group: 'Conversations', admin: true },
  { id: 'replies', label: 'Canned replies', group: 'Conversations', admin: false },
  { id: 'labels', label: 'Labels', group: 'Conversations', admin: false },
  { id: 'targets', label: 'Targets', group: 'Conversations', admin: true },
  { id: 'feedback', label: 'Feedback', group: 'Conversations', admin: true },
  { id: 'blocked', label: 'Blocked', group: 'Conversations', admin: false },
  { id: 'site', label: 'Chat on your site', group: 'Your site', admin: true },
  { id: 'look', label: 'Look', group: 'Your site', admin: true },
  { id: 'keys', label: 'API keys', group: 'Programs', admin: true },
  { id: 'webhooks', label: 'Webhooks', group: 'Programs', admin: true },
] as const;

/** One of the settings. */
export type Setting = (typeof SETTINGS)[number];

/** What this person may see of the settings. */
export function settingsOf({ who }: Session): Setting[] {
  return SETTINGS.filter((each) => ('everybody' in each || isStaff(who)) && (who.kind === 'admin' || !each.admin));
}

/** Says when it does not work. */
export async function leave(session: Own): Promise<void> {
  await signOut(session).catch((error: Error) => session.toasts.show({ text: error.message, danger: true }));
}

/** Where one can go from every page behind a sign-in; `current` is the path of this one. */
export function places(session: Session, current: string): Action[] {
  const pages = [
    ...(isStaff(session.who)
      ? [{ id: 'go.inbox', label: 'Inbox', href: '/inbox', icon: inboxIcon }, { id: 'go.clients', label: 'Clients', href: '/clients', icon: usersIcon }, { id: 'go.reports', label: 'Reports', href: '/reports', icon: chartIcon }]
      : [{ id: 'go.chat', label: 'Conversation', href: '/chat', icon: chatIcon }]),
    ...settingsOf(session).map(({ id, label }) => ({ id: `go.settings.${id}`, label: `Settings: ${label}`, href: `/settings#${id}`, icon: settingsIcon })),
  ];
  return [
    ...pages.filter(({ href }) => href !== current).map(({ id, label, href, icon }): Action => ({ id, label, icon, group: 'Go to', run: () => location.assign(href) })),
    { id: 'leave', label: 'Sign out', words: 'log out leave', icon: leaveIcon, group: 'You', run: () => leave(session) },
  ];
}
