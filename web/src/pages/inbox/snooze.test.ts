import { describe, expect, it } from 'vitest';
import { laters } from './snooze';

process.env['TZ'] = 'Europe/Berlin';

/** What is offered at a moment of the clock here, as the clock here shows it. */
function offered(...now: [number, number, number, number, number]) {
  return laters(new Date(...now)).map(({ label, at }) => `${label}: ${at.toDateString().slice(0, 10)} ${at.toTimeString().slice(0, 5)}`);
}

describe('times to put something off to', () => {
  it('are those people come back at', () => {
    expect(offered(2026, 2, 18, 10, 20)).toEqual([
      'In three hours: Wed Mar 18 13:20', 'This evening: Wed Mar 18 18:00', 'Tomorrow morning: Thu Mar 19 09:00',
      'Monday morning: Mon Mar 23 09:00', 'In a week: Wed Mar 25 09:00',
    ]);
  });

  it('are all to come, and none is there twice', () => {
    for (let hour = 0; hour < 24 * 8; hour += 1) {
      const now = new Date(2026, 2, 25, hour, 59, 30);
      const times = laters(now).map(({ at }) => at.getTime());
      expect(Math.min(...times), now.toString()).toBeGreaterThan(now.getTime());
      expect(new Set(times).size, now.toString()).toBe(times.length);
      expect(times.length).toBeGreaterThanOrEqual(3);
    }
  });

  it('do not offer this evening in the evening, nor Monday on Sunday beside tomorrow', () => {
    expect(offered(2026, 2, 18, 17, 0).join()).not.toContain('This evening');
    expect(offered(2026, 2, 22, 12, 0)).toEqual(['In three hours: Sun Mar 22 15:00', 'This evening: Sun Mar 22 18:00', 'Tomorrow morning: Mon Mar 23 09:00', 'In a week: Sun Mar 29 09:00']);
  });

  it('call the Monday in a week that on a Monday, when it is not the Monday people mean', () => {
    expect(offered(2026, 2, 23, 0, 30).slice(2)).toEqual(['Tomorrow morning: Tue Mar 24 09:00', 'In a week: Mon Mar 30 09:00']);
  });

  it('are nine in the morning also after the night the clocks change', () => {
    const [before, after] = [new Date(2026, 2, 28, 9), new Date(2026, 2, 29, 9)];
    expect(after.getTime() - before.getTime(), 'the clocks here change').toBe(23 * 3_600_000);
    expect(offered(2026, 2, 28, 12, 0)[2]).toBe('Tomorrow morning: Sun Mar 29 09:00');
    expect(offered(2026, 9, 24, 12, 0)[2]).toBe('Tomorrow morning: Sun Oct 25 09:00');
  });
});
