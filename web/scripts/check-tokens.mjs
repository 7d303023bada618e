// Fails on a hard-coded colour, distance, corner or shadow in component CSS, on a raw token outside tokens/, on a role
// nobody defines, on a rule that stands twice, on inline styles and markup in TypeScript, and on a class that its CSS module does not have.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../src', import.meta.url));
const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
const problems = [];
const report = (file, line, text) => problems.push(`${relative(root, file)}:${line}: ${text}`);

const tokenFiles = files.filter((file) => /tokens\/(raw|roles|site)\.css$/.test(file));
const defined = new Set(tokenFiles.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/^\s*(--[\w-]+):/gm)].map(([, name]) => name)));

const COLOUR = /#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|color-mix)\(/i;
const NAMED = /(?:^|[\s,(])(?:white|black|red|green|blue|gray|grey|silver|orange|yellow|purple|pink|brown|navy|teal|gold|tomato)(?:$|[\s,);])/i;
const DISTANCE = /^(?:margin|padding|gap|row-gap|column-gap|inset|top|right|bottom|left|scroll-margin|scroll-padding)(?:-|$)/;
const LENGTH = /(?<![\w-])-?\d*\.?\d+(?:px|rem|em|pt|ch|ex|cm|mm)\b/;

function checkDeclaration(file, line, property, value) {
  for (const [, name] of value.matchAll(/var\((--[\w-]+)/g)) {
    if (name.startsWith('--raw-')) report(file, line, `${name} is a raw token: use a role`);
    else if (!defined.has(name) && !name.startsWith('--local-')) report(file, line, `${name} is no role of tokens/`);
  }
  if (COLOUR.test(value) || (/color|background|border|outline|fill|stroke|shadow/.test(property) && NAMED.test(value))) {
    report(file, line, `hard-coded colour in "${property}: ${value}"`);
  }
  if (DISTANCE.test(property) && LENGTH.test(value)) report(file, line, `hard-coded distance in "${property}: ${value}"`);
  if (property.endsWith('radius') && (LENGTH.test(value) || /\d%/.test(value))) report(file, line, `hard-coded corner in "${property}: ${value}"`);
  if (property === 'box-shadow' && LENGTH.test(value)) report(file, line, `hard-coded shadow in "${property}: ${value}"`);
  if (property === 'font-size' && LENGTH.test(value)) report(file, line, `hard-coded text size in "${property}: ${value}"`);
  if (property === 'font-family' && !/^(?:var\(|inherit)/.test(value)) report(file, line, `hard-coded font in "${property}: ${value}"`);
}

function checkCss(file) {
  const css = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '));
  for (const match of css.matchAll(/(?<=[{;]\s*)([\w-]+)\s*:\s*([^;{}]+)(?=[;}])/g)) {
    const line = css.slice(0, match.index).split('\n').length;
    checkDeclaration(file, line, match[1], match[2].trim());
  }
  checkRules(file, css);
}

/** Two rules for one selector are mostly two things that were given one name. In a media query there may be another. */
function checkRules(file, css) {
  const seen = new Set();
  let [depth, from] = [0, 0];
  for (const { 0: mark, index } of css.matchAll(/[{};]/g)) {
    const selector = css.slice(from, index).trim().replaceAll(/\s+/g, ' ');
    if (mark === '{' && depth === 0 && !selector.startsWith('@')) {
      if (seen.has(selector)) report(file, css.slice(0, index).split('\n').length, `"${selector}" has a rule already`);
      seen.add(selector);
    }
    depth += mark === '{' ? 1 : mark === '}' ? -1 : 0;
    from = index + 1;
  }
}

function classesOf(file) {
  const css = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  return new Set([...css.matchAll(/\.([a-z_][\w-]*)/gi)].map(([, name]) => name));
}

/** What makes such a frame, and nothing else in it: a letter is shown in it as it arrives. */
const SANDBOXED = /sandbox: 'allow-same-origin'/;

function checkTypeScript(file) {
  const text = readFileSync(file, 'utf8');
  const lineOf = (index) => text.slice(0, index).split('\n').length;
  for (const { pattern, why } of [
    { pattern: /\b(?:innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser)\b/g, why: 'markup from text' },
    { pattern: SANDBOXED.test(text) ? /allow-scripts/g : /\bsrcdoc\b/g, why: 'markup from text, outside of a frame that runs no scripts' },
    { pattern: /setAttribute\(\s*['"]style['"]|\bstyle:\s*['"`]/g, why: 'inline style: the content security policy forbids it' },
    { pattern: /setAttribute\(\s*['"]on\w+['"]/g, why: 'inline script: the content security policy forbids it' },
    { pattern: /\beval\(|new Function\(/g, why: 'code from text' },
  ]) for (const match of text.matchAll(pattern)) report(file, lineOf(match.index), why);
  for (const [, local, path] of text.matchAll(/import (\w+) from '(\.[^']+\.module\.css)'/g)) {
    const classes = classesOf(resolve(dirname(file), path));
    const helper = new RegExp(`const (\\w+) = mustClass\\(${local}\\)`).exec(text)?.[1];
    if (!helper) { report(file, 1, `${path} is used without mustClass`); continue; }
    for (const call of text.matchAll(new RegExp(`(?<![\\w.])${helper}\\(([^()]*(?:\\([^()]*\\)[^()]*)*)\\)`, 'g'))) {
      for (const [, name] of call[1].matchAll(/'([\w-]+)'/g)) {
        if (/[=!]==? *$/.test(call[1].slice(0, call[1].indexOf(`'${name}'`)))) continue;
        if (!classes.has(name)) report(file, lineOf(call.index), `no class "${name}" in ${path}`);
      }
    }
  }
}

for (const file of files) {
  if (file.endsWith('.css') && !tokenFiles.includes(file)) checkCss(file);
  if (file.endsWith('.ts') && !file.includes('/testing/') && !file.endsWith('.test.ts') && !file.endsWith('.gen.ts')) checkTypeScript(file);
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  console.error(`\n${problems.length} problem(s). Roles are in src/tokens/roles.css.`);
  process.exit(1);
}
console.log(`Tokens: ${files.filter((file) => file.endsWith('.css')).length} style sheets use roles only.`);
