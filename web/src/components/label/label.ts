import type { Label, LabelColor } from '../../live/protocol.gen';
import { mustClass } from '../../ui/must-class';
import { chip } from '../chip/chip';
import styles from './label.module.css';

const c = mustClass(styles);

/** The colours of labels, in the order of the rainbow. */
export const COLORS: readonly LabelColor[] = ['red', 'orange', 'yellow', 'green', 'teal', 'blue', 'purple', 'gray'];

/** The labels of a business, by their ids. */
export type Labels = Readonly<Record<string, Label>>;

/** A label in its colour; the whole name is in its title. */
export function labelChip(label: Label): HTMLElement {
  return chip(c('label', label.color), [label.name], { title: label.name, dir: 'auto' });
}

/** Of these ids the labels there are, by name. One that was removed is not shown any more. */
export function known(ids: readonly string[] | null | undefined, labels: Labels): [string, Label][] {
  const found = (ids ?? []).flatMap((id): [string, Label][] => (labels[id] ? [[id, labels[id]]] : []));
  return byName(found);
}

/** By their names. */
export function byName<T extends { name: string }>(named: readonly [string, T][]): [string, T][] {
  return [...named].sort(([, a], [, b]) => a.name.localeCompare(b.name));
}
