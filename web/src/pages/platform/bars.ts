import { el } from '../../ui/dom';
import { c } from './parts';
import { countText } from './words';

/** How a stretch of a bar looks. */
export type Stretch = 'due' | 'running' | 'later' | 'failing' | 'dead';

/** Counts beside each other, each with its bar. */
export function bars(counts: readonly { label: string; count: number }[]): HTMLElement {
  const most = Math.max(1, ...counts.map(({ count }) => count));
  return el('ul', { class: c('bars') }, ...counts.map(({ label, count }) => {
    const bar = el('span', { class: c('bar') });
    bar.style.width = `${(count / most) * 100}%`;
    return el('li', {}, el('span', {}, label), el('span', { class: c('track'), 'aria-hidden': 'true' }, bar), el('strong', {}, countText(count)));
  }));
}

/** Parts of a whole in one bar; what it says is said in words as well. */
export function stack(name: string, stretches: readonly { label: string; count: number; look: Stretch }[]): HTMLElement {
  const shown = stretches.filter(({ count }) => count > 0);
  const text = shown.length === 0 ? 'none' : shown.map(({ label, count }) => `${countText(count)} ${label}`).join(', ');
  return el('div', { class: c('stack'), role: 'img', 'aria-label': `${name}: ${text}`, title: text }, ...shown.map(({ count, look }) => {
    const part = el('span', { class: c('stretch', look) });
    part.style.flexGrow = String(count);
    return part;
  }));
}
