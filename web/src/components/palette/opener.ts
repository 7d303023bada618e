import type { Own } from '../../session/start';
import { wanted } from '../../session/wanted';
import { el } from '../../ui/dom';
import { boltIcon, icon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import type { Palette } from './palette';
import styles from './palette.module.css';

const c = mustClass(styles);

/** Whether this is a Mac or the like, where ⌘ is what Ctrl is elsewhere. */
const APPLE = /Mac|iPhone|iPad/.test(navigator.platform);

/** How the keys that open the palette are called here. */
export const PALETTE_KEYS = APPLE ? '⌘ K' : 'Ctrl K';

/** Opens the palette with Ctrl-K or ⌘K, wherever the focus is; the button is for those who have no such keys at hand. */
export function paletteButton(own: Pick<Own, 'actions' | 'owned' | 'toasts'>): HTMLButtonElement {
  const { actions, owned } = own;
  const code = wanted(() => import('./palette'), own);
  let palette: Palette | undefined;
  /** What was typed since it was asked for, until it is here. */
  let meanwhile: string | undefined;
  const toggle = async () => {
    if (palette) return palette.close();
    if (meanwhile !== undefined) return void (meanwhile = undefined);
    // Over another dialog there is nothing to do on the page.
    if (document.querySelector('dialog[open]')) return;
    meanwhile = '';
    const here = await code();
    const words = meanwhile as string | undefined;
    meanwhile = undefined;
    if (!here || words === undefined || document.querySelector('dialog[open]')) return;
    palette = new here.Palette(actions, words);
    const action = await palette.chosen;
    palette = undefined;
    await action?.run();
  };
  const typed = (event: KeyboardEvent) => {
    if (meanwhile === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') meanwhile = undefined;
    else if (event.key === 'Backspace') meanwhile = [...meanwhile].slice(0, -1).join('');
    else if ([...event.key].length === 1) meanwhile += event.key;
    event.preventDefault();
    event.stopPropagation();
  };
  const root = el(
    'button', { type: 'button', class: c('opener'), title: `All actions (${PALETTE_KEYS})`, 'aria-haspopup': 'dialog', 'aria-keyshortcuts': APPLE ? 'Meta+K' : 'Control+K' },
    icon(boltIcon), el('span', {}, 'Actions'), el('kbd', { 'aria-hidden': 'true' }, PALETTE_KEYS),
  );
  owned.listen(root, 'click', () => void toggle());
  // First of all: no field and no dialog keeps it for itself, and the browser's own search stays away.
  owned.listen(document, 'keydown', (event) => {
    if (!isPaletteKey(event as KeyboardEvent)) return typed(event as KeyboardEvent);
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
