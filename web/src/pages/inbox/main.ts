import '../../tokens/app.css';
import { staff } from '../../api/tenant';
import { button } from '../../components/button/button';
import { shell } from '../../components/shell/shell';
import { startSession } from '../../session/start';
import { fill, mustFind } from '../../ui/dom';
import { helpIcon } from '../../ui/icons';
import { InboxPage } from './inbox-page';

void startSession('staff', (session) => {
  const page = new InboxPage(session);
  const help = button({ label: 'Keys', icon: helpIcon, kind: 'plain', bare: true });
  session.owned.listen(help, 'click', () => page.showKeys());
  fill(mustFind('#app'), shell(session, '/inbox', page.root, { title: 'Inbox', tools: help }));
  const load = () => staff().then(({ members }) => page.setStaff(members), (error: Error) =>
    session.toasts.show({ text: `The team could not be loaded. ${error.message}`, danger: true, action: { label: 'Try again', run: () => void load() } }));
  void load();
});
