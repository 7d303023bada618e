import { Disposables, type Disposable } from '../../base/disposables';
import { remember, remembered } from '../../base/remembered';
import { makesSense, type Actions } from './actions';

const SETTING = 'brigade.single-keys';

/** Single keys can be switched off (WCAG 2.1.4): who speaks to the computer would press them by accident. */
export function singleKeysOn(): boolean {
  return remembered(SETTING) !== 'off';
}

export function switchSingleKeys(on: boolean): void {
  remember(SETTING, on ? 'on' : 'off');
}

/** Listens for single keys outside text fields and dialogs. */
export function listenForKeys(actions: Actions): Disposable {
  const owned = new Disposables();
  owned.listen(document, 'keydown', (event) => {
    const pressed = event as KeyboardEvent;
    if (pressed.defaultPrevented || pressed.ctrlKey || pressed.metaKey || pressed.altKey || pressed.isComposing) return;
    const target = pressed.target as HTMLElement;
    // A box to tick is no place to write. A dialog that was just closed may hold the focus until the page is drawn again; that does not count.
    const place = target.closest('input:not([type=checkbox]), textarea, select, [contenteditable], dialog[open]');
    if (place && !place.closest('dialog:not([open])')) return;
    const found = actions.keyed.find((action) => action.key === pressed.key && makesSense(action));
    if (!found || (pressed.key !== '?' && !singleKeysOn())) return;
    pressed.preventDefault();
    found.run();
  });
  return owned;
}
