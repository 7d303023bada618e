import '../../tokens/app.css';
import { isStaff } from '../../api/session';
import { Disposables } from '../../base/disposables';
import { findAction, listActions } from '../../components/inbox-list/list-actions';
import { settingsOf, type Setting } from '../../components/shell/places';
import { shell } from '../../components/shell/shell';
import { followLog } from '../../live/follow-log';
import type { TenantState } from '../../live/protocol.gen';
import { applyToTenant, StateStore } from '../../live/state-store';
import { startSession, type Session } from '../../session/start';
import { el, fill, mustFind, type Child } from '../../ui/dom';
import { blockedSection } from './blocked';
import { businessSection } from './business';
import { feedbackSection } from './feedback';
import { hoursSection } from './hours';
import { labelSection } from './labels';
import { lookSection } from './look/look';
import { notificationSection } from './notifications';
import { ownDataSection } from './own-data';
import { c, loaded } from './parts';
import { peopleSection } from './people';
import { replySection } from './replies';
import { routingSection } from './routing';
import { keySection, siteSection } from './sites';
import { targetSection } from './targets';
import { teamsSection } from './teams';
import { youSection } from './you';

/** Draws one of the settings; what it listens to ends with the disposables of the session it gets. */
type Draw = (session: Session) => Child[];

/** Draws one that few people open: its script comes when it is opened. */
const later = <T>(load: () => Promise<T>, draw: (code: T, own: Session) => Child[]): Draw => (own) =>
  [loaded(own.owned, 'Loading', load, (code) => el('div', { class: c('later') }, ...draw(code, own)))];

function drawsOf(session: Session): Record<Setting['id'], Draw> {
  const tenant = new StateStore<TenantState>(applyToTenant);
  // It is the business's own: customers have no part in it.
  if (isStaff(session.who)) session.owned.add(followLog(session.client, `tenant:${session.tenant.id}`, tenant));
  const admin = session.who.kind === 'admin';
  return {
    you: (own) => youSection(own),
    notifications: (own) => notificationSection(own),
    data: (own) => ownDataSection(own),
    business: (own) => businessSection(own),
    hours: (own) => hoursSection(own, tenant),
    people: (own) => peopleSection(own, admin),
    teams: (own) => teamsSection(own, tenant, admin),
    routing: (own) => routingSection(own, tenant),
    replies: (own) => replySection(own, admin),
    labels: (own) => labelSection(own, tenant, admin),
    targets: (own) => targetSection(own, tenant),
    blocked: (own) => blockedSection(own),
    feedback: (own) => feedbackSection(own, tenant),
    site: (own) => siteSection(own, tenant),
    look: (own) => lookSection(own, tenant),
    keys: (own) => keySection(own),
    letters: later(() => import('./letters/letters'), ({ letterSection }, own) => letterSection(own)),
    webhooks: later(() => import('./webhooks'), ({ webhookSection }, own) => webhookSection(own)),
    support: later(() => import('./support'), ({ supportSection }, own) => supportSection(own)),
    audit: later(() => import('./audit'), ({ auditSection }, own) => auditSection(own)),
  };
}

/** The links under the names of what they are about. */
function grouped(sections: readonly Setting[], links: readonly HTMLElement[]): HTMLElement[] {
  const names = [...new Set(sections.map(({ group }) => group))];
  return names.map((name) => el('div', { class: c('about'), role: 'group', 'aria-label': name },
    names.length > 1 ? el('p', { class: c('group_name'), 'aria-hidden': 'true' }, name) : null,
    ...links.filter((_, index) => sections[index]!.group === name)));
}

/** On a phone the links are in one line that scrolls. `scrollIntoView` would have Tab begin at the link, past the way to the content. */
function bringInto(nav: HTMLElement, link: HTMLElement): void {
  const [around, at] = [nav.getBoundingClientRect(), link.getBoundingClientRect()];
  nav.scrollBy({
    left: (at.left + at.right - around.left - around.right) / 2,
    top: Math.min(0, at.top - around.top) + Math.max(0, at.bottom - around.bottom),
  });
}

void startSession('everybody', (session) => {
  const sections = settingsOf(session);
  const draws = drawsOf(session);
  const links = sections.map(({ id, label }) => el('a', { href: `#${id}` }, label));
  const content = el('div', { class: c('content') });
  const nav = el('nav', { class: c('nav'), 'aria-label': 'Settings' }, ...grouped(sections, links));
  const main = el('main', { class: c('page') }, nav, content);
  let shown = session.owned.add(new Disposables());
  const show = () => {
    session.owned.drop(shown);
    shown = session.owned.add(new Disposables());
    const current = sections.find(({ id }) => `#${id}` === location.hash) ?? sections[0]!;
    links.forEach((link, index) => {
      if (sections[index] !== current) return link.removeAttribute('aria-current');
      link.setAttribute('aria-current', 'page');
      bringInto(nav, link);
    });
    document.title = `${current.label} · Settings · Brigade`;
    fill(content, el('h1', { class: c('title') }, current.label), ...draws[current.id]({ ...session, owned: shown }));
    main.scrollTop = 0;
  };
  session.owned.listen(window, 'hashchange', show);
  if (isStaff(session.who)) {
    session.actions.add(listActions((filter) => location.assign(`/inbox?f=${filter}`)));
    session.actions.add(findAction((words) => location.assign(`/inbox?q=${encodeURIComponent(words)}`)));
  }
  fill(mustFind('#app'), shell(session, '/settings', main));
  show();
});
