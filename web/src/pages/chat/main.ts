import '../../tokens/app.css';
import { shell } from '../../components/shell/shell';
import { startSession } from '../../session/start';
import { fill, mustFind } from '../../ui/dom';
import { ChatPage } from './chat-page';

void startSession('client', (session) => {
  const page = new ChatPage(session);
  fill(mustFind('#app'), shell(session, '/chat', page.root, { title: `Your conversation with ${session.tenant.name}` }));
});
