import '../../tokens/app.css';
import { conversations, staff } from '../../api/tenant';
import { availabilitySwitch } from '../../components/availability/availability';
import { button } from '../../components/button/button';
import { emptyState } from '../../components/empty/empty';
import { shell } from '../../components/shell/shell';
import { followLog } from '../../live/follow-log';
import type { TenantState } from '../../live/protocol.gen';
import { applyToTenant, StateStore } from '../../live/state-store';
import { NEWEST_OPEN } from '../../first';
import { startSession, type Session } from '../../session/start';
import { fill, mustFind } from '../../ui/dom';
import { chatIcon, helpIcon, offlineIcon } from '../../ui/icons';
import { haveLettersCome } from '../../ui/letters';
import { mustClass } from '../../ui/must-class';
import { painted } from '../../ui/painted';
import { asksForOne, Front } from './front';
import type { InboxPage } from './inbox-page';
import styles from './inbox.module.css';

const c = mustClass(styles);

// Asked at once, beside who one is: on a slow line the live list, which holds all that is to do, takes seconds.
const first = conversations(NEWEST_OPEN);
// Whatever is the matter, the live list will tell.
first.catch(() => undefined);
/** When the list is seen, or will not be soon. */
const drawn = first.then(painted, () => undefined);
void haveLettersCome(drawn);

/** What is done with conversations: at once when one is asked for, and otherwise when the list is seen. */
const rest = (asksForOne() ? Promise.resolve() : drawn).then(() => import('./inbox-page')).catch(() => undefined);

async function goOn(front: Front, tenant: StateStore<TenantState>): Promise<InboxPage | undefined> {
  const code = await rest;
  if (code) return new code.InboxPage(front, tenant);
  const again = button({ label: 'Load the page again', kind: 'primary' });
  front.session.owned.listen(again, 'click', () => location.reload());
  front.sayWhyNot(() => emptyState({ icon: offlineIcon, title: 'Conversations cannot be opened', text: 'A part of this page could not be loaded. The list is live all the same.', action: again }));
  return undefined;
}

void startSession('staff', (session: Session) => {
  const tenant = new StateStore<TenantState>(applyToTenant);
  const topic = `tenant:${session.tenant.id}` as const;
  const front = new Front(session);
  session.owned.add(tenant.changed.on(() => front.setBusiness(tenant.state)));
  session.owned.add(followLog(session.client, topic, tenant));
  void first.then(({ items }) => front.list.showFirst(items), () => undefined);
  const page = goOn(front, tenant);
  const help = button({ label: 'Keys', icon: helpIcon, kind: 'plain', bare: true });
  help.classList.add(c('help'));
  session.owned.listen(help, 'click', () => void page.then((here) => here?.showKeys()));
  const available = availabilitySwitch(tenant, session.who.user.id);
  const takes = () => available.getAttribute('aria-checked') === 'true';
  session.owned.listen(available, 'click', () => void session.client
    .command(topic, 'set_available', { available: !takes() }, { newest: true })
    .done.catch((error: Error) => session.toasts.show({ text: error.message, danger: true })));
  session.actions.add([{
    id: 'available', label: () => (takes() ? 'Take no chats for now' : 'Take chats again'), words: 'available away', icon: chatIcon, group: 'You',
    when: () => !available.hidden, run: () => available.click(),
  }]);
  fill(mustFind('#app'), shell(session, '/inbox', front.root, { title: 'Inbox', tools: [available, help] }));
  const load = () => staff().then(({ members }) => front.setStaff(members), (error: Error) =>
    session.toasts.show({ text: `The team could not be loaded. ${error.message}`, danger: true, action: { label: 'Try again', run: () => void load() } }));
  void load();
});
