import type { Language } from './languages';
import { setLanguage } from './say';
import type { Table } from './table';

/** How long a table is waited for before it is English. */
const PATIENCE_MS = 5_000;

type Load = () => Promise<{ default: Table }>;
const TABLES: ReadonlyMap<string, Load> = new Map<Exclude<Language, 'en'>, Load>([['de', () => import('virtual:words/de')]]);

/** Speaks a language from now on, and says so on the page. Where its table cannot be had it stays English, which is here already. */
export async function speak(wanted = '', tables = TABLES): Promise<void> {
  const load = tables.get(wanted);
  if (!load) return;
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS));
  const words = await Promise.race([load(), late]).catch(() => undefined);
  if (!words) return;
  setLanguage(wanted as Language, words.default);
  document.documentElement.lang = wanted;
}
