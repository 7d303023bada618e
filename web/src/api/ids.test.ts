import { describe, expect, it } from 'vitest';
import { freshEntityId } from './ids';

describe('an id of our own making', () => {
  it('has the shape the server reads, with 128 bits at most', () => {
    expect(freshEntityId('lbl')).toMatch(/^lbl_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
  });

  it('is new each time and sorts by when it was made', () => {
    const ids = [1, 2_000_000_000_000, 2_000_000_000_001].map((now) => freshEntityId('lbl', now));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(Array.from({ length: 100 }, () => freshEntityId('lbl', 1))).size).toBe(100);
  });

  it('is a version 7 UUID', () => {
    const digits = '0123456789abcdefghjkmnpqrstvwxyz';
    const number = [...freshEntityId('lbl').slice(4)].reduce((sum, digit) => sum * 32n + BigInt(digits.indexOf(digit)), 0n);
    const hex = number.toString(16).padStart(32, '0');
    expect(hex[12]).toBe('7');
    expect('89ab').toContain(hex[16]);
  });
});
