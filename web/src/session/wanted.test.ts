// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Disposables } from '../base/disposables';
import { Toasts } from '../components/toast/toast';
import { wanted } from './wanted';

describe('a part that comes later', () => {
  let owned: Disposables;
  let toasts: Toasts;

  beforeEach(() => {
    vi.useFakeTimers();
    owned = new Disposables();
    toasts = owned.add(new Toasts());
  });
  afterEach(() => {
    owned.dispose();
    vi.useRealTimers();
  });

  it('is here a while after the page, or when it is wanted before', async () => {
    const load = vi.fn(() => Promise.resolve('code'));
    const part = wanted(load, { owned, toasts });
    expect(await part()).toBe('code');
    expect(load).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('is missed aloud by whoever wants it, and in silence by nobody', async () => {
    const part = wanted(() => Promise.reject(new TypeError('offline')), { owned, toasts });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(toasts.root.textContent).toBe('');
    expect(await part()).toBeUndefined();
    expect(toasts.root.textContent).toContain('could not be loaded');
    expect(toasts.root.textContent).toContain('Load the page again');
  });
});
