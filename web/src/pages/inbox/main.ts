import '../../tokens/app.css';
import { conversations, staff } from '../../api/tenant';
import { availabilitySwitch } from '../../components/availability/availability';
import { button } from '../../components/button/button';
import { shell } from '../../components/shell/shell';
import type { TenantState } from '../../live/protocol.gen';
import { applyToTenant, StateStore } from '../../live/state-store';
import { NEWEST_OPEN } from '../../first';
import { startSession } from '../../session/start';
import { fill, mustFind } from '../../ui/dom';
import { chatIcon, helpIcon } from '../../ui/icons';
import { InboxPage } from './inbox-page';

// Asked at once, beside who one is: on a slow line the live list, which holds all that is to do, takes seconds.
const first = conversations(NEWEST_OPEN);
// Whatever is the matter, the live list will tell.
first.catch(() => undefined);

void startSession('staff', (session) => {
  const tenant = new StateStore<TenantState>(applyToTenant);
  const topic = `tenant:${session.tenant.id}` as const;
  const page = new InboxPage(session, tenant);
  session.owned.add(session.client.log(topic, tenant));
  const help = button({ label: 'Keys', icon: helpIcon, kind: 'plain', bare: true });
  session.owned.listen(help, 'click', () => page.showKeys());
  const available = availabilitySwitch(tenant, session.who.user.id);
  const takes = () => available.getAttribute('aria-checked') === 'true';
  session.owned.listen(available, 'click', () => void session.client
    .command(topic, 'set_available', { available: !takes() }, { newest: true })
    .done.catch((error: Error) => session.toasts.show({ text: error.message, danger: true })));
  session.actions.add([{
    id: 'available', label: () => (takes() ? 'Take no chats for now' : 'Take chats again'), words: 'available away', icon: chatIcon, group: 'You',
    when: () => !available.hidden, run: () => available.click(),
  }]);
  void first.then(({ items }) => page.showFirst(items), () => undefined);
  fill(mustFind('#app'), shell(session, '/inbox', page.root, { title: 'Inbox', tools: [available, help] }));
  const load = () => staff().then(({ members }) => page.setStaff(members), (error: Error) =>
    session.toasts.show({ text: `The team could not be loaded. ${error.message}`, danger: true, action: { label: 'Try again', run: () => void load() } }));
  void load();
});
