import type { Kind } from '../../live/writing';

/** Says who else is looking. */
export function lookingText(names: readonly string[]): string {
  if (names.length === 0) return '';
  return `${listed(names)} ${names.length === 1 ? 'is' : 'are'} looking at this too`;
}

/** Says who is writing what. */
export function writingText(names: readonly string[], what: Kind): string {
  if (names.length === 0) return '';
  return names.length === 1 ? `${names[0]} is writing ${what === 'note' ? 'a note' : 'an answer'}` : `${listed(names)} are writing ${what}s`;
}

/** Two by name, of more the rest by number. */
function listed(names: readonly string[]): string {
  const [first, second, third] = names;
  if (names.length > 3) return `${first}, ${second} and ${names.length - 2} others`;
  if (names.length === 3) return `${first}, ${second} and ${third}`;
  return names.join(' and ');
}
