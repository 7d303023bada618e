import { Disposables } from '../../base/disposables';
import { openDialog } from '../../components/dialog/dialog';
import { finder } from '../../components/finder/finder';
import { byName, labelChip, type Labels } from '../../components/label/label';
import { el } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import styles from './inbox.module.css';

const c = mustClass(styles);

/** Lets the person say what a conversation is about; resolves to the ids that are to be on it, or `undefined`. */
export async function chooseLabels(labels: Labels, current: readonly string[], admin: boolean): Promise<string[] | undefined> {
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
    box.checked = current.includes(id);
    return { id, label, box, root: el('label', { class: c('choice') }, box, labelChip(label)) };
  });
  const find = finder(owned, rows, rows.map(({ root }) => root), (words) => rows.filter(({ label }) => label.name.toLocaleLowerCase().includes(words)));
  const opened = openDialog({
    title: 'What is it about?',
    body: [find?.root, el('fieldset', { class: c('choices') }, el('legend', { class: 'visually-hidden' }, 'Labels'), ...rows.map(({ root }) => root))],
    submit: { label: 'Done' },
  });
  (find?.input ?? rows[0]!.box).focus();
  const done = await opened;
  owned.dispose();
  return done ? rows.filter(({ box }) => box.checked).map(({ id }) => id) : undefined;
}
