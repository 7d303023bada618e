import { linkButton } from '../../components/button/button';
import { el, type Child } from '../../ui/dom';
import { downIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import styles from './reports.module.css';

export const c = mustClass(styles);

/** A part of the page under a heading, with where to get its table. */
export function section(title: string, download: string | null, ...children: Child[]): HTMLElement {
  return el(
    'section', { class: c('card'), 'aria-label': title },
    el('div', { class: c('head') }, el('h2', { class: c('heading') }, title),
      download === null ? null : linkButton({ label: 'CSV', icon: downIcon, kind: 'plain', small: true }, download, { download: true, 'aria-label': `Download “${title}” as CSV` })),
    ...children,
  );
}
