// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../api/http';
import { Poll } from './poll';

function look(state: 'visible' | 'hidden'): void {
  Object.defineProperty(document, 'visibilityState', { configurable: true, value: state });
  document.dispatchEvent(new Event('visibilitychange'));
}

/** An answer that comes when it is told to. */
function pending(): { promise: Promise<number>; resolve: (value: number) => void } {
  let resolve!: (value: number) => void;
  const promise = new Promise<number>((done) => (resolve = done));
  return { promise, resolve };
}

describe('a poll', () => {
  const ask = vi.fn<(signal: AbortSignal) => Promise<number>>();
  let poll: Poll<number>;

  beforeEach(() => {
    vi.useFakeTimers();
    look('visible');
    ask.mockReset().mockImplementation(() => Promise.resolve(ask.mock.calls.length));
    poll = new Poll(ask, () => 1_000);
  });
  afterEach(() => {
    poll.dispose();
    vi.useRealTimers();
  });

  it('asks again and again, and not while nobody looks', async () => {
    await poll.refresh();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(poll.known.value).toBe(3);
    look('hidden');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ask).toHaveBeenCalledTimes(3);
    expect(poll.stale).toBe(true);
    look('visible');
    await vi.advanceTimersByTimeAsync(0);
    expect([ask.mock.calls.length, poll.known.value, poll.stale]).toEqual([4, 4, false]);
  });

  it('asks nothing when it is hidden while an answer is under way', async () => {
    const under = pending();
    ask.mockImplementation(() => under.promise);
    const asked = poll.refresh();
    look('hidden');
    under.resolve(7);
    await asked;
    await vi.advanceTimersByTimeAsync(10_000);
    expect([ask.mock.calls.length, poll.known.value]).toEqual([1, 7]);
  });

  it('keeps what is known when an answer does not come, and asks on', async () => {
    await poll.refresh();
    const heard = vi.fn();
    poll.changed.on(heard);
    ask.mockImplementationOnce(() => Promise.reject(new ApiError('OFFLINE', 'No connection.')));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(heard.mock.lastCall![0]).toMatchObject({ value: 1, error: { code: 'OFFLINE' } });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(poll.known).toMatchObject({ value: 3, error: undefined });
  });

  it('waits as long as it is told to', async () => {
    ask.mockImplementationOnce(() => Promise.reject(new ApiError('RATE_LIMITED', 'Slower.', { retryAfter: 30 })));
    await poll.refresh();
    await vi.advanceTimersByTimeAsync(29_000);
    expect(ask).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('lets the later of two questions win', async () => {
    const first = pending();
    ask.mockImplementationOnce(() => first.promise);
    const asked = poll.refresh();
    await poll.refresh();
    first.resolve(99);
    await asked;
    expect(poll.known.value).toBe(2);
  });
});
