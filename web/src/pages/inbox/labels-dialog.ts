import { Disposables } from '../../base/disposables';
import { openDialog } from '../../components/dialog/dialog';
import { finder } from '../../components/finder/finder';
import { byName, labelChip, type Labels } from '../../components/label/label';
import { el } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import styles from './inbox.module.css';

const c = mustClass(styles);

/**
 * Lets the person say what a conversation is about, or several are; resolves to which labels are to be put on and taken off, or
 * `undefined`. `all` are on each of them, `some` only on some: those stay as they are until they are touched.
 */
export async function chooseLabels(
  title: string, labels: Labels, current: { all: readonly string[]; some: readonly string[] }, admin: boolean,
): Promise<{ on: string[]; off: string[] } | undefined> {
  const all = byName(Object.entries(labels));
  if (all.length === 0) {
    await openDialog({
      title: 'Labels',
      body: [el('p', {}, 'Your business has no labels yet.'), admin ? el('p', {}, el('a', { href: '/settings#labels' }, 'Make some in the settings')) : el('p', {}, 'Your admins make them in the settings.')],
    });
    return undefined;
  }
  const owned = new Disposables();
  const rows = all.map(([id, label]) => {
    const box = el('input', { type: 'checkbox', value: id });
    box.checked = current.all.includes(id);
    box.indeterminate = current.some.includes(id);
    return { id, label, box, root: el('label', { class: c('choice') }, box, labelChip(label)) };
  });
  const find = finder(owned, rows, rows.map(({ root }) => root), (words) => rows.filter(({ label }) => label.name.toLocaleLowerCase().includes(words)));
  const opened = openDialog({
    title,
    body: [find?.root, el('fieldset', { class: c('choices') }, el('legend', { class: 'visually-hidden' }, 'Labels'), ...rows.map(({ root }) => root))],
    submit: { label: 'Done' },
  });
  (find?.input ?? rows[0]!.box).focus();
  const done = await opened;
  owned.dispose();
  if (!done) return undefined;
  const said = rows.filter(({ box }) => !box.indeterminate);
  return {
    on: said.filter(({ id, box }) => box.checked && !current.all.includes(id)).map(({ id }) => id),
    off: said.filter(({ id, box }) => !box.checked && (current.all.includes(id) || current.some.includes(id))).map(({ id }) => id),
  };
}
