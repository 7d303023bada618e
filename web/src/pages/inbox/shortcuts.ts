import { openDialog } from '../../components/dialog/dialog';
import { Disposables } from '../../base/disposables';
import { nowCalled, type Actions } from '../../components/palette/actions';
import { singleKeysOn, switchSingleKeys } from '../../components/palette/keys';
import { PALETTE_KEYS } from '../../components/palette/opener';
import { el } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import styles from './inbox.module.css';

const c = mustClass(styles);

/** What fields and lists do with keys by themselves. */
const IN_FIELDS: readonly (readonly [string, string])[] = [
  ['Enter', 'Send'], ['Shift Enter', 'New line'], ['/', 'Canned replies, while writing'], ['@', 'Somebody of the team, while writing'],
  ['↑ ↓', 'Between messages, or change the last one from an empty field'], ['Esc', 'Leave the field, or select nothing'],
];

/** Shows what the keys do, and switches the single ones off. */
export async function showKeys(actions: Actions): Promise<void> {
  const box = el('input', { type: 'checkbox', id: 'single-keys' });
  box.checked = singleKeysOn();
  const owned = new Disposables();
  owned.listen(box, 'change', () => switchSingleKeys(box.checked));
  const rows = [[PALETTE_KEYS, 'All actions by name, also while writing'] as const, ...actions.keyed.map(({ key, help, label }) => [key, help ?? nowCalled(label)] as const), ...IN_FIELDS];
  await openDialog({
    title: 'Keys',
    body: [
      el('dl', { class: c('keys') }, ...rows.flatMap(([key, text]) => [el('dt', {}, el('kbd', {}, key)), el('dd', {}, text)])),
      el('label', { class: c('switch'), for: 'single-keys' }, box, 'Single keys are on'),
    ],
  });
  owned.dispose();
}
