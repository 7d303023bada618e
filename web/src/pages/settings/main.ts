import '../../tokens/app.css';
import { Disposables } from '../../base/disposables';
import { shell } from '../../components/shell/shell';
import type { TenantState } from '../../live/protocol.gen';
import { applyToTenant, StateStore } from '../../live/state-store';
import { startSession, type Session } from '../../session/start';
import { el, fill, mustFind, type Child } from '../../ui/dom';
import { businessSection } from './business';
import { hoursSection } from './hours';
import { labelSection } from './labels';
import { c } from './parts';
import { replySection } from './replies';
import { keySection, siteSection } from './sites';
import { teamSection } from './team';
import { youSection } from './you';

interface Section {
  id: string;
  label: string;
  admin: boolean;
  /** Draws it; what it listens to ends with the section's own disposables. */
  draw: (session: Session) => Child[];
}

function sectionsOf(session: Session): Section[] {
  const tenant = new StateStore<TenantState>(applyToTenant);
  session.owned.add(session.client.log(`tenant:${session.tenant.id}`, tenant));
  const admin = session.who.kind === 'admin';
  const all: Section[] = [
    { id: 'you', label: 'You', admin: false, draw: (own) => youSection(own) },
    { id: 'business', label: 'Business', admin: true, draw: (own) => businessSection(own) },
    { id: 'hours', label: 'Hours and greeting', admin: true, draw: (own) => hoursSection(own, tenant) },
    { id: 'team', label: 'Team', admin: false, draw: (own) => teamSection(own, admin) },
    { id: 'replies', label: 'Canned replies', admin: false, draw: (own) => replySection(own, admin) },
    { id: 'labels', label: 'Labels', admin: false, draw: (own) => labelSection(own, tenant, admin) },
    { id: 'site', label: 'Chat on your site', admin: true, draw: (own) => siteSection(own) },
    { id: 'keys', label: 'API keys', admin: true, draw: (own) => keySection(own) },
  ];
  return all.filter((section) => admin || !section.admin);
}

void startSession('staff', (session) => {
  const sections = sectionsOf(session);
  const links = sections.map(({ id, label }) => el('a', { href: `#${id}` }, label));
  const content = el('div', { class: c('content') });
  const main = el('main', { class: c('page') }, el('nav', { class: c('nav'), 'aria-label': 'Settings' }, ...links), content);
  let shown = session.owned.add(new Disposables());
  const show = () => {
    session.owned.drop(shown);
    shown = session.owned.add(new Disposables());
    const current = sections.find(({ id }) => `#${id}` === location.hash) ?? sections[0]!;
    links.forEach((link, index) => {
      if (sections[index] === current) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    });
    document.title = `${current.label} · Settings · Brigade`;
    fill(content, el('h1', { class: c('title') }, current.label), ...current.draw({ ...session, owned: shown }));
    main.scrollTop = 0;
  };
  session.owned.listen(window, 'hashchange', show);
  fill(mustFind('#app'), shell(session, '/settings', main));
  show();
});
