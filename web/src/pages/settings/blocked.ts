import { blockedVisitors, type BlockedVisitor } from '../../api/blocked';
import { staff } from '../../api/tenant';
import { busy, button } from '../../components/button/button';
import { emptyState } from '../../components/empty/empty';
import { momentText } from '../../components/time-text/time-text';
import { topicOf } from '../../live/conversation';
import type { Session } from '../../session/start';
import { el, type Child } from '../../ui/dom';
import { checkIcon } from '../../ui/icons';
import { c, card, doButton, loaded, messageOf } from './parts';

/** What is loaded first. */
interface Beginning {
  items: BlockedVisitor[];
  next: string | null;
  nameOf: (id: string) => string | undefined;
}

/** Which visitors are blocked, by whom, since when and why. */
export function blockedSection(session: Session): Child[] {
  return [
    el('p', { class: c('lead') }, 'Blocked visitors can read what was said and write nothing more. You block somebody beside their conversation, in its details.'),
    card('Blocked visitors', loaded(session.owned, 'Loading who is blocked', begin, (beginning, again) => list(session, beginning, again))),
    el('p', { class: c('soft') }, 'A visitor is known by what their browser keeps of the chat, and by an address if one was left: no internet address and no trace of the device is kept. Who clears the browser is somebody new, unless they leave a blocked address.'),
  ];
}

async function begin(): Promise<Beginning> {
  const [page, { members }] = await Promise.all([blockedVisitors(), staff()]);
  const names = new Map(members.map(({ id, name }) => [id, name] as const));
  return { ...page, nameOf: (id) => names.get(id) };
}

function list(session: Session, { items, next, nameOf }: Beginning, again: () => void): HTMLElement {
  if (items.length === 0) return emptyState({ icon: checkIcon, title: 'Nobody is blocked', text: 'Who is will be listed here, with a way back.', level: 'h3' });
  const rows = el('ul', { class: c('rows') }, ...items.map((item) => row(session, item, nameOf, again)));
  const more = button({ label: 'Show earlier ones', kind: 'quiet' });
  more.hidden = next === null;
  let from = next;
  session.owned.listen(more, 'click', () => void busy(more, async () => {
    const page = await blockedVisitors(from ?? undefined);
    rows.append(...page.items.map((item) => row(session, item, nameOf, again)));
    from = page.next;
    more.hidden = from === null;
  }).catch((error: unknown) => session.toasts.show({ text: messageOf(error), danger: true })));
  return el('div', { class: c('form') }, rows, el('div', { class: c('foot') }, more));
}

function row({ client, owned, toasts }: Session, item: BlockedVisitor, nameOf: Beginning['nameOf'], again: () => void): HTMLElement {
  const complain = (text: string) => toasts.show({ text, danger: true });
  const ask = (type: 'block' | 'unblock', body: object) => client.command(topicOf(item.conversation), type, { ...body }).done;
  const back = () => void ask('block', { reason: item.reason, ...(item.email !== null && { email: true }) }).then(again, (error: unknown) => complain(messageOf(error)));
  return el(
    'li', {},
    el('div', { class: c('grow') },
      el('b', {}, el('a', { href: `/inbox?c=${item.conversation}` }, el('bdi', {}, item.name))),
      el('div', { class: c('excerpt'), dir: 'auto' }, item.reason),
      el('div', { class: c('soft') }, el('bdi', {}, byWhom(item, nameOf)), ', ', el('time', { datetime: item.at }, momentText(item.at)), item.email === null ? null : el('span', {}, ' · also the address ', el('bdi', {}, item.email)))),
    doButton(owned, { label: 'Let them write' }, async () => {
      await ask('unblock', {});
      again();
      toasts.show({ text: `${item.name} can write again.`, action: { label: 'Undo', run: back } });
    }, complain, { 'aria-label': `Let them write: ${item.name}` }),
  );
}

function byWhom({ by }: BlockedVisitor, nameOf: Beginning['nameOf']): string {
  if (by === 'system') return 'Brigade';
  return nameOf(by) ?? (by.startsWith('key_') ? 'A program' : 'Somebody who is not on the team any more');
}
