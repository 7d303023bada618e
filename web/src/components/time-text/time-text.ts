import { el, setText } from '../../ui/dom';
import { language, say } from '../../words/say';

const DAY_MS = 86_400_000;

/** Made when it is first needed, and anew in another language. */
function format(how: Intl.DateTimeFormatOptions): (at: Date) => string {
  let made: Intl.DateTimeFormat | undefined;
  let its: string | undefined;
  return (at) => {
    if (its !== language) made = new Intl.DateTimeFormat(its = language, how);
    return made!.format(at);
  };
}

/** Every language spoken here writes it so; to make the browser's own format takes a phone 30 ms. */
function clock(at: Date): string {
  return [at.getHours(), at.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}

const dayAndMonth = format({ day: 'numeric', month: 'short' });
const shortDay = format({ weekday: 'short', day: 'numeric', month: 'short' });
const fullDay = format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const exact = format({ dateStyle: 'full', timeStyle: 'medium' });

/** `Monday`. */
export const weekdayText = format({ weekday: 'long' });

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** Days from one moment to another, as calendars count them here. */
export function daysApart(from: Date, to: Date): number {
  return Math.round((startOfDay(to) - startOfDay(from)) / DAY_MS);
}

/** `14:05`. */
export function clockText(at: string): string {
  return clock(new Date(at));
}

/** Today, Yesterday, or the day. */
export function dayText(at: string, now = new Date()): string {
  const date = new Date(at);
  const days = daysApart(date, now);
  if (days === 0) return say('time.today');
  if (days === 1) return say('time.yesterday');
  return fullDay(date);
}

/** Whether two moments are on the same day here. */
export function sameDay(a: string, b: string): boolean {
  return startOfDay(new Date(a)) === startOfDay(new Date(b));
}

/** Short enough for a list: `now`, `5 min`, `14:05`, `Monday`, `3 Mar`. */
export function shortText(at: string, now = new Date()): string {
  const date = new Date(at);
  const minutes = Math.floor((now.getTime() - date.getTime()) / 60_000);
  if (minutes < 1) return say('time.now');
  if (minutes < 60) return say('time.minutes', { n: minutes });
  const days = daysApart(date, now);
  if (days === 0) return clock(date);
  if (days < 7) return weekdayText(date);
  return dayAndMonth(date);
}

/** A moment to come, or one past, with its day: `today, 14:05`, `tomorrow, 09:00`, `Mon, Mar 23, 09:00`. */
export function momentText(at: string, now = new Date()): string {
  const date = new Date(at);
  const days = daysApart(date, now);
  const time = clock(date);
  if (days === 0) return say('moment.today', { time });
  if (days === -1) return say('moment.tomorrow', { time });
  return days === 1 ? say('moment.yesterday', { time }) : say('moment.day', { day: shortDay(date), time });
}

/** How long something has lasted: `3 min`, `2 h`, `4 days`. */
export function durationText(since: string, now = new Date()): string {
  return lengthText(Math.floor((now.getTime() - Date.parse(since)) / 60_000));
}

/** How long until something: what has begun of a minute counts. */
export function untilText(at: string, now = new Date()): string {
  return lengthText(Math.ceil((Date.parse(at) - now.getTime()) / 60_000));
}

function lengthText(minutes: number): string {
  if (minutes < 60) return say('time.minutes', { n: Math.max(1, minutes) });
  if (minutes < 48 * 60) return say('time.hours', { n: Math.floor(minutes / 60) });
  return say('time.days', { n: Math.floor(minutes / (24 * 60)) });
}

/** A moment as in a list, or in other words, with the exact one in its title. */
export function timeElement(at: string, text: (at: string) => string = shortText): HTMLTimeElement {
  return timeAs(text, at);
}

/** A moment in these words, with the exact one in its title. */
export function timeAs(text: (at: string) => string, at: string): HTMLTimeElement {
  const element = el('time', { datetime: at });
  setText(element, text(at));
  // Nobody sees it before the pointer is there.
  element.addEventListener('pointerenter', () => (element.title = exact(new Date(at))), { once: true });
  return element;
}
