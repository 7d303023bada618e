// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Due, InboxItem } from '../../live/protocol.gen';
import { changesAt, dueChip, dueText, firstOf, worstOf } from './due';
import { hasTargets, readSpan, spanText } from './targets';
import { DueWatch } from './watch';

const NOW = Date.parse('2026-03-18T12:00:00Z');
const due = (minutes: number, lead = 10): Due => ({ at: at(minutes), warn_at: at(minutes - lead) });
const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();

describe('what is due', () => {
  it('is missed at its last moment and soon from its warning on', () => {
    expect(worstOf({ answer_due: due(11) }, NOW)).toBeUndefined();
    expect(worstOf({ answer_due: due(10) }, NOW)).toBe('soon');
    expect(worstOf({ answer_due: due(0) }, NOW)).toBe('missed');
    expect(worstOf({ answer_due: due(5), resolution_due: due(-60) }, NOW)).toBe('missed');
    expect(worstOf({}, NOW)).toBeUndefined();
    expect([firstOf({ answer_due: due(5), resolution_due: due(3) }), firstOf({})]).toEqual([NOW + 180_000, Number.MAX_SAFE_INTEGER]);
    expect([changesAt({ answer_due: due(15) }, NOW), changesAt({ answer_due: due(5) }, NOW), changesAt({ answer_due: due(-5) }, NOW)]).toEqual([NOW + 300_000, NOW + 300_000, Infinity]);
  });

  it('is said in the list only when it has to be looked at', () => {
    expect(dueChip({ answer_due: due(60) }, NOW)).toBeNull();
    expect(dueChip({ answer_due: due(4.2) }, NOW)!.textContent).toBe('Answer in 5 min');
    expect(dueChip({ answer_due: due(-90), resolution_due: due(5) }, NOW)!.textContent).toBe('Answer 1 h late');
    expect(dueChip({ answer_due: due(5), resolution_due: due(-3) }, NOW)!.textContent).toBe('Solution 3 min late');
    expect(dueChip({ answer_due: due(60), resolution_due: due(8) }, NOW)!.textContent).toBe('Solution in 8 min');
    expect(dueText(due(60), NOW)).toMatch(/^today, \d\d:00$/);
    expect(dueText(due(-60), NOW)).toMatch(/\(1 h late\)$/);
  });
});

describe('the watch', () => {
  beforeEach(() => void vi.useFakeTimers({ now: NOW }));
  afterEach(() => void vi.useRealTimers());

  it('tells once when an answer becomes due soon, and when anything stands differently', () => {
    const watch = new DueWatch();
    const [told, changed] = [[] as string[], vi.fn()];
    watch.soon.on(({ id }) => told.push(id));
    watch.changed.on(changed);
    const item = (id: string, more: Partial<InboxItem>) => ({ id, ...more }) as InboxItem;
    const items = [item('calm', { answer_due: due(15) }), item('known', { answer_due: due(5) }), item('late', { answer_due: due(-5) }), item('other', { resolution_due: due(11) })];
    watch.watch(items);
    vi.advanceTimersByTime(70_000);
    expect([told, changed.mock.calls.length]).toEqual([[], 1]);
    vi.advanceTimersByTime(240_000);
    expect(told).toEqual(['calm']);
    watch.watch(items);
    vi.advanceTimersByTime(3_600_000);
    expect(told).toEqual(['calm']);
    // Answered and asked again: that is another.
    watch.watch([item('calm', {})]);
    watch.watch([item('calm', { answer_due: { at: new Date(Date.now() + 900_000).toISOString(), warn_at: new Date(Date.now() + 60_000).toISOString() } })]);
    vi.advanceTimersByTime(61_000);
    expect(told).toEqual(['calm', 'calm']);
    watch.dispose();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits for what is due in a year', () => {
    const watch = new DueWatch();
    const changed = vi.fn();
    watch.changed.on(changed);
    watch.watch([{ id: 'far', answer_due: due(525_600) } as InboxItem]);
    vi.advanceTimersByTime(1_000);
    expect(changed).not.toHaveBeenCalled();
    watch.dispose();
  });
});

describe('a target', () => {
  it('is written as people say it', () => {
    const read: [string, number | null | undefined][] = [
      ['', null], [' ', null], ['15', 15], ['15 min', 15], ['4h', 240], ['4 hours', 240], ['1 h 30 min', 90], ['1h30', 90], ['90m', 90], ['720 h', 43_200],
      ['0', undefined], ['-5', undefined], ['721 h', undefined], ['soon', undefined], ['1 day', undefined], ['1.5 h', undefined], ['٥', undefined],
    ];
    expect(read.map(([text]) => [text, readSpan(text)])).toEqual(read);
    for (const minutes of [1, 59, 60, 90, 43_200]) expect(readSpan(spanText(minutes))).toBe(minutes);
    expect(spanText(null)).toBe('');
  });

  it('is there when any field says so', () => {
    expect([hasTargets(undefined), hasTargets({ counted: 'always' }), hasTargets({ counted: 'always', low: { first: null, next: null, resolution: null } })]).toEqual([false, false, false]);
    expect(hasTargets({ counted: 'always', low: { first: null, next: 5, resolution: null } })).toBe(true);
  });
});
