// What a visitor reads comes from the tables of src/words: nothing is written out in the scripts that the widget loads, at once or later.
// And what the server says is known there by the words it uses.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';
import { describe, expect, it } from 'vitest';
import { de } from '../src/words/de';
import { inlineWords } from './inline-words.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const source = join(root, 'web/src');

interface Node { type: string; [name: string]: unknown }
const isNode = (value: unknown): value is Node => typeof (value as Node | null)?.type === 'string';
const parsed = (path: string, code = readFileSync(path, 'utf8')) => parseSync(path, code).program as unknown as Node;

/** Every node below, with what it stands in. */
function* nodesOf(node: Node, above: Node[] = []): Generator<[Node, Node[]]> {
  yield [node, above];
  for (const value of Object.values(node).flat()) if (isNode(value)) yield* nodesOf(value, [...above, node]);
}

/** The scripts that these load, at once or later; types are none. */
function loadedBy(...entries: string[]): string[] {
  const seen = new Set<string>();
  const load = (path: string) => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const [node] of nodesOf(parsed(path))) {
      if (!/^(Import|Export(Named|All))/.test(node.type) || node['importKind'] === 'type' || node['exportKind'] === 'type') continue;
      const from = (node['source'] as { value?: unknown } | null | undefined)?.value;
      const file = typeof from === 'string' && from.startsWith('.') ? resolve(dirname(path), `${from}.ts`) : undefined;
      if (file && existsSync(file)) load(file);
    }
  };
  for (const entry of entries) load(join(source, entry));
  return [...seen];
}

/** Where any letter is for people. */
const SHOWN = new Set(['aria-label', 'title', 'placeholder', 'alt', 'label', 'hint', 'text', 'yes', 'no', 'cancel']);
const SHOWS: Record<string, number> = { el: 2, put: 1, fill: 1, setText: 1, append: 0, prepend: 0, replaceChildren: 0, replaceWith: 0 };
/** Names of keys, of headers, of parts of browsers; and of the product, which is the same in every language. */
const NO_TEXT = /^(Arrow(Up|Down|Left|Right)|Enter|Escape|Home|End|Files|Bearer |noopener noreferrer nofollow ugc|Brigade)$/;

const nameOf = (node: unknown): string => {
  const { name, value, property } = (node ?? {}) as { name?: string; value?: string; property?: Node };
  return property ? nameOf(property) : name ?? String(value ?? '');
};

/** Whether what is written there is shown to somebody. */
function isText(text: string, node: Node, above: Node[]): boolean {
  if (!/\p{L}/u.test(text) || NO_TEXT.test(text) || above.some(({ type }) => /^(TS(?!As|NonNull|Satisfies)|Import|Throw)/.test(type))) return false;
  const parent = above.at(-1)!;
  if (/^(Member|Export)/.test(parent.type) || (parent.type === 'Property' && parent['key'] === node)) return false;
  const call = above.findLast(({ type }) => /^(Call|New)Expression$/.test(type));
  const callee = nameOf(call?.['callee']);
  if (['Error', 'warn'].includes(callee) || (['say', 'c', 'm'].includes(callee) && isNode(call?.['callee']) && call['callee'].type === 'Identifier')) return false;
  if (/\p{L}{2,}[,.]? \p{L}{2,}/u.test(text) || /^\p{Lu}\p{Ll}/u.test(text)) return true;
  const property = above.findLast(({ type }) => type === 'Property');
  if (property && SHOWN.has(nameOf(property['key'])) && above.indexOf(property) > above.indexOf(call ?? property) - 1) return true;
  // Straight among what is put on the page, or as one of two.
  const place = [...above, node].find((_, at, all) => at > 0 && all[at - 1] === call);
  const straight = above.slice(call ? above.indexOf(call) + 1 : 0).every(({ type }) => /^(Conditional|Logical|Template)/.test(type));
  return straight && place !== undefined && ((call?.['arguments'] as Node[] | undefined) ?? []).indexOf(place) >= (SHOWS[callee] ?? Infinity);
}

/** What is written out in a script and shown. */
function textsIn(path: string, code?: string): string[] {
  return [...nodesOf(parsed(path, code))].flatMap(([node, above]) => {
    const text = node.type === 'Literal' ? node['value'] : node.type === 'TemplateElement' ? (node['value'] as { cooked: string }).cooked : undefined;
    return typeof text === 'string' && isText(text, node, above) ? [`${relative(source, path)}: ${text}`] : [];
  });
}

describe('the scripts of the widget', () => {
  const scripts = loadedBy('widget/frame/main.ts', 'widget/loader/loader.ts', 'widget/form/main.ts', 'widget/forms/forms.ts').filter((path) => !relative(source, path).startsWith('words/'));

  it('are followed to the last one', () => {
    const names = scripts.map((path) => relative(source, path));
    for (const last of ['widget/loader/button.ts', 'widget/frame/forget.ts', 'components/files/tray.ts', 'components/message/tools.ts', 'components/feedback/scores.ts', 'components/dialog/form-dialog.ts', 'api/http.ts', 'live/queue.ts']) {
      expect(names).toContain(last);
    }
  });

  it.each(scripts.map((path) => [relative(source, path), path]))('%s says nothing of its own', (_, path) => {
    expect(textsIn(path)).toEqual([]);
  });
});

describe('what is looked for', () => {
  it.each([
    "const a = 'Try again';", "el('p', {}, 'gone');", "el('p', {}, open ? 'on' : null);", "el('p', { title: 'more' });", 'el(\'p\', {}, `by ${names}`);',
    "setText(there, 'away');", "button({ label: 'no' });", "const text = { send: () => 'Sending…' };", 'this.#say(`${n} seconds left`);',
  ])('is found in %s', (code) => {
    expect(textsIn('a.ts', code)).not.toEqual([]);
  });
  it.each([
    "import { a } from './Some thing';", "throw new Error('no such thing');", "el('p', { class: c('quiet'), role: 'status' });", "say('again');", "if (key === 'Enter') go('en');",
    "root.querySelector('.f-icon');", "const a = styles['Some thing'];", "type A = 'Some thing';",
  ])('is not found in %s', (code) => {
    expect(textsIn('a.ts', code)).toEqual([]);
  });
});

describe('the build', () => {
  const { transform } = inlineWords({ send: 'Send', left: { one: '{n} "one"', other: '{n}' } }, {});
  const built = (call: string) => transform(`import { say } from '../words/say';\n${call}`, 'a.ts')?.code.split('\n')[1];
  it('puts the texts where they are said', () => {
    expect(built("say('send'); this.#say('send'); essay('send')")).toBe('say(0, "Send"); this.#say(\'send\'); essay(\'send\')');
    expect(built("say('left', { n: 2 })")).toBe('say(1, {"one":"{n} \\"one\\"","other":"{n}"}, { n: 2 })');
  });
  it('refuses what is not there, and what cannot be known', () => {
    expect(() => built("say('sent')")).toThrow('no text sent');
    expect(() => built('say(key)')).toThrow('written out');
  });
});

/** What the server says: its strings, `{…}` in them being numbers. */
function serverTexts(): RegExp[] {
  const crates = ['domain', 'store', 'http', 'integrations'].map((crate) => join(root, crate, 'src'));
  const files = crates.flatMap((crate) => readdirSync(crate, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.rs')).map((file) => join(crate, file)));
  const strings = files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/"((?:[^"\\\n]|\\.)+)"/g)].map(([, text]) => text!));
  return strings.map((text) => new RegExp(`^${text.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w*\}/g, '\\d+')}$`));
}

describe('what the server says', () => {
  const said = serverTexts();
  it.each(Object.keys(de.server))('is said by it: %s', (sentence) => {
    expect(said.some((text) => text.test(sentence))).toBe(true);
  });
});
