import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { contrast, faintness, paletteOf, tidy } from './colours';
import { verdictOf } from './verdict';

interface Case { accent: string; refused: { ratio: number; needed: number; nearest: string } | null; palette: unknown }

const cases = JSON.parse(readFileSync(fileURLToPath(new URL('../../../../../domain/src/tenant/look.cases.json', import.meta.url)), 'utf8')) as Case[];
const tokens = readFileSync(fileURLToPath(new URL('../../../tokens/raw.css', import.meta.url)), 'utf8');

describe('what is made of a colour', () => {
  it('is what the server makes of it', () => {
    expect(cases.length).toBeGreaterThan(10);
    for (const { accent, refused, palette } of cases) {
      expect(paletteOf(accent), accent).toEqual(palette);
      const faint = faintness(accent);
      if (refused === null) expect(faint, accent).toBeUndefined();
      else expect({ field: 'accent', ...faint }, accent).toEqual(refused);
    }
  });

  it('is reckoned against the grounds that the widget has', () => {
    for (const [name, value] of [['0', '#ffffff'], ['850', '#1e2924'], ['900', '#161f1b'], ['100', '#e9efec']]) expect(tokens).toContain(`--raw-herb-${name}: ${value};`);
  });

  it('is said in words', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 9);
    expect(verdictOf('#ffd400')).toBe('On white this colour has a contrast of 1.43 to 1, and it takes 3 to 1 to make it out.');
    expect(verdictOf('#1a2b5c')).toMatch(/^Good: 13\.\d to 1 on white\. White text on it has 13\.\d to 1\. In the dark it is lighter, #[0-9a-f]{6}, /);
    expect(verdictOf('#767676')).toContain('stays as it is');
    expect(verdictOf(undefined)).toBe('This is not a colour yet.');
  });

  it('begins with what people type or paste', () => {
    expect(tidy(' 0B6E4F ')).toBe('#0b6e4f');
    for (const wrong of ['', '#', '#0b6', 'green', '#0b6e4f80', '##0b6e4', '#0b6e4ü']) expect(tidy(wrong), wrong).toBeUndefined();
  });
});
