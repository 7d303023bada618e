/** From values to places on a drawing. */
export interface Scale {
  /** Where a value is. */
  at(value: number): number;
  /** The values an axis names, from 0 on. */
  ticks: readonly number[];
}

/** Steps that people count in: 1, 2 and 5 of each power of ten. */
function countStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough)! * power;
  return Math.max(1, step);
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Steps that people count time in, in seconds. */
const TIME_STEPS = [
  1, 5, 10, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY,
];

function timeStep(rough: number): number {
  return TIME_STEPS.find((step) => step >= rough) ?? countStep(rough / DAY) * DAY;
}

/** A scale from 0 to at least `most`, between two places; `from` is where 0 is. Names `parts` values or fewer. */
export function scale(most: number, [from, to]: readonly [number, number], of: 'count' | 'time' = 'count', parts = 4): Scale {
  const top = most > 0 ? most : 1;
  const step = (of === 'time' ? timeStep : countStep)(top / parts);
  const count = Math.max(1, Math.ceil(top / step));
  const end = step * count;
  return {
    at: (value) => from + ((to - from) * value) / end,
    ticks: Array.from({ length: count + 1 }, (_, index) => index * step),
  };
}

/** Every how many of `count` labels one is written, when each takes `size` and there is room for `room`. */
export function everyOf(count: number, size: number, room: number): number {
  return Math.max(1, Math.ceil(count / Math.max(1, Math.floor(room / size))));
}
