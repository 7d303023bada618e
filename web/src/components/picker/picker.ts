import { Disposables } from '../../base/disposables';
import { el } from '../../ui/dom';
import { icon, checkIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { openDialog } from '../dialog/dialog';
import styles from './picker.module.css';

const c = mustClass(styles);

/** One of the choices. */
export interface Choice<T> {
  value: T;
  label: string;
  note?: string;
  face?: HTMLElement;
  current?: boolean;
}

/** Lets the person choose one of a few; resolves to `undefined` when they do not. Arrow keys move, a letter jumps. */
export async function pick<T>(title: string, choices: readonly Choice<T>[]): Promise<T | undefined> {
  const owned = new Disposables();
  let chosen: { value: T } | undefined;
  const buttons = choices.map((choice) => {
    const option = el(
      'button', { type: 'button', class: c('option'), 'aria-pressed': choice.current ? 'true' : 'false' },
      choice.face ?? null, el('span', { class: c('name') }, choice.label),
      choice.note ? el('span', { class: c('soft') }, choice.note) : null, choice.current ? icon(checkIcon) : null,
    );
    owned.listen(option, 'click', () => {
      chosen = { value: choice.value };
      option.closest('dialog')?.close();
    });
    return option;
  });
  const list = el('ul', { class: c('list') }, ...buttons.map((option) => el('li', {}, option)));
  owned.listen(list, 'keydown', (event) => {
    const at = buttons.findIndex((option) => option === document.activeElement);
    const next = nextIndex(event, at, choices);
    if (next === undefined) return;
    event.preventDefault();
    buttons[next]?.focus();
  });
  const opened = openDialog({ title, body: [list], cancel: 'Cancel' });
  (buttons.find((_, index) => choices[index]?.current) ?? buttons[0])?.focus();
  await opened;
  owned.dispose();
  return chosen?.value;
}

function nextIndex(event: KeyboardEvent, at: number, choices: readonly { label: string }[]): number | undefined {
  const count = choices.length;
  switch (event.key) {
    case 'ArrowDown': return (at + 1) % count;
    case 'ArrowUp': return (at - 1 + count) % count;
    case 'Home': return 0;
    case 'End': return count - 1;
    default:
  }
  if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const letter = event.key.toLocaleLowerCase();
  for (let step = 1; step <= count; step += 1) {
    const index = (at + step) % count;
    if (choices[index]?.label.toLocaleLowerCase().startsWith(letter)) return index;
  }
  return undefined;
}
