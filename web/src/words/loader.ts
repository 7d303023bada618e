import type { Language } from './languages';

/** What the loader says on the customer's page. It is one small file, so it has all languages in it. */
export const LOADER: Record<Language, { open: string; close: string; frame: string }> = {
  en: { open: 'Open chat', close: 'Close chat', frame: 'Chat' },
  de: { open: 'Chat öffnen', close: 'Chat schließen', frame: 'Chat' },
};
