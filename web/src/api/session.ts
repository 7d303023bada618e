import { ME } from '../first';
import { ApiError, request, type Extra, type Method } from './http';
import type { ActorKind } from '../live/protocol.gen';

/** Who is signed in, in which tenant, as what. */
export interface Me {
  signed_in: boolean;
  user?: { id: string; name: string; email: string; email_verified: boolean };
  tenant?: { id: string; name: string; slug: string } | null;
  kind: ActorKind;
  roles: string[];
  accounts: { id: string; name: string; conversation: string | null }[];
  tenants: { id: string; name: string; role: string }[];
  /** The business somebody looks into for the platform, or did until it ended that. */
  support?: { business: string; until: string; ended: boolean };
  /** What has to be done before anything else: the code after the password, or setting two-step sign-in up. */
  next?: 'second_step' | 'set_up_second_factor';
  csrf?: string | null;
}

/** Somebody who is signed in and acts in a tenant. */
export type SignedIn = Me & Required<Pick<Me, 'user'>>;

const ANOTHER = 'Somebody else is signed in here meanwhile, in another window perhaps. Nothing was done. Reload this page to go on.';

let csrf: string | undefined;
/** As whom, and where, the page acts; nobody until somebody is signed in. */
let acting: string | undefined;

/** Asks who is signed in. */
export async function me(): Promise<Me> {
  const answer = await request<Me>('GET', ME);
  csrf = answer.csrf ?? undefined;
  acting = answer.user && `${answer.user.id} ${answer.tenant?.id}`;
  return answer;
}

/**
 * A request in the name of whoever is signed in. The session's token against cross-site requests goes along; when it
 * is from before a new sign-in, it is fetched once more. What was asked as one person is never done as another.
 */
export async function call<T>(method: Method, path: string, body?: unknown, extra: Extra = {}): Promise<T> {
  if (method === 'GET') return request<T>(method, path, body, extra);
  if (csrf === undefined) await me();
  try {
    return await request<T>(method, path, body, withToken(extra));
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'CSRF_FAILED') throw error;
    const before = acting;
    await me();
    if (before !== undefined && before !== acting) throw new ApiError('AUTH_INVALID', ANOTHER, { status: error.status });
    return request<T>(method, path, body, withToken(extra));
  }
}

/** Forgets the token: the session is another one now. */
export function sessionChanged(): void {
  csrf = undefined;
}

function withToken(extra: Extra): Extra {
  return csrf === undefined ? extra : { ...extra, headers: { ...extra.headers, 'x-csrf-token': csrf } };
}

/** Whether this person works for the tenant. */
export function isStaff(who: Me): boolean {
  return who.kind === 'account_manager' || who.kind === 'admin';
}

/** The page somebody belongs to after signing in. */
export function homeOf(who: Me): string {
  if (who.support) return '/look';
  if (who.kind === 'super_admin') return '/platform';
  return isStaff(who) ? '/inbox' : '/chat';
}

/** The address asked for before sign-in, if it is one of ours; another site's would make a trap of the sign-in page. */
export function safeNext(next: string | null): string | undefined {
  if (!next || !/^\/(?![/\\])/.test(next)) return undefined;
  try {
    const url = new URL(next, location.origin);
    return url.origin === location.origin ? url.pathname + url.search + url.hash : undefined;
  } catch {
    return undefined;
  }
}

/** Where to sign in, and come back from. */
export function signInAddress(): string {
  return `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
}
