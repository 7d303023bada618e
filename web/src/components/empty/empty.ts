import { el, type Child } from '../../ui/dom';
import { icon, type Icon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import styles from './empty.module.css';

const c = mustClass(styles);

/** What a view shows when it has nothing to show: why, and what to do. */
export function emptyState(look: { icon: Icon; title: string; text: string; action?: Child; level?: 'h2' | 'h3' | 'p' }): HTMLElement {
  return el(
    'div', { class: c('empty') },
    el('span', { class: c('badge') }, icon(look.icon)),
    el(look.level ?? 'h2', { class: c('title') }, look.title),
    el('p', {}, look.text),
    look.action ?? null,
  );
}

/** What a view shows while it loads. */
export function loadingState(label: string, bars = 4): HTMLElement {
  return el(
    'div', { class: c('bars'), role: 'status', 'aria-label': label },
    ...Array.from({ length: bars }, () => el('div', { class: c('bar') })),
  );
}
