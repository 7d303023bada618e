// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { haveLettersCome } from './letters';

describe('our own letters', () => {
  const page = document.documentElement;
  const load = vi.fn<() => Promise<unknown>>();

  beforeEach(() => {
    localStorage.clear();
    page.dataset['letters'] = 'device';
    Object.defineProperty(document, 'fonts', { configurable: true, value: { load } });
  });

  afterEach(() => {
    load.mockReset();
    Reflect.deleteProperty(document, 'fonts');
    delete page.dataset['letters'];
  });

  it('are fetched when the first list is seen, and then used', async () => {
    load.mockResolvedValue([]);
    let draw = () => undefined as void;
    const come = haveLettersCome(new Promise<void>((resolve) => (draw = resolve)));
    await Promise.resolve();
    expect(load).not.toHaveBeenCalled();
    draw();
    await come;
    expect(page.dataset['letters']).toBeUndefined();
  });

  it('are not waited for where they came before', async () => {
    load.mockResolvedValue([]);
    await haveLettersCome(Promise.resolve());
    page.dataset['letters'] = 'device';
    await haveLettersCome(new Promise(() => undefined));
    expect(page.dataset['letters']).toBeUndefined();
  });

  it('leave the page in the letters of the device when they cannot be fetched, and are asked for anew', async () => {
    load.mockRejectedValueOnce(new Error('no line'));
    await haveLettersCome(Promise.resolve());
    expect(page.dataset['letters']).toBe('device');
    const never = vi.fn();
    void haveLettersCome(new Promise(() => undefined)).then(never);
    await Promise.resolve();
    expect(load).toHaveBeenCalledTimes(1);
    expect(never).not.toHaveBeenCalled();
  });
});
