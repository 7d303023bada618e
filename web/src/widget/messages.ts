/** What the page and the frame tell each other, and nothing else. Every message is checked for its origin and its shape. */
export type ToFrame = { brigade: 1; type: 'opened'; page: string } | { brigade: 1; type: 'closed' }
  /** Who the visitor is: signed; empty as long as the page says nothing; null when they have gone. */
  | { brigade: 1; type: 'identify'; token: string | null };
export type ToPage = { brigade: 1; type: 'close' } | { brigade: 1; type: 'ready' } | { brigade: 1; type: 'unread'; count: number }
  /** What came of it; with a code, why it failed. */
  | { brigade: 1; type: 'identified' | 'identify_failed' | 'forgotten'; code?: string };

/** Its parts; none of what is no message of ours. */
export function parts(data: unknown): Record<string, unknown> {
  const parts = Object(data) as Record<string, unknown>;
  return parts['brigade'] === 1 ? parts : {};
}

/** The message, or `undefined` for anything else. */
export function readToFrame(data: unknown): ToFrame | undefined {
  const { type, page, token } = parts(data);
  if (type === 'closed') return { brigade: 1, type };
  if (type === 'identify' && (token === null || typeof token === 'string')) return { brigade: 1, type, token };
  return type === 'opened' && typeof page === 'string' && page.length <= 2_048 ? { brigade: 1, type, page } : undefined;
}

/** The message, or `undefined` for anything else. */
export function readToPage(data: unknown): ToPage | undefined {
  const { type, code, count } = parts(data);
  if (type === 'close' || type === 'ready' || type === 'identified' || type === 'forgotten') return { brigade: 1, type };
  if (type === 'identify_failed') return { brigade: 1, type, code: String(code) };
  return type === 'unread' && Number.isInteger(count) && (count as number) >= 0 ? { brigade: 1, type, count: count as number } : undefined;
}
