import '../../tokens/app.css';
import { leaveBusiness } from '../../api/support';
import { Disposables } from '../../base/disposables';
import { ConnectionBanner } from '../../components/banner/banner';
import { busy, button } from '../../components/button/button';
import { emptyState } from '../../components/empty/empty';
import { paletteButton } from '../../components/palette/opener';
import { frame, placeLink } from '../../components/shell/shell';
import { momentText } from '../../components/time-text/time-text';
import { startLooking, type Looking, type Own } from '../../session/start';
import { el, fill, mustFind } from '../../ui/dom';
import { clockIcon, inboxIcon, leaveIcon, settingsIcon } from '../../ui/icons';
import { Conversations } from './conversations';
import { c } from './parts';
import { setup } from './setup';

const VIEWS = [{ id: 'conversations', label: 'Conversations', icon: inboxIcon }, { id: 'setup', label: 'How it is set up', icon: settingsIcon }] as const;

/** Takes one back to the platform. */
function leaveButton({ owned, toasts }: Own): HTMLButtonElement {
  const leave = button({ label: 'Leave', icon: leaveIcon, small: true });
  owned.listen(leave, 'click', () => {
    busy(leave, leaveBusiness).then(() => location.assign('/platform#tenants'), (error: Error) => toasts.show({ text: error.message, danger: true }));
  });
  return leave;
}

/** On every page: where one is, until when, and the way out. */
function banner(session: Looking): HTMLElement {
  return el('div', { class: c('banner'), role: 'region', 'aria-label': 'Looking in' },
    el('p', {}, 'You are looking into ', el('b', {}, el('bdi', {}, session.tenant.name)), ' until ', el('time', { datetime: session.until }, momentText(session.until)), '. You can change nothing, and what you read is in its audit log.'),
    leaveButton(session));
}

function begin(session: Looking): void {
  const links = VIEWS.map(({ id, label, icon }) => placeLink({ href: `#${id}`, label, icon }, ''));
  const content = el('div', { class: c('content') });
  const main = el('main', { class: c('page') }, content);
  const lines = session.owned.add(new ConnectionBanner(session.client.connection));
  session.actions.add(VIEWS.map(({ id, label, icon }) => ({ id: `go.look.${id}`, label, icon, group: 'Go to', run: () => void (location.hash = id) })));
  let shown = session.owned.add(new Disposables());
  let current: string | undefined;
  const show = () => {
    const [id = '', conversation] = location.hash.slice(1).split('/');
    if (id === 'main') return;
    const view = VIEWS.find((each) => each.id === id) ?? VIEWS[0];
    links.forEach((link, index) => (VIEWS[index] === view ? link.setAttribute('aria-current', 'page') : link.removeAttribute('aria-current')));
    document.title = `${view.label} · Looking in · Brigade`;
    if (view.id === 'conversations' && current === view.id) return list?.open(conversation);
    current = view.id;
    list = undefined;
    session.owned.drop(shown);
    shown = session.owned.add(new Disposables());
    const own = { ...session, owned: shown };
    if (view.id === 'setup') return fill(content, setup(own));
    list = shown.add(new Conversations(own));
    fill(content, list.root);
    list.open(conversation);
  };
  let list: Conversations | undefined;
  session.owned.listen(window, 'hashchange', show);
  fill(mustFind('#app'), frame(session, {
    start: '/look', place: session.tenant.name, you: '/look', title: `Looking into ${session.tenant.name}`, main, links,
    tools: [paletteButton(session)], banner: el('div', {}, banner(session), lines.root),
  }));
  show();
}

/** Nothing of the business is here any more. */
function over({ business, ...own }: Own & { business: string }): void {
  document.title = 'Over · Looking in · Brigade';
  const text = `${business} does not let support look any more. Ask them to let you in again if you need to see more.`;
  fill(mustFind('#app'), el('main', { class: c('over'), id: 'main' }, el('h1', { class: 'visually-hidden' }, 'Looking in'), emptyState({ icon: clockIcon, title: 'You can look no longer', text, action: leaveButton(own) })));
}

void startLooking(begin, over);
