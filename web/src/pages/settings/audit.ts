import { auditLog, keys, type AuditLine } from '../../api/settings';
import { staff } from '../../api/tenant';
import { busy, button } from '../../components/button/button';
import { emptyState } from '../../components/empty/empty';
import { choiceField } from '../../components/field/field';
import { clockText, dayText, sameDay } from '../../components/time-text/time-text';
import type { Session } from '../../session/start';
import { el, fill, type Child } from '../../ui/dom';
import { searchIcon } from '../../ui/icons';
import { topicOf, TOPICS, wordsOf } from './audit-words';
import { c, card, loaded, messageOf } from './parts';

const PAGE = 100;

/** Who the ids in a line are. */
type Names = (id: string) => string | undefined;

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
    fill(body, ...days(shown).map((day) => dayOf(day, names)));
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

/** The lines by their days. */
function days(lines: readonly AuditLine[]): AuditLine[][] {
  const found: AuditLine[][] = [];
  for (const line of lines) {
    const last = found.at(-1);
    if (last && sameDay(last[0]!.at, line.at)) last.push(line);
    else found.push([line]);
  }
  return found;
}

function dayOf(lines: AuditLine[], names: Names): HTMLElement {
  return el('section', {}, el('h3', { class: c('logDay') }, dayText(lines[0]!.at)), el('ul', { class: c('logLines') }, ...lines.map((line) => lineOf(line, names))));
}

function lineOf({ seq, at, event, actor, ip, result, details }: AuditLine, names: Names): HTMLElement {
  const said = result === 'succeeded' ? null : el('span', { class: c('tag') }, result === 'refused' ? 'Refused' : 'Failed');
  const facts = [['Line', String(seq)], ['Event', event], ['By', actor], ...(ip ? [['Address', ip]] : []), ...Object.entries(details ?? {})] as [string, unknown][];
  return el('li', {},
    el('details', {},
      el('summary', { class: c('logLine') },
        el('time', { datetime: at, class: c('logTime') }, clockText(at)),
        el('span', { class: c('grow') }, el('bdi', {}, nameOf(actor, names)), ` ${wordsOf(event)} `, said)),
      el('dl', { class: c('logFacts') }, ...facts.map(([name, value]) => el('div', {}, el('dt', {}, name.replaceAll('_', ' ')), el('dd', {}, valueOf(value, names)))))));
}

function nameOf(actor: string, names: Names): string {
  const known = names(actor);
  if (known !== undefined) return known.charAt(0).toUpperCase() + known.slice(1);
  if (actor === 'system') return 'Brigade';
  if (actor.startsWith('key_')) return 'A program';
  if (actor.startsWith('vis_')) return 'A visitor';
  return actor === 'anonymous' ? 'Somebody who was not signed in' : 'Somebody who is not on the team';
}

/** A conversation leads to it; a person has a name. */
function valueOf(value: unknown, names: Names): Child {
  if (typeof value !== 'string') return value === null ? 'none' : JSON.stringify(value);
  const conversation = /^(?:conversation:)?(cnv_\w+)$/.exec(value)?.[1];
  if (conversation !== undefined) return el('a', { href: `/inbox?c=${conversation}` }, 'Open the conversation');
  return el('bdi', {}, names(value) ?? value);
}
