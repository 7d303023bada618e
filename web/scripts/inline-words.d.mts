import type { Text, Translation } from '../src/words/table';

/** The Vite plugin, for the English table and the others by their language. */
export function inlineWords(english: Readonly<Record<string, Text>>, others: Readonly<Record<string, Translation>>): {
  name: string;
  transform(code: string, id: string): { code: string; map: null } | undefined;
};
