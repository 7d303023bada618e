import { fitOf, wordsOf } from '../../base/words';
import { nowCalled, type Action } from './actions';

/** Actions under one heading. */
export interface Section {
  title: string;
  actions: Action[];
}

/** What is found by other words than its name comes after what is found by its name, and what is last by nature after that. */
const BY_OTHER_WORDS = 1_000;
const LAST = 1_000_000;

/**
 * What the palette shows. With nothing written: what was done last, then everything as it was declared. Otherwise what has all words,
 * the best first, and of what fits as well what was done last.
 */
export function sectionsOf(actions: readonly Action[], search: string, recent: readonly string[]): Section[] {
  const words = wordsOf(search);
  const age = ({ id }: Action) => {
    const at = id === undefined ? -1 : recent.indexOf(id);
    return at < 0 ? recent.length : at;
  };
  if (words.length === 0) {
    const again = actions.filter((action) => age(action) < recent.length && !action.refusal?.()).sort((a, b) => age(a) - age(b));
    return [...(again.length > 0 ? [{ title: 'Recent', actions: again }] : []), ...grouped(actions.filter((action) => !again.includes(action)))];
  }
  const found = actions.flatMap((action) => {
    const fit = action.last ? LAST : fitOfAction(action, words);
    return fit === undefined ? [] : [{ action, fit }];
  });
  return grouped(found.sort((a, b) => a.fit - b.fit || age(a.action) - age(b.action)).map(({ action }) => action));
}

function fitOfAction(action: Action, words: readonly string[]): number | undefined {
  const label = nowCalled(action.label);
  const fit = fitOf(label, words);
  if (fit !== undefined || action.words === undefined) return fit;
  const other = fitOf(`${label} ${action.words}`, words);
  return other === undefined ? undefined : other + BY_OTHER_WORDS;
}

/** By their headings, in the order in which those appear. */
function grouped(actions: readonly Action[]): Section[] {
  const sections = new Map<string, Action[]>();
  for (const action of actions) {
    const title = nowCalled(action.group);
    const section = sections.get(title);
    if (section) section.push(action);
    else sections.set(title, [action]);
  }
  return [...sections].map(([title, those]) => ({ title, actions: those }));
}
