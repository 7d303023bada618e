import type { Disposables } from '../../base/disposables';
import { field, type Field } from '../field/field';

/** With more than so many there is a field to find one. */
const FINDABLE = 8;

/** A field that hides the rows that are not looked for; none where there are few. `find` gets the words in lower case. */
export function finder<T>(owned: Disposables, all: readonly T[], rows: readonly HTMLElement[], find: (words: string) => readonly T[]): Field | null {
  if (all.length <= FINDABLE) return null;
  const box = field({ label: 'Find', name: 'find' }, { type: 'search', autocomplete: 'off' });
  owned.listen(box.input, 'input', () => {
    const found = new Set(find(box.input.value.trim().toLocaleLowerCase()));
    rows.forEach((row, index) => (row.hidden = !found.has(all[index]!)));
  });
  return box;
}
