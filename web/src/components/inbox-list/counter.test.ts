// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../api/http';
import type { Counts } from '../../api/views';
import type { InboxItem } from '../../live/protocol.gen';
import { Counter } from './counter';

const items = (open: number, snoozed = 0): InboxItem[] =>
  Array.from({ length: open + snoozed }, (_, n) => ({ id: `cnv_${n}`, status: n < open ? 'open' : 'snoozed' }) as InboxItem);
const answer = (more: Partial<Counts>): Counts => ({ open: 0, waiting: 0, mine: 0, due: 0, snoozed: 0, views: [], ...more });

let asked: string[];
let answers: (Counts | ApiError)[];
let counter: Counter;

beforeEach(() => {
  vi.useFakeTimers();
  [asked, answers] = [[], []];
  counter = new Counter(({ label, team }) => {
    asked.push(`${label}${team}`);
    const next = answers.shift();
    return next instanceof ApiError || next === undefined ? Promise.reject(next ?? new Error('not expected')) : Promise.resolve(next);
  });
});
afterEach(() => {
  counter.dispose();
  vi.useRealTimers();
});

describe('how many there are', () => {
  it('is counted here as long as everything is here', async () => {
    counter.begin(items(499, 199));
    counter.hold(new Map([['open', 499], ['mine', 0]]));
    counter.news();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([counter.complete, counter.text('open'), counter.text('mine'), asked]).toEqual([true, '499', '', []]);
  });

  it.each([[500, 0], [3, 200]])('is asked of the server when the list is full: %s open, %s snoozed', async (open, snoozed) => {
    counter.begin(items(open, snoozed));
    counter.hold(new Map([['open', open], ['vew_1', 2]]));
    expect([counter.complete, counter.text('open'), counter.text('vew_1'), counter.text('mine')]).toEqual([false, `${open}+`, '2+', '']);
    answers = [answer({ open: 1_234, views: [{ id: 'vew_1', count: 90 }, { id: 'vew_2', count: null }] })];
    await vi.advanceTimersByTimeAsync(0);
    expect([counter.text('open'), counter.text('vew_1'), counter.text('vew_2')]).toEqual(['1234', '90', '']);
  });

  it('follows what changes here at once, and the server soon', async () => {
    counter.begin(items(500));
    counter.hold(new Map([['open', 500]]));
    answers = [answer({ open: 800 }), answer({ open: 700 })];
    await vi.advanceTimersByTimeAsync(0);
    counter.hold(new Map([['open', 498]]));
    for (let n = 0; n < 50; n += 1) counter.news();
    expect(counter.text('open')).toBe('798');
    await vi.advanceTimersByTimeAsync(4_999);
    expect(asked).toEqual(['']);
    await vi.advanceTimersByTimeAsync(1);
    expect([asked, counter.text('open')]).toEqual([['', ''], '700']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked.length).toBe(2);
  });

  it('is of the label that is shown now, whatever answers last', async () => {
    counter.begin(items(500));
    counter.hold(new Map([['open', 500]]));
    answers = [answer({ open: 800 }), answer({ open: 7 })];
    await vi.advanceTimersByTimeAsync(0);
    counter.narrow({ label: 'lbl_1', team: '' });
    counter.hold(new Map([['open', 5]]));
    expect(counter.text('open')).toBe('5+');
    await vi.advanceTimersByTimeAsync(0);
    expect([asked, counter.text('open')]).toEqual([['', 'lbl_1'], '7']);
  });

  it('is of the team that is shown now', async () => {
    counter.begin(items(500));
    answers = [answer({ open: 800 }), answer({ open: 6 })];
    await vi.advanceTimersByTimeAsync(0);
    counter.narrow({ label: '', team: 'mine' });
    counter.hold(new Map([['open', 5]]));
    await vi.advanceTimersByTimeAsync(0);
    counter.narrow({ label: '', team: 'mine' });
    await vi.advanceTimersByTimeAsync(1_000);
    expect([asked, counter.text('open')]).toEqual([['', 'mine'], '6']);
  });

  it('stays as it was when the server does not answer, and is asked for again', async () => {
    counter.begin(items(500));
    counter.hold(new Map([['open', 500]]));
    answers = [answer({ open: 800 }), new ApiError('OFFLINE', 'away'), answer({ open: 801 })];
    await vi.advanceTimersByTimeAsync(0);
    counter.news();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(counter.text('open')).toBe('800');
    await vi.advanceTimersByTimeAsync(30_000);
    expect([counter.text('open'), asked.length]).toEqual(['801', 3]);
  });

  it('begins anew with the list', async () => {
    counter.begin(items(500));
    answers = [answer({ open: 800 })];
    await vi.advanceTimersByTimeAsync(0);
    counter.begin(items(3));
    counter.hold(new Map([['open', 3]]));
    expect(counter.text('open')).toBe('3');
  });
});
