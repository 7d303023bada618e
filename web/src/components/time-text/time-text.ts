import { el, setText } from '../../ui/dom';

const DAY_MS = 86_400_000;

const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const weekday = new Intl.DateTimeFormat('en', { weekday: 'long' });
const dayAndMonth = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' });
const shortDay = new Intl.DateTimeFormat('en', { weekday: 'short', day: 'numeric', month: 'short' });
const fullDay = new Intl.DateTimeFormat('en', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'medium' });

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** Days between two moments, as calendars count them here. */
function daysApart(date: Date, now: Date): number {
  return Math.round((startOfDay(now) - startOfDay(date)) / DAY_MS);
}

/** `14:05`. */
export function clockText(at: string): string {
  return clock.format(new Date(at));
}

/** Today, Yesterday, or the day. */
export function dayText(at: string, now = new Date()): string {
  const date = new Date(at);
  const days = daysApart(date, now);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return fullDay.format(date);
}

/** Whether two moments are on the same day here. */
export function sameDay(a: string, b: string): boolean {
  return startOfDay(new Date(a)) === startOfDay(new Date(b));
}

/** Short enough for a list: `now`, `5 min`, `14:05`, `Monday`, `3 Mar`. */
export function shortText(at: string, now = new Date()): string {
  const date = new Date(at);
  const minutes = Math.floor((now.getTime() - date.getTime()) / 60_000);
  if (minutes < 1) return 'now';
  if (minutes < 60) return `${minutes} min`;
  const days = daysApart(date, now);
  if (days === 0) return clock.format(date);
  if (days < 7) return weekday.format(date);
  return dayAndMonth.format(date);
}

/** A moment to come, or one past, with its day: `today, 14:05`, `tomorrow, 09:00`, `Mon, Mar 23, 09:00`. */
export function momentText(at: string, now = new Date()): string {
  const date = new Date(at);
  const days = daysApart(date, now);
  const day = days === 0 ? 'today' : days === -1 ? 'tomorrow' : days === 1 ? 'yesterday' : shortDay.format(date);
  return `${day}, ${clock.format(date)}`;
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
  if (minutes < 60) return `${Math.max(1, minutes)} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h`;
  return `${Math.floor(minutes / (24 * 60))} days`;
}

/** A moment with the exact one in its title. */
export function timeElement(at: string, text: (at: string) => string = shortText): HTMLTimeElement {
  const element = el('time', { datetime: at, title: exact.format(new Date(at)) });
  setText(element, text(at));
  return element;
}
