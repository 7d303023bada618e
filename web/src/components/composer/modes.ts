import { el } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import type { Modes } from './composer';
import styles from './modes.module.css';

const c = mustClass(styles);

/** Staff write answers, and notes among themselves: the switch between the two, and a look that cannot be mistaken. */
export function staffModes(choose: (kind: 'send' | 'note') => void): Modes {
  const send = el('button', { type: 'button', class: c('mode') }, 'Reply');
  const note = el('button', { type: 'button', class: c('mode') }, 'Internal note');
  send.addEventListener('click', () => choose('send'));
  note.addEventListener('click', () => choose('note'));
  return {
    root: el('div', { class: c('modes'), role: 'group', 'aria-label': 'What to write' }, send, note),
    note: { placeholder: 'Only your team sees this. @ mentions somebody', label: 'Internal note', send: 'Add note' },
    show(kind, composer) {
      composer.classList.toggle(c('noting'), kind === 'note');
      send.setAttribute('aria-pressed', kind === 'note' ? 'false' : 'true');
      note.setAttribute('aria-pressed', kind === 'note' ? 'true' : 'false');
    },
  };
}
