import type { PresenceStatus } from '../../live/protocol.gen';
import { el } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import { say } from '../../words/say';
import styles from './avatar.module.css';

const c = mustClass(styles);
const FACES = ['a', 'b', 'c', 'd'] as const;

/** The first letters of the first and the last word. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => (word ? [...word][0]! : ''));
  return letters.join('').toLocaleUpperCase() || '?';
}

/** The same name has the same colour everywhere. */
export function faceOf(name: string): (typeof FACES)[number] {
  let sum = 0;
  for (const char of name) sum = (sum * 31 + char.codePointAt(0)!) >>> 0;
  return FACES[sum % FACES.length]!;
}

/** Somebody's initials in their colour. Decoration: the name is written beside it. */
export function avatar(person: { name: string }, size: 'small' | 'base' | 'large' = 'base'): HTMLElement {
  return el('span', { class: c('avatar', faceOf(person.name), size !== 'base' && size), 'aria-hidden': 'true' }, initials(person.name));
}

/** Shows on an avatar whether its person is there; `undefined` shows nothing. */
export function setPresence(face: HTMLElement, status: PresenceStatus | undefined): void {
  face.classList.remove(c('online'), c('away'));
  face.querySelector('span')?.remove();
  if (status === undefined) return;
  face.append(el('span', { class: c('dot') }));
  if (status !== 'offline') face.classList.add(c(status));
}

/** How it is said. */
export function presenceText(status: PresenceStatus | undefined): string {
  switch (status) {
    case 'online': return say('presence.online');
    case 'away': return say('presence.away');
    case 'offline': return say('presence.offline');
    case undefined: return '';
  }
}
