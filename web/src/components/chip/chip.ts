import { el, type Attributes, type Child } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import styles from './chip.module.css';

const c = mustClass(styles);

/** A word or two about something, small and in a box. `look` is the class of whoever wants it to look differently. */
export function chip(look: string | null, children: Child[], attributes: Attributes = {}): HTMLElement {
  return el('span', { ...attributes, class: look === null ? c('chip') : `${c('chip')} ${look}` }, ...children);
}
