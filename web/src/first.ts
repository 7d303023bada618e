// What pages ask for first: `vite.config.ts` has browsers ask for it while the page's script is still on its way.

/** Who looks. */
export const ME = '/v1/auth/me';

/** The newest of what is to do, as many as fill a tall window. */
export const NEWEST_OPEN = { status: 'open', order: 'newest', limit: '20' };

/** What the inbox asks for first. */
export const INBOX_FIRST: readonly string[] = [ME, `/v1/conversations?${new URLSearchParams(NEWEST_OPEN)}`];
