import { describe, expect, it } from 'vitest';
import { addressOf, daysProblem, queryOf, readChoice } from './choice';

describe('the choice of a report', () => {
  it('is in the address and comes back from it', () => {
    for (const search of ['?period=last_month', '?from=2026-01-01&to=2026-01-31', '?period=last7_days&person=usr_x&label=lbl_y&clock=always']) {
      expect(addressOf(readChoice(search))).toBe(`/reports${search}`);
    }
  });
  it('is the last 28 days when the address says nothing, or nonsense', () => {
    for (const search of ['', '?period=always', '?period=own', '?from=2026-01-01', '?from=x&to=y', '?clock=x']) expect(String(queryOf(readChoice(search)))).toBe('period=last28_days');
  });
});

describe('days of one’s own', () => {
  it('are in order and a year at most', () => {
    expect(daysProblem('2024-01-01', '2024-12-31')).toBeNull();
    expect(daysProblem('2026-01-01', '2026-01-01')).toBeNull();
    expect(daysProblem('2026-01-02', '2026-01-01')).toContain('before');
    expect(daysProblem('2025-01-01', '2026-01-02')).toContain('367');
    expect(daysProblem('', '2026-01-02')).toContain('Choose');
  });
});
