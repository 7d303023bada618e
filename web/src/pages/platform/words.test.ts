import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bytesText, jobWords, millisecondsText, partWords, rateText } from './words';

function sources(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.rs'));
  return files.map((name) => readFileSync(`${folder}/${name}`, 'utf8')).join('\n');
}

describe('the words of the platform’s page', () => {
  it('are there for every kind of jobs the worker does', () => {
    const [serve, domain] = [sources('../server/src/serve'), sources('../domain/src')];
    const named = [...serve.matchAll(/\.on\("([a-z_.]+)"/g)].map(([, name]) => name!);
    const constants = [...serve.matchAll(/\.on\((?:\w+::)*([A-Z_]+), move/g)].map(([, name]) => name!);
    expect(named).toContain('mail.send');
    expect(constants).toContain('DELETE');
    const meant = constants.flatMap((name) => [...domain.matchAll(new RegExp(`pub const ${name}: &str = "([a-z_]+\\.[a-z_]+)"`, 'g'))].map(([, task]) => task!));
    for (const task of [...named, ...meant]) expect(jobWords(task), task).not.toBe(task);
  });

  it('are there for every part', () => {
    const parts = readFileSync('../server/src/serve/parts.rs', 'utf8');
    const names = [...parts.matchAll(/^ {12}\("([a-z]+)", /gm)].map(([, name]) => name!);
    expect(names).toHaveLength(7);
    for (const name of names) expect(partWords(name), name).not.toBe(name);
  });

  it('say sizes and times shortly', () => {
    expect([0, 999, 1_000, 25_400_000, 999_960_000].map(bytesText)).toEqual(['0 B', '999 B', '1 KB', '25.4 MB', '1 GB']);
    expect([0.42, 9.96, 1_234.5].map(millisecondsText)).toEqual(['0.4 ms', '10.0 ms', '1,235 ms']);
    expect([0, 0.25, 12.4].map(rateText)).toEqual(['0', '0.3', '12']);
  });
});
