import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withoutUnused } from './unused-tokens.mjs';

const web = fileURLToPath(new URL('..', import.meta.url));
let place: string;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'brigade-web-'));
  cpSync(join(web, 'scripts/check-tokens.mjs'), join(place, 'scripts/check-tokens.mjs'));
  cpSync(join(web, 'src/tokens'), join(place, 'src/tokens'), { recursive: true });
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

function checkTokens(file: string, content: string): string {
  writeFileSync(join(place, 'src', file), content);
  try {
    return execFileSync('node', [join(place, 'scripts/check-tokens.mjs')], { encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    return (error as { stderr: string }).stderr;
  }
}

describe('the tokens check', () => {
  it('lets roles pass', () => {
    expect(checkTokens('a.module.css', '.a { color: var(--color-text); margin: 0 auto; padding: var(--space-base); width: 3rem; }')).toContain('use roles only');
  });
  it.each([
    ['color: #fff', 'hard-coded colour'],
    ['background: rgb(0 0 0 / 50%)', 'hard-coded colour'],
    ['border: 1px solid white', 'hard-coded colour'],
    ['padding: 4px', 'hard-coded distance'],
    ['margin-top: -0.5rem', 'hard-coded distance'],
    ['gap: calc(1rem + 2px)', 'hard-coded distance'],
    ['border-radius: 8px', 'hard-coded corner'],
    ['box-shadow: 0 1px 2px var(--color-line)', 'hard-coded shadow'],
    ['font-size: 14px', 'hard-coded text size'],
    ['color: var(--raw-leaf-500)', 'raw token'],
    ['color: var(--color-nope)', 'no role'],
  ])('refuses %s', (declaration, why) => {
    expect(checkTokens('a.module.css', `.a { ${declaration}; }`)).toContain(why);
  });
  it('refuses two rules for one selector, but not another one in a media query', () => {
    expect(checkTokens('a.module.css', '.a { color: inherit; }\n.b { color: inherit; }\n.a { margin: 0; }')).toContain('a.module.css:3: ".a" has a rule already');
    expect(checkTokens('a.module.css', '.a { color: inherit; }\n@media print { .a { margin: 0; } }')).toContain('use roles only');
  });
  it.each([
    ["import styles from './a.module.css';\nconst c = mustClass(styles);\nc('b');", 'no class "b"'],
    ["import styles from './a.module.css';\nstyles.a;", 'without mustClass'],
    ['x.innerHTML = y;', 'markup from text'],
    ['x.srcdoc = y;', 'markup from text'],
    ["el('iframe', { sandbox: 'allow-same-origin allow-scripts' }).srcdoc = y;", 'markup from text'],
    ["el('iframe', { sandbox: 'allow-same-origin' }).srcdoc = y;\nx.sandbox.add('allow-scripts');", 'markup from text'],
    ["el('p', { style: 'color:red' });", 'inline style'],
  ])('refuses %s', (code, why) => {
    writeFileSync(join(place, 'src/a.module.css'), '.a { color: inherit; }');
    expect(checkTokens('a.ts', code)).toContain(why);
  });
  it('lets a page from text pass in a frame without scripts', () => {
    expect(checkTokens('a.ts', "el('iframe', { sandbox: 'allow-same-origin' }).srcdoc = y;")).toContain('use roles only');
  });
});

describe('the generated protocol', () => {
  it('is what docs/asyncapi.yaml says', () => {
    expect(execFileSync('node', [join(web, 'scripts/generate-live.mjs'), '--check'], { encoding: 'utf8' })).toContain('up to date');
  });
});

describe('leaving out unused tokens', () => {
  it('keeps what is used, also by another token, and puts raw values in place', () => {
    const css = ':root{--raw-a:#000;--color-a:var(--raw-a);--color-b:var(--raw-a);--focus-ring:1px solid var(--color-a)}a{outline:var(--focus-ring)}';
    expect(withoutUnused(css)).toBe(':root{--color-a:#000;--focus-ring:1px solid var(--color-a)}a{outline:var(--focus-ring)}');
  });
});
