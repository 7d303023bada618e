import { ApiError } from '../../api/http';
import { confirmLoss } from '../../components/dialog/dialog';
import { say } from '../../words/say';
import type { Site } from './site';

const GONE: readonly string[] = ['NOT_FOUND', 'AUTH_REQUIRED', 'AUTH_INVALID', 'TOKEN_EXPIRED'];

/** Asks, and ends the token. Whether it is forgotten, or why it could not be. */
export async function forgetChat(site: Site, token: string): Promise<boolean | string> {
  const sure = await confirmLoss({
    title: say('forget.title'), text: say('forget.text'), yes: say('forget.yes'),
  });
  if (!sure) return false;
  try {
    await site.forget(token);
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // A token that is already unknown is as forgotten as can be.
    return GONE.includes(error.code) || error.message;
  }
}
