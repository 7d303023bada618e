import { parts } from './messages';

/** What the page and the frame of a form tell each other, and nothing else. Nothing of what is written is among it. */
export type ToForm = { brigade: 1; type: 'page'; page: string; chat: boolean };
export type ToFormPage = { brigade: 1; type: 'ready' | 'sent' | 'chat' } | { brigade: 1; type: 'height'; height: number };

/** The tallest a form gets: its fields and what is wrong with each come to far less. */
const TALLEST = 4_000;

/** Reads a message from the page; `undefined` for anything else. */
export function readToForm(data: unknown): ToForm | undefined {
  const { type, page, chat } = parts(data);
  return type === 'page' && typeof page === 'string' && page.length <= 2_048 && typeof chat === 'boolean' ? { brigade: 1, type, page, chat } : undefined;
}

/** Reads a message from the frame; `undefined` for anything else. */
export function readToFormPage(data: unknown): ToFormPage | undefined {
  const { type, height } = parts(data);
  if (type === 'ready' || type === 'sent' || type === 'chat') return { brigade: 1, type };
  return type === 'height' && typeof height === 'number' && height > 0 && height <= TALLEST ? { brigade: 1, type, height } : undefined;
}
