import type { Child } from '../../../ui/dom';
import { c } from './chart';
import { svg } from './svg';
import { countWords } from './words';

export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

const LEFT = 36;
const TOP = 4;

export const hourName = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;

/** The hours of a week as squares: the more, the larger and the stronger, so that it can be seen without colours too. */
export function heat(hours: readonly (readonly number[])[], width: number): { height: number; marks: Child[] } {
  const most = Math.max(0, ...hours.flat());
  const size = (width - LEFT - 4) / 24;
  const tall = Math.min(Math.max(size, 18), 26);
  const marks = hours.flatMap((day, row) => [
    svg('text', { class: c('tick'), x: 0, y: TOP + tall * (row + 0.5) + 4 }, WEEKDAYS[row]!.slice(0, 3)),
    ...day.map((value, hour) => cell(value, most, LEFT + size * hour, TOP + tall * row, size, tall, `${WEEKDAYS[row]!} ${hourName(hour)}: ${countWords(value)}`)),
  ]);
  const every = size < 22 ? 6 : 3;
  const below = Array.from({ length: 24 / every }, (_, index) => svg(
    'text', { class: c('tick'), x: LEFT + size * (index * every + 0.5), y: TOP + tall * 7 + 16, 'text-anchor': 'middle' }, String(index * every).padStart(2, '0'),
  ));
  return { height: TOP + tall * 7 + 22, marks: [...marks, ...below] };
}

function cell(value: number, most: number, x: number, y: number, wide: number, tall: number, says: string): SVGElement {
  const share = most > 0 ? Math.sqrt(value / most) : 0;
  const side = value > 0 ? Math.max(0.3, share) : 0;
  const [w, h] = [(wide - 2) * side, (tall - 2) * side];
  return svg(
    'g', {},
    svg('rect', { class: c('track'), x: x + 1, y: y + 1, width: wide - 2, height: tall - 2, rx: 2 }),
    side > 0 ? svg('rect', { class: c('bar'), x: x + wide / 2 - w / 2, y: y + tall / 2 - h / 2, width: w, height: h, rx: Math.min(2, w / 4) }) : null,
    svg('title', {}, says),
  );
}
