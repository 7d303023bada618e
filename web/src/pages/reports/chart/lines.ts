import { el, type Child } from '../../../ui/dom';
import { levels, names, room } from './axes';
import { c } from './chart';
import { scale } from './scale';
import { svg } from './svg';
import { spanWords } from './words';

/** A line: what it is called, and its values in seconds, where there are any. Each is drawn in a way of its own, also without colours. */
export interface Line {
  label: string;
  values: readonly (number | null)[];
}

const HEIGHT = 200;
const WAYS = ['first', 'second'] as const;

/** Stretches without a gap. */
export function runs(values: readonly (number | null)[]): { index: number; value: number }[][] {
  const found: { index: number; value: number }[][] = [];
  let open: { index: number; value: number }[] | undefined;
  for (const [index, value] of values.entries()) {
    if (value === null) open = undefined;
    else if (open) open.push({ index, value });
    else found.push((open = [{ index, value }]));
  }
  return found;
}

/** Up to two lines from left to right, of how long something took. */
export function lines(all: readonly Line[], below: readonly string[], says: (line: string, index: number, value: number) => string, width: number): { height: number; marks: Child[] } {
  const most = Math.max(0, ...all.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const probe = scale(most, [0, 1], 'time').ticks.map((tick) => spanWords(tick).length);
  const space = room(width, HEIGHT, Math.max(...probe));
  const up = scale(most, [space.bottom, space.top], 'time');
  const size = (space.right - space.left) / Math.max(1, below.length);
  const x = (index: number) => space.left + size * (index + 0.5);
  const drawn = all.flatMap(({ label, values }, at) => {
    const way = WAYS[at] ?? 'first';
    return runs(values).flatMap((run) => [
      svg('polyline', { class: c('line', way), points: run.map(({ index, value }) => `${x(index)},${up.at(value)}`).join(' ') }),
      ...run.map(({ index, value }) => mark(way, x(index), up.at(value), says(label, index, value))),
    ]);
  });
  return { height: HEIGHT, marks: [...levels(space, up, (value) => (value === 0 ? '0' : spanWords(value))), ...drawn, ...names(space, below)] };
}

/** Discs on the first line, squares on the second. */
function mark(way: (typeof WAYS)[number], x: number, y: number, says: string): SVGElement {
  const title = svg('title', {}, says);
  return way === 'first'
    ? svg('circle', { class: c('mark', way), cx: x, cy: y, r: 3.5 }, title)
    : svg('rect', { class: c('mark', way), x: x - 3, y: y - 3, width: 6, height: 6 }, title);
}

/** Which line is which. */
export function legend(labels: readonly string[]): HTMLElement {
  return el('ul', { class: c('legend') }, ...labels.map((label, at) => {
    const way = WAYS[at] ?? 'first';
    return el('li', {}, svg('svg', { class: c('key'), viewBox: '0 0 28 12', width: 28, height: 12, 'aria-hidden': 'true', focusable: 'false' },
      svg('polyline', { class: c('line', way), points: '0,6 28,6' }), mark(way, 14, 6, '')), label);
  }));
}
