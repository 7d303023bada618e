// What is on the screen, in the language of who looks. Everything that a visitor reads comes from the tables beside this file.
import type { Language } from './languages';
import type { Key, Table, Text, Values } from './table';

/** What is spoken now. */
export let language: Language = 'en';
let table: Table | undefined;

/** From now on this is spoken; without a table it is English. What was said before stays as it is. */
export function setLanguage(now: Language, itsTable?: Table): void {
  [language, table] = [now, itsTable];
}

/** How many letters a number has that no language spoken here writes in groups. To ask the browser's own tables takes milliseconds on a phone. */
const SHORT = 3;
let plurals: [Language, Intl.PluralRules] | undefined;

function written(value: string | number): string {
  const plain = String(value);
  return typeof value === 'string' || (Number.isInteger(value) && plain.length <= SHORT) ? plain : value.toLocaleString(language);
}

/** Which form of a text a number has. */
function formOf(number: number): Intl.LDMLPluralRule {
  if (plurals?.[0] !== language) plurals = [language, new Intl.PluralRules(language)];
  return plurals[1].select(number);
}

/** A text with what stands in its braces. */
export function filled(text: string, values: Record<string, string | number>): string {
  return text.replace(/{(\w+)}/g, (_, name: string) => written(values[name]!));
}

function spoken(place: number, english: Text, values: Record<string, string | number> = {}): string {
  const text = table?.texts[place] ?? english;
  const form = typeof text === 'string' ? text : text[formOf(values['n'] as number)] ?? text.other;
  return filled(form, values);
}

/**
 * The text of a key, with what stands in its braces. The key is written out where it is said, never reckoned: the build puts the English
 * text there, and its place in the other tables.
 */
export const say = spoken as unknown as <K extends Key>(key: K, ...values: Values<K>) => string;

/** What the server said, as far as there are words for it: for the sentence, or else for its code. */
export function heard(sentence: string, code = ''): string {
  return table?.server[sentence] ?? table?.server[code] ?? sentence;
}
