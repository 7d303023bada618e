// The document against the server's own sources: names that one has and the other does not. (That frames have the shapes of the
// document is checked in the browser tests, on everything that passes a socket.)
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface Named { title: string }
const document = parse(read('docs/asyncapi.yaml')) as {
  'x-close-codes': Record<string, unknown>;
  components: { schemas: Record<string, { oneOf: Named[]; enum: string[] }> };
};
const titles = (schema: string) => document.components.schemas[schema]!.oneOf.map(({ title }) => title).sort();

/** `"name" =>` in the function that reads commands. */
function commandsOf(feature: string): string[] {
  const source = read(`domain/src/${feature}/command.rs`);
  const body = source.slice(source.indexOf('pub fn parse(kind: &str'), source.indexOf('unknown_command(kind)'));
  return [...body.matchAll(/^\s+"(\w+)" =>/gm)].map(([, name]) => name!).sort();
}

/** The variants of the event enum, as serde names them. */
function eventsOf(feature: string): string[] {
  const source = read(`domain/src/${feature}/event.rs`);
  const body = source.slice(source.indexOf('pub enum Event {'), source.indexOf('\n}\n', source.indexOf('pub enum Event {')));
  const variants = [...body.matchAll(/^ {4}([A-Z]\w+)(?: \{|\(|,)/gm)].map(([, name]) => name!);
  return variants.map((name) => name.replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase()).sort();
}

describe.each([['chat', 'Conversation'], ['tenant', 'Tenant'], ['account', 'Account']])('%s', (feature, entity) => {
  it('has the commands of the document', () => {
    expect(commandsOf(feature).length).toBeGreaterThan(3);
    expect(titles(`${entity}Command`)).toEqual(commandsOf(feature));
  });
  it('has the events of the document', () => {
    expect(titles(`${entity}Event`)).toEqual([...eventsOf(feature), 'hidden'].sort());
  });
});

describe('the document', () => {
  it('has every code of the one table', () => {
    const table = read('domain/src/refusal.rs');
    const codes = [...table.matchAll(/^ {4}\w+ = "([A-Z_]+)", \d{3},/gm)].map(([, code]) => code!);
    expect(codes.length).toBeGreaterThan(20);
    expect(document.components.schemas['ErrorCode']!.enum).toEqual(codes);
  });

  it('has the lifecycle, in its order', () => {
    const source = read('domain/src/account/lifecycle.rs');
    const names = [...source.matchAll(/Self::\w+ => "(\w+)",/g)].map(([, name]) => name!);
    expect(document.components.schemas['Lifecycle']!.enum).toEqual(names);
  });

  it('has the close codes of the prose', () => {
    const codes = [...read('docs/PROTOCOL.md').matchAll(/^\| (\d{4}) \|/gm)].map(([, code]) => code!);
    expect(Object.keys(document['x-close-codes']).sort()).toEqual(codes.sort());
  });
});
