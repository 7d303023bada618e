import type { Child } from '../../../ui/dom';
import { levels, names, room } from './axes';
import { c } from './chart';
import { scale } from './scale';
import { svg } from './svg';
import { countWords } from './words';

/** A bar: its name below, what it says when pointed at, and how many. */
export interface Bar {
  name: string;
  says: string;
  value: number;
}

const HEIGHT = 200;

/** Upright bars from left to right. */
export function bars(all: readonly Bar[], width: number): { height: number; marks: Child[] } {
  const most = Math.max(0, ...all.map(({ value }) => value));
  const widest = countWords(most).length + 1;
  const space = room(width, HEIGHT, widest);
  const up = scale(most, [space.bottom, space.top]);
  const size = (space.right - space.left) / Math.max(1, all.length);
  const thick = Math.max(1, Math.min(size * 0.72, 48));
  const marks = all.map(({ says, value }, index) => svg(
    'rect', { class: c('bar'), x: space.left + size * (index + 0.5) - thick / 2, width: thick, y: up.at(value), height: space.bottom - up.at(value), rx: Math.min(2, thick / 4) },
    svg('title', {}, says),
  ));
  return { height: HEIGHT, marks: [...levels(space, up, countWords), ...marks, ...names(space, all.map(({ name }) => name))] };
}

/** How a number is to the largest of its kind, as a bar that lies beside it. It says nothing that the number does not. */
export function barBeside(value: number, most: number): SVGSVGElement {
  const share = most > 0 ? Math.max(value > 0 ? 1 : 0, (value / most) * 100) : 0;
  return svg(
    'svg', { class: c('beside'), viewBox: '0 0 100 8', preserveAspectRatio: 'none', 'aria-hidden': 'true', focusable: 'false' },
    svg('rect', { class: c('track'), width: 100, height: 8 }), svg('rect', { class: c('bar'), width: share, height: 8 }),
  );
}
