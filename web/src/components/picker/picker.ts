import { Disposables } from '../../base/disposables';
import { el } from '../../ui/dom';
import { icon, checkIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { openDialog } from '../dialog/dialog';
import { finder } from '../finder/finder';
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

/**
 * Lets the person choose one; resolves to `undefined` when they do not. Arrow keys move, a letter jumps; where there are many, a field finds
 * them, and Enter takes the first that is found.
 */
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
  const items = buttons.map((option) => el('li', {}, option));
  const list = el('ul', { class: c('list') }, ...items);
  const find = finder(owned, choices, items, (words) => choices.filter(({ label }) => label.toLocaleLowerCase().includes(words)));
  const found = () => items.flatMap((item, index) => (item.hidden ? [] : [{ option: buttons[index]!, label: choices[index]!.label }]));
  owned.listen(list, 'keydown', (event) => {
    const shown = found();
    const next = nextIndex(event, shown.findIndex(({ option }) => option === document.activeElement), shown);
    if (next === undefined) return;
    event.preventDefault();
    shown[next]?.option.focus();
  });
  if (find) {
    owned.listen(find.input, 'keydown', (event) => {
      const first = found()[0]?.option;
      if (!first || (event.key !== 'ArrowDown' && event.key !== 'Enter')) return;
      event.preventDefault();
      if (event.key === 'Enter') first.click();
      else first.focus();
    });
  }
  const opened = openDialog({ title, body: [find?.root, list], cancel: 'Cancel' });
  (find?.input ?? buttons.find((_, index) => choices[index]?.current) ?? buttons[0])?.focus();
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
