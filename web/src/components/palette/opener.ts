import type { Disposables } from '../../base/disposables';
import { el } from '../../ui/dom';
import { boltIcon, icon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import type { Actions } from './actions';
import { Palette } from './palette';
import styles from './palette.module.css';

const c = mustClass(styles);

/** Whether this is a Mac or the like, where ⌘ is what Ctrl is elsewhere. */
const APPLE = /Mac|iPhone|iPad/.test(navigator.platform);

/** How the keys that open the palette are called here. */
export const PALETTE_KEYS = APPLE ? '⌘ K' : 'Ctrl K';

/** Opens the palette with Ctrl-K or ⌘K, wherever the focus is; the button is for those who have no such keys at hand. */
export function paletteButton(actions: Actions, owned: Disposables): HTMLButtonElement {
  let palette: Palette | undefined;
  const toggle = async () => {
    if (palette) return palette.close();
    // Over another dialog there is nothing to do on the page.
    if (document.querySelector('dialog[open]')) return;
    palette = new Palette(actions);
    const action = await palette.chosen;
    palette = undefined;
    await action?.run();
  };
  const root = el(
    'button', { type: 'button', class: c('opener'), title: `All actions (${PALETTE_KEYS})`, 'aria-haspopup': 'dialog', 'aria-keyshortcuts': APPLE ? 'Meta+K' : 'Control+K' },
    icon(boltIcon), el('span', {}, 'Actions'), el('kbd', { 'aria-hidden': 'true' }, PALETTE_KEYS),
  );
  owned.listen(root, 'click', () => void toggle());
  // First of all: no field and no dialog keeps it for itself, and the browser's own search stays away.
  owned.listen(document, 'keydown', (event) => {
    if (!isPaletteKey(event as KeyboardEvent)) return;
    event.preventDefault();
    event.stopPropagation();
    if (!(event as KeyboardEvent).repeat) void toggle();
  }, { capture: true });
  return root;
}

/** K with Ctrl or ⌘, also where the letters are not Latin; not while a word is being put together. */
function isPaletteKey({ key, code, ctrlKey, metaKey, altKey, shiftKey, isComposing }: KeyboardEvent): boolean {
  if (isComposing || ctrlKey === metaKey || altKey || shiftKey) return false;
  return key.toLowerCase() === 'k' || (code === 'KeyK' && !/^[a-z]$/i.test(key));
}
