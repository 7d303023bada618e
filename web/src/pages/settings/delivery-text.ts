import type { Delivery } from '../../api/webhooks';

const FAILURES: Record<NonNullable<Delivery['failure']>, string> = {
  forbidden: 'not a public address, so nobody was asked',
  unresolved: 'the name has no address',
  unreachable: 'nobody answered at that address',
  tls: 'its certificate was not accepted',
  late: 'no answer within 15 s',
  broken: 'what came was no answer',
};

/** What the last attempt came to: `200 in 35 ms`, or why there was no answer. */
export function outcomeText({ status, failure, took_ms: took }: Delivery): string {
  if (status !== null) return `${status} in ${took ?? 0} ms`;
  return failure === null ? 'not tried yet' : FAILURES[failure];
}

/** How it stands: `delivered`, `given up`, `tried again`, `waiting`. */
export function stateText({ state, status, failure }: Delivery): string {
  if (state === 'delivered') return 'delivered';
  if (state === 'failed') return 'given up';
  return status === null && failure === null ? 'waiting' : 'tried again';
}

/** `1 attempt`, `3 attempts`. */
export function attemptsText(attempts: number): string {
  return attempts === 1 ? '1 attempt' : `${attempts} attempts`;
}
