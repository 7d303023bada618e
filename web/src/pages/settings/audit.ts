import { auditLog, keys, type AuditLine } from '../../api/settings';
import { staff } from '../../api/tenant';
import { busy, button } from '../../components/button/button';
import { emptyState } from '../../components/empty/empty';
import { choiceField } from '../../components/field/field';
import { clockText, dayText } from '../../components/time-text/time-text';
import type { Session } from '../../session/start';
import { el, fill, type Child } from '../../ui/dom';
import { searchIcon } from '../../ui/icons';
import { logOf, type Names } from './audit-lines';
import { topicOf, TOPICS } from './audit-words';
import { c, card, loaded, messageOf } from './parts';

const PAGE = 100;

interface Beginning {
  lines: AuditLine[];
  names: Names;
}

/** Who did what, the newest first. Nothing of it can be changed. */
export function auditSection(session: Session): Child[] {
  const about = el('p', { class: c('lead') }, 'Who did what, and when. Lines are only ever added: nobody can change one, you neither. What was said in conversations is not in it.');
  return [about, card('What happened', loaded(session.owned, 'Loading the audit log', begin, (beginning) => log(session, beginning)))];
}

async function begin(): Promise<Beginning> {
  const [lines, { members }, known] = await Promise.all([auditLog(PAGE), staff(), keys()]);
  const names = new Map([...members.map(({ id, name }) => [id, name] as const), ...known.map(({ id, name }) => [id, `the key “${name}”`] as const)]);
  return { lines, names: (id) => names.get(id) };
}

function log({ owned, toasts }: Session, { lines: first, names }: Beginning): HTMLElement {
  let [lines, more] = [first, first.length === PAGE];
  const topic = choiceField({ label: 'Show', name: 'topic' }, TOPICS);
  const body = el('div', { class: c('log') });
  const older = button({ label: 'Show older ones', kind: 'quiet' });
  const draw = () => {
    const shown = lines.filter(({ event }) => topic.input.value === '' || topicOf(event) === topic.input.value);
    fill(body, ...logOf(shown, { names, stranger: 'Somebody who is not on the team', inbox: true }));
    if (shown.length === 0) fill(body, nothing(lines, more));
    older.hidden = !more;
  };
  owned.listen(topic.input, 'change', draw);
  owned.listen(older, 'click', () => void busy(older, async () => {
    const page = await auditLog(PAGE, lines.at(-1)!.seq);
    [lines, more] = [[...lines, ...page], page.length === PAGE];
    draw();
  }).catch((error: unknown) => toasts.show({ text: messageOf(error), danger: true })));
  draw();
  return el('div', { class: c('form') }, topic.root, body, el('div', { class: c('foot') }, older));
}

function nothing(lines: AuditLine[], more: boolean): HTMLElement {
  const since = lines.at(-1);
  const text = more && since ? `Nothing of this kind since ${dayText(since.at)}, ${clockText(since.at)}. There are older lines.` : 'Nothing of this kind has happened yet.';
  return emptyState({ icon: searchIcon, title: 'Nothing here', text, level: 'h3' });
}
