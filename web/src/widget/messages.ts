/** What the page and the frame tell each other, and nothing else. Every message is checked for its origin and its shape. */
export type ToFrame = { brigade: 1; type: 'opened'; page: string } | { brigade: 1; type: 'closed' };
export type ToPage = { brigade: 1; type: 'close' } | { brigade: 1; type: 'ready' } | { brigade: 1; type: 'unread'; count: number };

function shape(data: unknown): Record<string, unknown> | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const fields = data as Record<string, unknown>;
  return fields['brigade'] === 1 ? fields : undefined;
}

/** Reads a message from the page; `undefined` for anything else. */
export function readToFrame(data: unknown): ToFrame | undefined {
  const fields = shape(data);
  if (fields?.['type'] === 'closed') return { brigade: 1, type: 'closed' };
  if (fields?.['type'] !== 'opened' || typeof fields['page'] !== 'string' || fields['page'].length > 2_048) return undefined;
  return { brigade: 1, type: 'opened', page: fields['page'] };
}

/** Reads a message from the frame; `undefined` for anything else. */
export function readToPage(data: unknown): ToPage | undefined {
  const fields = shape(data);
  const type = fields?.['type'];
  if (type === 'close' || type === 'ready') return { brigade: 1, type };
  const count = fields?.['count'];
  return type === 'unread' && Number.isInteger(count) && (count as number) >= 0 ? { brigade: 1, type, count: count as number } : undefined;
}
