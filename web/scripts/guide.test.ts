// The guide against the product: what it links and shows is there, no picture is left over, and the names and keys it tells people to
// press are in the pages. (Its pictures are made by `npm run pictures` in tests/e2e.)
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const PAGES = readdirSync(join(root, 'docs/guide')).map((name) => `docs/guide/${name}`);

/** What is written for people, without what is shown as code. */
const prose = (path: string) => read(path).replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');

/** Where a page leads and which pictures it shows, from the root of the repository; other sites are their own affair. */
function targets(path: string): string[] {
  const all = [...prose(path).matchAll(/\]\(([^)\s]+)\)|<img src="([^"]+)"/g)].map(([, link, picture]) => link ?? picture!);
  return all.filter((target) => !/^\w+:/.test(target)).map((target) => (target.startsWith('#') ? path + target : normalize(join(dirname(path), target))));
}

/** What the headings of a page are called in addresses. */
function anchors(path: string): string[] {
  const headings = read(path).replace(/```[\s\S]*?```/g, '').matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading]) => heading!.toLowerCase().replace(/[^\p{L}\p{N} -]/gu, '').replaceAll(' ', '-'));
}

/** The pages' own scripts, without tests. */
const sources = readdirSync(join(root, 'web/src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.ts$/.test(path) && !/\.test\.ts$|testing\//.test(path)).map((path) => read(`web/src/${path}`)).join('\n');
const matches = (pattern: RegExp) => [...sources.matchAll(pattern)].map(([, first, second]) => (first ?? second)!);
/** Whole texts: what stands between two quotes. */
const texts = new Set(matches(/'((?:[^'\\\n]|\\.)*)'|`([^`\n]*)`/g));
/** Keys as `key: 'j'` and, of those told beside them, `['Enter', 'Send']`. */
const keys = new Set(matches(/\bkey: '(.)'|\['([^']{1,12})', '[A-Z]/g));

describe.each([...PAGES, 'README.md'])('%s', (path) => {
  it('links and shows what is there', () => {
    expect(targets(path).length).toBeGreaterThan(0);
    const missing = targets(path).filter((target) => {
      const [file, anchor] = target.split('#');
      return !existsSync(join(root, file!)) || (anchor !== undefined && !anchors(file!).includes(anchor));
    });
    expect(missing).toEqual([]);
  });
});

const named = (path: string) => [...prose(path).matchAll(/\*\*(.+?)\*\*/gs)].map(([, name]) => name!);
const pressed = (path: string) => [...prose(path).matchAll(/<kbd>(.+?)<\/kbd>/g)].map(([, key]) => key!);

describe.each(PAGES)('%s', (path) => {
  it('names in bold what is written on the pages', () => {
    expect(named(path).filter((name) => !texts.has(name))).toEqual([]);
  });
  it('names keys that do something', () => {
    expect(pressed(path).filter((key) => !keys.has(key))).toEqual([]);
  });
});

describe('the guide', () => {
  it('has names and keys in it', () => {
    expect(PAGES.flatMap(named).length).toBeGreaterThan(50);
    expect(PAGES.flatMap(pressed).length).toBeGreaterThan(15);
  });

  it('shows what each role sees', () => {
    const shown = (path: string) => targets(path).filter((target) => target.endsWith('.webp')).length;
    expect(PAGES.filter((path) => !path.endsWith('README.md') && shown(path) < 3)).toEqual([]);
  });

  it('shows every picture that is made for it', () => {
    const shown = new Set(PAGES.flatMap(targets));
    const made = readdirSync(join(root, 'docs/images/guide')).map((name) => `docs/images/guide/${name}`);
    expect(made.length).toBeGreaterThan(7);
    expect(made.filter((picture) => !shown.has(picture))).toEqual([]);
  });
});
