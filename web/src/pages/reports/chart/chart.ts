import type { Disposables } from '../../../base/disposables';
import { el, fill, freshId, type Child } from '../../../ui/dom';
import { mustClass } from '../../../ui/must-class';
import { svg } from './svg';
import styles from './chart.module.css';

export const c = mustClass(styles);

/** A table of the numbers that a chart shows. */
export interface Numbers {
  head: readonly string[];
  rows: readonly (readonly (string | number)[])[];
}

/** What a chart is: its name, one sentence that says what can be seen, how it is drawn at a width, and its numbers. */
export interface Chart {
  title: string;
  says: string;
  draw(width: number): { height: number; marks: Child[] };
  numbers: Numbers;
  /** What belongs under it, such as which line is which. */
  below?: Child[];
}

/** The narrowest a chart is drawn; narrower it would scroll. */
const NARROWEST = 260;

/** A chart with its name, and its numbers as a table one can open. It is drawn anew when its place becomes wider or narrower. */
export function chartFigure(owned: Disposables, chart: Chart): HTMLElement {
  const place = el('div', { class: c('place') });
  let drawn = 0;
  const draw = (width: number) => {
    const whole = Math.max(NARROWEST, Math.floor(width));
    if (whole === drawn) return;
    drawn = whole;
    fill(place, picture(chart, whole));
  };
  draw(640);
  const watcher = new ResizeObserver(([entry]) => entry && entry.contentRect.width > 0 && draw(entry.contentRect.width));
  watcher.observe(place);
  owned.defer(() => watcher.disconnect());
  return el('figure', { class: c('figure') }, place, ...(chart.below ?? []), numbersOf(chart.title, chart.numbers));
}

function picture({ title, says, draw }: Chart, width: number): SVGSVGElement {
  const ids = [freshId('chart'), freshId('chart')] as const;
  const { height, marks } = draw(width);
  return svg(
    'svg', { class: c('picture'), viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-labelledby': ids.join(' '), focusable: 'false' },
    svg('title', { id: ids[0] }, title), svg('desc', { id: ids[1] }, says), ...marks,
  );
}

/** The numbers of a chart, for whoever would rather read them, with eyes or without. */
function numbersOf(title: string, { head, rows }: Numbers): HTMLElement {
  const table = el(
    'table', { class: c('numbers') },
    el('caption', { class: 'visually-hidden' }, title),
    el('thead', {}, el('tr', {}, ...head.map((name) => el('th', { scope: 'col' }, name)))),
    el('tbody', {}, ...rows.map(([name, ...values]) => el('tr', {}, el('th', { scope: 'row' }, name), ...values.map((value) => el('td', {}, value))))),
  );
  return el(
    'details', { class: c('details') },
    el('summary', {}, 'Numbers', el('span', { class: 'visually-hidden' }, ` of “${title}”`)),
    el('div', { class: c('scroll'), tabindex: '0', role: 'region', 'aria-label': `Numbers of “${title}”` }, table),
  );
}
