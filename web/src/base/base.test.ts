import { describe, expect, it, vi } from 'vitest';
import { Disposables } from './disposables';
import { Emitter } from './emitter';

describe('Disposables', () => {
  it('lets go of everything it holds, last first', () => {
    const order: number[] = [];
    const owned = new Disposables();
    owned.defer(() => order.push(1));
    owned.defer(() => order.push(2));
    owned.dispose();
    expect(order).toEqual([2, 1]);
  });

  it('disposes at once what is added after its end', () => {
    const owned = new Disposables();
    owned.dispose();
    const release = vi.fn();
    owned.defer(release);
    expect(release).toHaveBeenCalledOnce();
  });

  it('ends listeners and timers', () => {
    vi.useFakeTimers();
    const owned = new Disposables();
    const heard = vi.fn();
    const target = new EventTarget();
    owned.listen(target, 'ping', heard);
    owned.after(10, heard);
    owned.every(10, heard);
    owned.dispose();
    target.dispatchEvent(new Event('ping'));
    vi.advanceTimersByTime(100);
    expect(heard).not.toHaveBeenCalled();
    vi.useRealTimers();
  });
});

describe('Emitter', () => {
  it('reaches every listener once until it is disposed', () => {
    const emitter = new Emitter<number>();
    const heard: number[] = [];
    const first = emitter.on((value) => heard.push(value));
    emitter.on((value) => heard.push(value * 10));
    emitter.emit(1);
    first.dispose();
    emitter.emit(2);
    expect(heard).toEqual([1, 10, 20]);
  });
});
