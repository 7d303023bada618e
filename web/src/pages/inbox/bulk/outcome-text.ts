import type { Outcome } from './run';

/** At most so many are named. */
const NAMED = 3;

/** How it is said that something was asked of many. */
export interface Wording {
  /** What those are that changed: "3 conversations are …". */
  done: string;
  /** What those were that needed nothing: "2 …". */
  already: (count: number) => string;
}

/** Says what was asked for. */
export function doneWording(done: string): Wording {
  return { done, already: (count) => `${count} ${count === 1 ? 'was' : 'were'} so already.` };
}

/** Says that something was taken back. */
export const BACK: Wording = {
  done: 'as before',
  already: (count) => `${count} ${count === 1 ? 'was' : 'were'} changed by somebody since and ${count === 1 ? 'stays' : 'stay'} so.`,
};

/** What came of it, in a few sentences: what was refused is named, with the reason. */
export function outcomeText(outcome: Outcome, wording: Wording, nameOf: (id: string) => string): string {
  const { changed, already, refused, unsent } = outcome;
  const sentences = [
    changed.length > 0 ? `${conversations(changed.length)} ${changed.length === 1 ? 'is' : 'are'} ${wording.done}.` : '',
    already.length > 0 ? wording.already(already.length) : '',
    ...byReason(refused).map(([reason, ids]) => `Not done for ${names(ids, nameOf)}: ${reason}`),
    unsent.length > 0 ? `${unsent.length} ${unsent.length === 1 ? 'was' : 'were'} not sent.` : '',
  ];
  return sentences.filter(Boolean).join(' ');
}

function conversations(count: number): string {
  return count === 1 ? '1 conversation' : `${count} conversations`;
}

function byReason(refused: Outcome['refused']): [string, string[]][] {
  const found = new Map<string, string[]>();
  for (const { id, reason } of refused) found.set(reason, [...(found.get(reason) ?? []), id]);
  return [...found];
}

function names(ids: readonly string[], nameOf: (id: string) => string): string {
  const named = ids.slice(0, NAMED).map((id) => `“${nameOf(id)}”`);
  const more = ids.length - named.length;
  if (more > 0) named.push(`${more} more`);
  return named.length === 1 ? named[0]! : `${named.slice(0, -1).join(', ')} and ${named.at(-1)}`;
}
