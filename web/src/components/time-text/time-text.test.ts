// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../words/languages';
import { setLanguage } from '../../words/say';
import { clockText, dayText, durationText, momentText, shortText, timeElement } from './time-text';

const now = new Date(2026, 2, 18, 15, 30);
const at = (...parts: [number, number, number, number?, number?]) => new Date(parts[0], parts[1], parts[2], parts[3] ?? 12, parts[4] ?? 0).toISOString();

afterEach(() => setLanguage('en'));

describe('times', () => {
  it.each([...LANGUAGES])('of a day are what a browser writes in %s', (name) => {
    setLanguage(name);
    const browsers = new Intl.DateTimeFormat(name, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      const moment = at(2026, 2, 18, 0, minute);
      expect(clockText(moment)).toBe(browsers.format(new Date(moment)));
    }
  });
  it('say the exact moment to who points at them', () => {
    const element = timeElement(at(2026, 2, 18, 9, 5));
    element.dispatchEvent(new Event('pointerenter'));
    expect(element.title).toBe('Wednesday, March 18, 2026 at 9:05:00 AM');
  });
  it('are as short as a list needs', () => {
    expect(shortText(at(2026, 2, 18, 15, 30), now)).toBe('now');
    expect(shortText(at(2026, 2, 18, 15, 10), now)).toBe('20 min');
    expect(shortText(at(2026, 2, 18, 9, 5), now)).toBe('09:05');
    expect(shortText(at(2026, 2, 16), now)).toBe('Monday');
    expect(shortText(at(2026, 1, 3), now)).toBe('Feb 3');
  });
  it('count days as a calendar does', () => {
    expect(dayText(at(2026, 2, 18, 0, 1), now)).toBe('Today');
    expect(dayText(at(2026, 2, 17, 23, 59), now)).toBe('Yesterday');
    expect(dayText(at(2026, 2, 16), now)).toBe('Monday, March 16, 2026');
  });
  it('name a moment to come by its day', () => {
    expect(momentText(at(2026, 2, 18, 18), now)).toBe('today, 18:00');
    expect(momentText(at(2026, 2, 19, 9), now)).toBe('tomorrow, 09:00');
    expect(momentText(at(2026, 2, 17, 9), now)).toBe('yesterday, 09:00');
    expect(momentText(at(2026, 2, 23, 9), now)).toBe('Mon, Mar 23, 09:00');
  });
  it('say how long somebody waits', () => {
    expect(durationText(at(2026, 2, 18, 15, 30), now)).toBe('1 min');
    expect(durationText(at(2026, 2, 18, 13, 0), now)).toBe('2 h');
    expect(durationText(at(2026, 2, 15, 13, 0), now)).toBe('3 days');
  });
});
