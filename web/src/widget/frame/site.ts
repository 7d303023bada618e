import { request, type Ask } from '../../api/http';
import type { VisitorAnswer, VisitorQuestion } from '../../live/protocol.gen';

/** What the site chat shows of a business. */
export interface SiteConfig {
  tenant: { id: string; name: string };
  staff_online: boolean;
  open_now: boolean;
  opens_at?: string | null;
  greeting: { online: string; offline: string };
  /** What is asked before the first message; mostly nothing. */
  questions: VisitorQuestion[];
}

/** The requests of a site visitor: no cookie, the business by its public key, the visitor by its token. */
export class Site {
  #key: Record<string, string>;

  constructor(key: string) {
    this.#key = { 'x-tenant-key': key };
  }

  config(page = ''): Promise<SiteConfig> {
    return request('GET', `/v1/site/config${page && `?page=${encodeURIComponent(page)}`}`, undefined, { headers: this.#key });
  }

  begin(page: string | undefined, answers: VisitorAnswer[] | undefined): Promise<{ conversation: string; visitor: string; token: string }> {
    return this.#post('conversations', { page, answers });
  }

  forget(token: string): Promise<unknown> {
    return this.#post('forget', { token });
  }

  /** Who is here, as the business has signed; of the chat whose token it is, if it has begun. */
  identify(identity: string, token: string | undefined): Promise<{ id: string; email: string | null }> {
    return this.#post('identify', { identity, token });
  }

  /** Asks as the visitor whose token it is. */
  as(token: string): Ask {
    return (method, path, body, extra) => request(method, path, body, { ...extra, headers: { authorization: `Bearer ${token}` } });
  }

  /** The page may be left in the same moment. */
  #post<T>(what: string, body: object): Promise<T> {
    return request('POST', `/v1/site/${what}`, body, { headers: this.#key, keepalive: true });
  }
}
