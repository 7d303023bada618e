import type { Hours } from '../../live/protocol.gen';

/** A time to send something at. */
export interface Later {
  label: string;
  at: Date;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MORNING = '09:00';
const WALL = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/;

/** What the clock on the wall shows there: `2026-03-18T09:00`, as `datetime-local` has it. */
export function wallOf(at: Date, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((each) => each.type === type)!.value;
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
}

/** When the clock on the wall shows that: the first time where it does so twice, never (`undefined`) where it jumps over it. */
export function instantOf(wall: string, zone: string): Date | undefined {
  if (!WALL.test(wall)) return undefined;
  const asIf = Date.parse(`${wall}:00Z`);
  // How far the clock is from UTC the day before and the day after: between them it changes once at most.
  const ahead = [-DAY_MS, DAY_MS].map((away) => Date.parse(`${wallOf(new Date(asIf + away), zone)}:00Z`) - (asIf + away));
  const candidates = ahead.map((by) => new Date(asIf - by)).sort((one, other) => one.getTime() - other.getTime());
  return candidates.find((at) => wallOf(at, zone) === wall);
}

/** The date so many days on: `2026-03-19`. */
function dateAfter(wall: string, days: number): string {
  return new Date(Date.parse(`${wall.slice(0, 10)}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Monday is 1. */
function weekdayOf(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay() || 7;
}

/** When the business opens on that day; nine where it does not say, or is closed. */
function morningOf(date: string, { week, closed }: Hours): string {
  const opens = closed.includes(date) ? [] : week.filter(({ day }) => day === weekdayOf(date)).map(({ from }) => from).sort();
  return opens[0] ?? MORNING;
}

/** When people send what they write now, by the clock of the business. */
export function laters(now: Date, zone: string, hours: Hours): Later[] {
  const today = wallOf(now, zone);
  const on = (label: string, days: number): Later[] => {
    const date = dateAfter(today, days);
    const at = instantOf(`${date}T${morningOf(date, hours)}`, zone);
    return at ? [{ label, at }] : [];
  };
  const toMonday = 8 - weekdayOf(today.slice(0, 10));
  return [
    { label: 'In an hour', at: new Date(Math.ceil((now.getTime() + HOUR_MS) / 60_000) * 60_000) },
    ...on('Tomorrow morning', 1),
    ...(toMonday > 1 ? on(toMonday === 7 ? 'Next Monday morning' : 'Monday morning', toMonday) : []),
  ];
}

/** `today, 14:05`, `tomorrow, 09:00`, `Mon 23 Mar, 09:00`, by the clock of the business; with its zone where the one here is another. */
export function momentIn(at: string, zone: string, now = new Date()): string {
  const wall = wallOf(new Date(at), zone);
  const date = wall.slice(0, 10);
  const today = wallOf(now, zone);
  const named = ['today', 'tomorrow'].find((_, days) => date === dateAfter(today, days));
  const day = named ?? new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`));
  const elsewhere = wallOf(new Date(at), Intl.DateTimeFormat().resolvedOptions().timeZone) !== wall;
  return `${day}, ${wall.slice(11)}${elsewhere ? ` (${zone})` : ''}`;
}

/** What is wrong with a time, if anything is. */
export function problemOf(wall: string, zone: string, now: Date): string | null {
  if (!WALL.test(wall)) return 'Choose a day and a time.';
  const at = instantOf(wall, zone)?.getTime();
  if (at === undefined) return `The clocks change that night: in ${zone} there is no ${wall.slice(11)} on that day. Choose another time.`;
  if (at < now.getTime() + 60_000) return 'Choose a time that is at least a minute ahead, or send it now.';
  return at > now.getTime() + 90 * DAY_MS ? 'A message can be scheduled 90 days ahead at most.' : null;
}
