import { openDialog } from '../../components/dialog/dialog';
import { Disposables, type Disposable } from '../../base/disposables';
import { remember, remembered } from '../../base/remembered';
import { el } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import styles from './inbox.module.css';

const c = mustClass(styles);
const SETTING = 'brigade.single-keys';

/** A key and what it does. */
export interface Shortcut {
  key: string;
  text: string;
  run: () => void;
}

/** Single keys can be switched off (WCAG 2.1.4): who speaks to the computer would press them by accident. */
export function singleKeysOn(): boolean {
  return remembered(SETTING) !== 'off';
}

/** Listens for single keys outside text fields and dialogs. */
export function listenForKeys(shortcuts: readonly Shortcut[]): Disposable {
  const owned = new Disposables();
  owned.listen(document, 'keydown', (event) => {
    const pressed = event as KeyboardEvent;
    if (pressed.defaultPrevented || pressed.ctrlKey || pressed.metaKey || pressed.altKey || pressed.isComposing) return;
    const target = pressed.target as HTMLElement;
    // A box to tick is no place to write. A dialog that was just closed may hold the focus until the page is drawn again; that does not count.
    const place = target.closest('input:not([type=checkbox]), textarea, select, [contenteditable], dialog[open]');
    if (place && !place.closest('dialog:not([open])')) return;
    const found = shortcuts.find(({ key }) => key === pressed.key);
    if (!found || (pressed.key !== '?' && !singleKeysOn())) return;
    pressed.preventDefault();
    found.run();
  });
  return owned;
}

/** Shows what the keys do, and switches them off. */
export async function showKeys(shortcuts: readonly Shortcut[]): Promise<void> {
  const box = el('input', { type: 'checkbox', id: 'single-keys' });
  box.checked = singleKeysOn();
  const owned = new Disposables();
  owned.listen(box, 'change', () => remember(SETTING, box.checked ? 'on' : 'off'));
  const more: [string, string][] = [['Enter', 'Send'], ['Shift Enter', 'New line'], ['/', 'Canned replies, while writing'], ['@', 'Somebody of the team, while writing'], ['↑ ↓', 'Between messages, or change the last one from an empty field'], ['Esc', 'Leave the field, or select nothing']];
  const rows = [...shortcuts.map(({ key, text }): [string, string] => [key, text]), ...more];
  await openDialog({
    title: 'Keys',
    body: [
      el('dl', { class: c('keys') }, ...rows.flatMap(([key, text]) => [el('dt', {}, el('kbd', {}, key)), el('dd', {}, text)])),
      el('label', { class: c('switch'), for: 'single-keys' }, box, 'Single keys are on'),
    ],
  });
  owned.dispose();
}
