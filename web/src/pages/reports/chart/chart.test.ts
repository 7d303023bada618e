// @vitest-environment happy-dom
import { beforeAll, describe, expect, it } from 'vitest';
import { Disposables } from '../../../base/disposables';
import { barBeside, bars } from './bars';
import { chartFigure } from './chart';
import { heat } from './heat';
import { legend, lines, runs } from './lines';
import { everyOf, scale } from './scale';
import { changeWords, daysWords, spanChangeWords, spanWords } from './words';

beforeAll(() => {
  globalThis.ResizeObserver ??= class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
});

const all = (nodes: readonly unknown[], tag: string) => nodes.filter((node): node is SVGElement => node instanceof SVGElement && node.tagName === tag);
const number = (element: Element, name: string) => Number(element.getAttribute(name));

describe('a scale', () => {
  it.each([
    [0, [0, 1]], [1, [0, 1]], [3, [0, 1, 2, 3]], [7, [0, 2, 4, 6, 8]], [23, [0, 10, 20, 30]], [1_000, [0, 500, 1_000]], [41, [0, 20, 40, 60]],
  ])('names whole numbers up to %d', (most, ticks) => {
    expect(scale(most, [0, 100]).ticks).toEqual(ticks);
  });
  it.each([
    [45, [0, 30, 60]], [600, [0, 300, 600]], [5_400, [0, 1_800, 3_600, 5_400]], [90_000, [0, 43_200, 86_400, 129_600]],
  ])('names times as people say them, up to %d s', (most, ticks) => {
    expect(scale(most, [0, 100], 'time').ticks).toEqual(ticks);
  });
  it('reaches from end to end, upwards too', () => {
    for (const most of [0, 1, 13, 999, 123_456]) {
      const up = scale(most, [180, 10]);
      expect(up.at(0)).toBe(180);
      expect(up.at(up.ticks.at(-1)!)).toBeCloseTo(10);
      expect(up.at(most)).toBeGreaterThanOrEqual(10 - 1e-9);
    }
  });
  it('writes as many names as there is room for', () => {
    expect([everyOf(7, 56, 600), everyOf(28, 56, 600), everyOf(90, 56, 300), everyOf(5, 56, 10)]).toEqual([1, 3, 18, 5]);
  });
});

describe('words', () => {
  it.each([[0, '0 s'], [0.4, '0 s'], [59, '59 s'], [60, '1 min'], [3_599, '59 min 59 s'], [7_500, '2 h 5 min'], [86_400, '1 d'], [200_000, '2 d 7 h']])('%d seconds are %s', (seconds, words) => {
    expect(spanWords(seconds)).toBe(words);
  });
  it('say how something changed', () => {
    expect([changeWords(12, 10), changeWords(5, 10), changeWords(10, 10), changeWords(3, 0), changeWords(0, 0), spanChangeWords(90, 60)]).toEqual([
      '20 % more than before', '50 % less than before', 'as before', 'none before', 'as before', '50 % longer than before',
    ]);
    expect(daysWords({ from: '2026-03-01', to: '2026-03-01' })).toBe('1 Mar 2026');
  });
});

describe('bars', () => {
  const values = [3, 0, 12, 7];
  const { marks, height } = bars(values.map((value, index) => ({ name: `d${index}`, says: `day ${index}: ${value}`, value })), 400);
  it('are as high as their values are, inside the drawing', () => {
    const drawn = all(marks, 'rect');
    expect(drawn.map((bar) => bar.textContent)).toEqual(values.map((value, index) => `day ${index}: ${value}`));
    const heights = drawn.map((bar) => number(bar, 'height'));
    expect(heights[1]).toBe(0);
    expect(heights[0]! / heights[2]!).toBeCloseTo(3 / 12);
    for (const bar of drawn) {
      expect(number(bar, 'y')).toBeGreaterThanOrEqual(0);
      expect(number(bar, 'y') + number(bar, 'height')).toBeLessThan(height);
      expect(number(bar, 'x') + number(bar, 'width')).toBeLessThanOrEqual(400);
    }
  });
  it('have no style of their own: the policy of our pages forbids it', () => {
    for (const mark of marks as Element[]) expect([mark, ...mark.querySelectorAll('*')].some((each) => each.hasAttribute('style'))).toBe(false);
  });
  it('beside a number are hidden from who hears it, and never nothing for something', () => {
    const beside = barBeside(1, 10_000);
    expect(beside.getAttribute('aria-hidden')).toBe('true');
    expect(number(beside.lastElementChild!, 'width')).toBe(1);
    expect(number(barBeside(0, 0).lastElementChild!, 'width')).toBe(0);
  });
});

describe('lines', () => {
  it('have gaps where nothing is known', () => {
    expect(runs([null, 1, 2, null, null, 3]).map((run) => run.map(({ index }) => index))).toEqual([[1, 2], [5]]);
    expect(runs([])).toEqual([]);
  });
  it('are told apart without colours', () => {
    const { marks } = lines([{ label: 'a', values: [60, 120, null] }, { label: 'b', values: [90, null, 30] }], ['x', 'y', 'z'], (line, index, value) => `${line} ${index} ${value}`, 400);
    expect(all(marks, 'circle').map((mark) => mark.textContent)).toEqual(['a 0 60', 'a 1 120']);
    expect(all(marks, 'rect').map((mark) => mark.textContent)).toEqual(['b 0 90', 'b 2 30']);
    expect(legend(['a', 'b']).querySelectorAll('li svg').length).toBe(2);
  });
});

describe('the hours of a week', () => {
  const hours = Array.from({ length: 7 }, (_, day) => Array.from({ length: 24 }, (__, hour) => (day === 6 && hour === 23 ? 40 : day === 0 && hour === 9 ? 10 : 0)));
  it('are larger the more there is', () => {
    const cells = all(heat(hours, 400).marks, 'g');
    expect(cells.length).toBe(7 * 24);
    const said = (text: string) => cells.find((cell) => cell.textContent === text)!;
    const [most, some, none] = [said('Sunday 23:00: 40'), said('Monday 09:00: 10'), said('Tuesday 00:00: 0')];
    expect([most, some, none].map((cell) => cell.querySelectorAll('rect').length)).toEqual([2, 2, 1]);
    expect(number(some.querySelectorAll('rect')[1]!, 'width') / number(most.querySelectorAll('rect')[1]!, 'width')).toBeCloseTo(0.5);
  });
});

describe('a chart', () => {
  const figure = chartFigure(new Disposables(), {
    title: 'New matters <b>', says: 'Two days.', draw: (width) => bars([{ name: 'a', says: 'a', value: 1 }], width), numbers: { head: ['Day', 'Matters'], rows: [['a', 1], ['b', 2]] },
  });
  it('says what it is and what can be seen', () => {
    const drawing = figure.querySelector('svg')!;
    const [title, desc] = drawing.getAttribute('aria-labelledby')!.split(' ').map((id) => drawing.querySelector(`#${id}`)!.textContent);
    expect([drawing.getAttribute('role'), title, desc]).toEqual(['img', 'New matters <b>', 'Two days.']);
  });
  it('has its numbers as a table that can be reached by keyboard', () => {
    expect([...figure.querySelectorAll('tbody tr')].map((row) => row.textContent)).toEqual(['a1', 'b2']);
    expect(figure.querySelectorAll('th[scope=row]').length).toBe(2);
    expect(figure.querySelector('details [tabindex="0"]')).not.toBeNull();
  });
});
