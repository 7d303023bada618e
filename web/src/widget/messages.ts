/** What the page and the frame tell each other, and nothing else. Every message is checked for its origin and its shape. */
export type ToFrame = { brigade: 1; type: 'opened'; page: string } | { brigade: 1; type: 'closed' }
  /** Who the visitor is: signed; empty as long as the page says nothing; null when they have gone. */
  | { brigade: 1; type: 'identify'; token: string | null };
export type ToPage = { brigade: 1; type: 'close' } | { brigade: 1; type: 'ready' } | { brigade: 1; type: 'unread'; count: number }
  /** What came of it; with a code, why it failed. */
  | { brigade: 1; type: 'identified' | 'identify_failed' | 'forgotten'; code?: string };

function shape(data: unknown): Record<string, unknown> | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const fields = data as Record<string, unknown>;
  return fields['brigade'] === 1 ? fields : undefined;
}

/** Reads a message from the page; `undefined` for anything else. */
export function readToFrame(data: unknown): ToFrame | undefined {
  const fields = shape(data);
  if (fields?.['type'] === 'closed') return { brigade: 1, type: 'closed' };
  const token = fields?.['token'];
  if (fields?.['type'] === 'identify') return token === null || (typeof token === 'string' && token.length <= 20_000) ? { brigade: 1, type: 'identify', token } : undefined;
  if (fields?.['type'] !== 'opened' || typeof fields['page'] !== 'string' || fields['page'].length > 2_048) return undefined;
  return { brigade: 1, type: 'opened', page: fields['page'] };
}

/** Reads a message from the frame; `undefined` for anything else. */
export function readToPage(data: unknown): ToPage | undefined {
  const fields = shape(data);
  const type = fields?.['type'];
  if (type === 'close' || type === 'ready' || type === 'identified' || type === 'forgotten') return { brigade: 1, type };
  if (type === 'identify_failed') return { brigade: 1, type, code: String(fields?.['code']) };
  const count = fields?.['count'];
  return type === 'unread' && Number.isInteger(count) && (count as number) >= 0 ? { brigade: 1, type, count: count as number } : undefined;
}
