import type { Child } from '../../../ui/dom';
import { c } from './chart';
import { everyOf, type Scale } from './scale';
import { svg } from './svg';

/** What is around the marks of a chart, in pixels. */
export interface Room {
  left: number;
  right: number;
  top: number;
  bottom: number;
  width: number;
  height: number;
}

/** Room for numbers at the left and days below. */
export function room(width: number, height: number, widest: number): Room {
  return { left: 12 + widest * 7, right: width - 8, top: 12, bottom: height - 24, width, height };
}

/** A line at each value that is named. */
export function levels({ left, right }: Room, { at, ticks }: Scale, name: (value: number) => string): Child[] {
  return ticks.flatMap((value) => [
    svg('line', { class: c(value === 0 ? 'base' : 'grid'), x1: left, x2: right, y1: at(value), y2: at(value) }),
    svg('text', { class: c('tick'), x: left - 6, y: at(value) + 4, 'text-anchor': 'end' }, name(value)),
  ]);
}

/** The names below, as many as there is room for; the first one always. */
export function names({ left, right, height }: Room, texts: readonly string[]): Child[] {
  const size = (right - left) / Math.max(1, texts.length);
  const every = everyOf(texts.length, 56, right - left);
  return texts.flatMap((text, index) => {
    if (index % every !== 0) return [];
    const x = Math.min(left + size * (index + 0.5), right - 20);
    return [svg('text', { class: c('tick'), x, y: height - 6, 'text-anchor': 'middle' }, text)];
  });
}
