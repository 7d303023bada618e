/** What the site chat speaks. The first one is there at once; another is a table in this folder and a line in `speak.ts`, `loader.ts` and `vite.config.ts`. */
export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The first of the wanted languages that there is, whatever its country; English when there is none. */
export function languageFor(wanted: readonly (string | null | undefined)[]): Language {
  for (const tag of wanted) {
    const found = LANGUAGES.find((language) => language === tag?.trim().toLowerCase().split(/[-_]/)[0]);
    if (found) return found;
  }
  return LANGUAGES[0];
}
