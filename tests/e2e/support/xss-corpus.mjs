// The same corpus the unit tests use: one file, read as text because the tests have no TypeScript.
import { readFileSync } from 'node:fs';

const source = readFileSync(new URL('../../../web/src/ui/testing/xss-corpus.ts', import.meta.url), 'utf8');
const list = source.slice(source.indexOf('= [') + 2, source.lastIndexOf(']') + 1);

/** Texts that try to be markup or script. */
export const xssCorpus = new Function(`return ${list}`)();
