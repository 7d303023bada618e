import { say } from '../../words/say';

/** Says who is typing. */
export function typingText(names: readonly string[]): string {
  const [first, second] = names;
  if (first === undefined) return '';
  if (second === undefined) return say('typing.one', { name: first });
  return names.length === 2 ? say('typing.two', { name: first, other: second }) : say('typing.more');
}
