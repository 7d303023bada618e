import type { ErrorCode } from '../live/protocol.gen';
import type { en } from './en';

/** Where a text stands. */
export type Key = keyof typeof en;

/** A text, or one per form of its number: which forms a language has, `Intl.PluralRules` knows. */
export type Text = string | ({ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>);

/** One language beside English. */
export interface Translation {
  texts: Record<Key, Text>;
  /** What a refusal comes to when nothing more exact is known. A code without one is told as the server says it. */
  codes: Partial<Record<ErrorCode, string>>;
  /** What the server says itself, word for word: exact refusals, and the greeting of a business that has none of its own. */
  server: Record<string, string>;
}

/** The same as the build packs it: the texts in the order of the English ones, and what the server says, by sentence and by code. */
export interface Table {
  texts: readonly Text[];
  server: Record<string, string>;
}

type Holes<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Holes<Rest> : never;
type Said<K extends Key> = (typeof en)[K] extends infer T ? (T extends string ? Holes<T> : 'n' | Holes<T[keyof T] & string>) : never;

/** What `say` is to be given for a text: what stands in braces there. */
export type Values<K extends Key> = [Said<K>] extends [never] ? [] : [Record<Said<K>, string | number>];
