import type { Targets } from '../../live/protocol.gen';
import { PRIORITIES } from '../label/priority';

/** Whether the business has set itself any. */
export function hasTargets(targets: Targets | undefined): boolean {
  return PRIORITIES.some(({ value }) => Object.values(targets?.[value] ?? {}).some((minutes) => minutes !== null));
}

/** The longest target: 30 days. */
export const MAX_MINUTES = 43_200;

/** Reads a span of time: `15`, `15 min`, `4 h`, `1 h 30 min`. Nothing is no target; `undefined` is what cannot be read. */
export function readSpan(text: string): number | null | undefined {
  const said = text.trim().toLowerCase();
  if (said === '') return null;
  const found = /^(?:(\d{1,5})\s*h(?:ours?|rs?)?)?\s*(?:(\d{1,5})\s*(?:m|mins?|minutes?)?)?$/.exec(said);
  if (!found || (found[1] === undefined && found[2] === undefined)) return undefined;
  const minutes = Number(found[1] ?? 0) * 60 + Number(found[2] ?? 0);
  return minutes >= 1 && minutes <= MAX_MINUTES ? minutes : undefined;
}

/** The span as it is shown: `45 min`, `4 h`, `1 h 30 min`. */
export function spanText(minutes: number | null | undefined): string {
  if (minutes === null || minutes === undefined) return '';
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours > 0 ? `${hours} h` : '', rest > 0 ? `${rest} min` : ''].filter(Boolean).join(' ');
}
