import type { AuditLine } from '../../api/settings';
import { clockText, dayText, sameDay } from '../../components/time-text/time-text';
import { el, type Child } from '../../ui/dom';
import { wordsOf } from './audit-words';
import { c } from './parts';

/** Who the ids in a line are. */
export type Names = (id: string) => string | undefined;

/** Who reads the lines. */
export interface Reader {
  names: Names;
  /** What somebody is called who has no name here. */
  stranger: string;
  /** Whether conversations can be opened from here. */
  inbox: boolean;
}

/** Lines of a record, day by day; each opens to its particulars. */
export function logOf(lines: readonly AuditLine[], reader: Reader): HTMLElement[] {
  return days(lines).map((day) => dayOf(day, reader));
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

function dayOf(lines: AuditLine[], reader: Reader): HTMLElement {
  return el('section', {}, el('h3', { class: c('logDay') }, dayText(lines[0]!.at)), el('ul', { class: c('logLines') }, ...lines.map((line) => lineOf(line, reader))));
}

function lineOf({ seq, at, event, actor, ip, result, details }: AuditLine, reader: Reader): HTMLElement {
  const said = result === 'succeeded' ? null : el('span', { class: c('tag') }, result === 'refused' ? 'Refused' : 'Failed');
  const facts = [['Line', String(seq)], ['Event', event], ['By', actor], ...(ip ? [['Address', ip]] : []), ...Object.entries(details ?? {})] as [string, unknown][];
  return el('li', {},
    el('details', {},
      el('summary', { class: c('logLine') },
        el('time', { datetime: at, class: c('logTime') }, clockText(at)),
        el('span', { class: c('grow') }, el('bdi', {}, nameOf(actor, reader)), ` ${wordsOf(event)} `, said)),
      el('dl', { class: c('logFacts') }, ...facts.map(([name, value]) => el('div', {}, el('dt', {}, name.replaceAll('_', ' ')), el('dd', {}, valueOf(value, reader)))))));
}

function nameOf(actor: string, { names, stranger }: Reader): string {
  const known = names(actor);
  if (known !== undefined) return known.charAt(0).toUpperCase() + known.slice(1);
  if (actor === 'system') return 'Brigade';
  if (actor.startsWith('key_')) return 'A program';
  if (actor.startsWith('vis_')) return 'A visitor';
  return actor === 'anonymous' ? 'Somebody who was not signed in' : stranger;
}

/** A conversation leads to it; a person has a name. */
function valueOf(value: unknown, { names, inbox }: Reader): Child {
  if (typeof value !== 'string') return value === null ? 'none' : JSON.stringify(value);
  const conversation = /^(?:conversation:)?(cnv_\w+)$/.exec(value)?.[1];
  if (conversation !== undefined && inbox) return el('a', { href: `/inbox?c=${conversation}` }, 'Open the conversation');
  return el('bdi', {}, names(value) ?? value);
}
