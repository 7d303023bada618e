import { request } from '../../api/http';
import type { Version } from '../../components/conversation-view/conversation-view';
import type { Greeting, Message, Seq } from '../../live/protocol.gen';

/** What the site chat shows of a business. */
export interface SiteConfig {
  tenant: { id: string; name: string };
  staff_online: boolean;
  open_now: boolean;
  opens_at?: string | null;
  greeting: Greeting;
}

/** The requests of a site visitor: no cookie, the business by its public key, the visitor by its token. */
export class Site {
  #key: Record<string, string>;

  constructor(key: string) {
    this.#key = { 'x-tenant-key': key };
  }

  config(): Promise<SiteConfig> {
    return request('GET', '/v1/site/config', undefined, { headers: this.#key });
  }

  begin(page: string | undefined): Promise<{ conversation: string; visitor: string; token: string }> {
    return request('POST', '/v1/site/conversations', page === undefined ? {} : { page }, { headers: this.#key });
  }

  forget(token: string): Promise<unknown> {
    return request('POST', '/v1/site/forget', { token }, { headers: this.#key });
  }

  older(token: string, conversation: string, before: Seq): Promise<{ messages: Message[]; more: boolean }> {
    return request('GET', `/v1/conversations/${conversation}/messages?before=${before}&limit=50`, undefined, this.#bearer(token));
  }

  async versions(token: string, conversation: string, seq: Seq): Promise<Version[]> {
    const { versions } = await request<{ versions: Version[] }>(
      'GET', `/v1/conversations/${conversation}/messages/${seq}/edits`, undefined, this.#bearer(token));
    return versions;
  }

  #bearer(token: string): { headers: Record<string, string> } {
    return { headers: { authorization: `Bearer ${token}` } };
  }
}
