import { expect, test } from 'vitest';
import type { Hours } from '../../live/protocol.gen';
import { instantOf, laters, momentIn, problemOf, wallOf } from './zone';

const BERLIN = 'Europe/Berlin';
const NEVER: Hours = { week: [], closed: [] };

test('a time on the wall is a moment, by the zone of the business and not by the one here', () => {
  expect(instantOf('2026-03-18T09:00', BERLIN)?.toISOString()).toBe('2026-03-18T08:00:00.000Z');
  expect(instantOf('2026-07-18T09:00', BERLIN)?.toISOString()).toBe('2026-07-18T07:00:00.000Z');
  expect(instantOf('2026-07-18T09:00', 'Pacific/Kiritimati')?.toISOString()).toBe('2026-07-17T19:00:00.000Z');
  expect(instantOf('2026-07-18T09:00', 'America/St_Johns')?.toISOString()).toBe('2026-07-18T11:30:00.000Z');
  expect(instantOf('soon', BERLIN)).toBeUndefined();
  expect(wallOf(new Date('2026-03-18T23:30:00Z'), BERLIN)).toBe('2026-03-19T00:30');
});

test('in the nights the clocks change a time may not be there, or twice: then it is the first', () => {
  expect(instantOf('2026-03-29T01:59', BERLIN)?.toISOString()).toBe('2026-03-29T00:59:00.000Z');
  expect(instantOf('2026-03-29T02:30', BERLIN)).toBeUndefined();
  expect(instantOf('2026-03-29T03:00', BERLIN)?.toISOString()).toBe('2026-03-29T01:00:00.000Z');
  expect(instantOf('2026-10-25T02:30', BERLIN)?.toISOString()).toBe('2026-10-25T00:30:00.000Z');
  // West of Greenwich too.
  expect(instantOf('2026-03-08T02:30', 'America/New_York')).toBeUndefined();
  expect(instantOf('2026-11-01T01:30', 'America/New_York')?.toISOString()).toBe('2026-11-01T05:30:00.000Z');
  const now = new Date('2026-03-20T12:00:00Z');
  expect(problemOf('2026-03-29T02:30', BERLIN, now)).toContain('there is no 02:30 on that day');
  expect(problemOf('2026-03-29T03:30', BERLIN, now)).toBeNull();
});

test('a time is a minute to 90 days ahead', () => {
  const now = new Date('2026-03-20T12:00:00Z');
  expect(problemOf('', 'UTC', now)).toBe('Choose a day and a time.');
  expect(problemOf('2026-03-20T12:00', 'UTC', now)).toContain('at least a minute');
  expect(problemOf('2026-03-20T12:01', 'UTC', now)).toBeNull();
  expect(problemOf('2026-06-18T12:00', 'UTC', now)).toBeNull();
  expect(problemOf('2026-06-18T12:01', 'UTC', now)).toContain('90 days');
});

test('what is offered is when the business opens, or nine', () => {
  const shown = (at: string, hours: Hours) => laters(new Date(at), BERLIN, hours).map(({ label, at: when }) => `${label} ${when.toISOString().slice(0, 16)}`);
  // A Thursday before midnight there, and after it.
  expect(shown('2026-03-26T22:30:20Z', NEVER)).toEqual(['In an hour 2026-03-26T23:31', 'Tomorrow morning 2026-03-27T08:00', 'Monday morning 2026-03-30T07:00']);
  const hours: Hours = { week: [{ day: 1, from: '10:30', to: '18:00' }, { day: 5, from: '13:00', to: '18:00' }, { day: 5, from: '08:00', to: '12:00' }], closed: ['2026-03-30'] };
  expect(shown('2026-03-26T12:00:00Z', hours)).toEqual(['In an hour 2026-03-26T13:00', 'Tomorrow morning 2026-03-27T07:00', 'Monday morning 2026-03-30T07:00']);
  expect(shown('2026-04-02T12:00:00Z', hours)[2]).toBe('Monday morning 2026-04-06T08:30');
  // On a Sunday tomorrow is Monday; on a Monday it is the next one.
  expect(shown('2026-03-29T12:00:00Z', NEVER)).toHaveLength(2);
  expect(shown('2026-03-30T12:00:00Z', NEVER)[2]).toBe('Next Monday morning 2026-04-06T07:00');
});

test('a moment is said with its day, and with the zone where the clock here shows another', () => {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const now = new Date('2026-03-20T12:00:00Z');
  const zone = here === 'Asia/Tokyo' ? 'UTC' : 'Asia/Tokyo';
  expect(momentIn('2026-03-20T12:30:00Z', here, now)).toBe(`today, ${wallOf(new Date('2026-03-20T12:30:00Z'), here).slice(11)}`);
  expect(momentIn('2026-03-21T12:30:00Z', zone, now)).toBe(`tomorrow, ${wallOf(new Date('2026-03-21T12:30:00Z'), zone).slice(11)} (${zone})`);
  expect(momentIn('2026-03-25T12:00:00Z', zone, now)).toContain('Wed 25 Mar, ');
});
