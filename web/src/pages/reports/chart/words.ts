const UNITS: readonly (readonly [seconds: number, short: string])[] = [[86_400, 'd'], [3_600, 'h'], [60, 'min'], [1, 's']];

/** How long something took, in the two largest units: `2 h 5 min`. */
export function spanWords(seconds: number): string {
  const whole = Math.round(seconds);
  const from = UNITS.findIndex(([size]) => whole >= size);
  if (from < 0) return '0 s';
  const [size, short] = UNITS[from]!;
  const count = Math.floor(whole / size);
  const next = UNITS[from + 1];
  const rest = next ? Math.floor((whole - count * size) / next[0]) : 0;
  return rest > 0 ? `${count} ${short} ${rest} ${next![1]}` : `${count} ${short}`;
}

const numbers = new Intl.NumberFormat('en');
export const countWords = (count: number): string => numbers.format(count);

/** How a figure differs from the one before, in words. Nothing to compare with is nothing to say. */
export function changeWords(now: number, before: number): string {
  if (before === 0) return now === 0 ? 'as before' : 'none before';
  const percent = Math.round(((now - before) / before) * 100);
  if (percent === 0) return 'as before';
  return percent > 0 ? `${countWords(percent)} % more than before` : `${countWords(-percent)} % less than before`;
}

/** What is longer is not more. */
export function spanChangeWords(now: number, before: number): string {
  return changeWords(now, before).replace(/more/, 'longer').replace(/less/, 'shorter');
}

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' });
const whole = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const dateOf = (text: string): Date => new Date(`${text}T00:00:00Z`);

/** Days of a calendar have no zone. */
export const shortDay = (text: string): string => day.format(dateOf(text));
export const longDay = (text: string): string => weekday.format(dateOf(text));
export const wholeDay = (text: string): string => whole.format(dateOf(text));
export const daysWords = ({ from, to }: { from: string; to: string }): string => (from === to ? wholeDay(from) : `${wholeDay(from)} to ${wholeDay(to)}`);

/** The share of those who said good or very good, in percent; nothing when nobody has said anything. */
export function contentShare({ rated, good }: { rated: number; good: number }): number | null {
  return rated === 0 ? null : Math.round((good / rated) * 100);
}

/** The same in words. */
export function contentWords(said: { rated: number; good: number }): string {
  const share = contentShare(said);
  return share === null ? '–' : `${share} %`;
}
