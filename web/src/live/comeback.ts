import { CLOSE_CODES } from './protocol.gen';

/** What to do after a socket closed. */
export type Plan =
  | { kind: 'never' }
  | { kind: 'session' }
  | { kind: 'again'; ms: number };

const FIRST_MS = 500;
const LONGEST_MS = 30_000;
const LATER_MS = 60_000;

/** Between half and all of a doubling delay, so that many clients cut at once do not return at once. */
export function backoff(attempt: number, random: () => number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return Math.round(ceiling / 2 + random() * (ceiling / 2));
}

/** Whether and when to come back, from the close code and its reason. */
export function planAfterClose(code: number, reason: string, attempt: number, random: () => number): Plan {
  const kind = CLOSE_CODES[code] ?? 'backoff';
  switch (kind) {
    case 'never':
    case 'session': return { kind };
    case 'later': return { kind: 'again', ms: Math.round(LATER_MS * (0.5 + random())) };
    case 'after': {
      const told = /retry_after_ms=(\d{1,7})/.exec(reason)?.[1];
      return { kind: 'again', ms: told === undefined ? backoff(attempt, random) : Number(told) };
    }
    case 'backoff': return { kind: 'again', ms: backoff(attempt, random) };
  }
}
