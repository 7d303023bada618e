import { afterEach, describe, expect, it, vi } from 'vitest';
import { painted } from './painted';

describe('what was drawn', () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  /** Whether it is seen by now. */
  function watch(): () => boolean {
    let seen = false;
    void painted().then(() => (seen = true));
    return () => seen;
  }

  it('is seen after its frame', async () => {
    vi.useFakeTimers();
    const frames: FrameRequestCallback[] = [];
    vi.stubGlobal('document', { hidden: false });
    vi.stubGlobal('requestAnimationFrame', (draw: FrameRequestCallback) => frames.push(draw));
    const seen = watch();
    await vi.advanceTimersByTimeAsync(100);
    expect(seen()).toBe(false);
    frames.forEach((draw) => draw(0));
    await vi.advanceTimersByTimeAsync(1);
    expect(seen()).toBe(true);
  });

  it('is not waited for where nobody looks, or looks no more', async () => {
    vi.useFakeTimers();
    vi.stubGlobal('requestAnimationFrame', () => 0);
    vi.stubGlobal('document', { hidden: true });
    const hidden = watch();
    await vi.advanceTimersByTimeAsync(0);
    expect(hidden()).toBe(true);
    vi.stubGlobal('document', { hidden: false });
    const left = watch();
    await vi.advanceTimersByTimeAsync(999);
    expect(left()).toBe(false);
    await vi.advanceTimersByTimeAsync(2);
    expect(left()).toBe(true);
  });
});
