import { call } from './session';

/** With what the business's own server signs who a visitor is. */
export interface IdentitySecret {
  /** How often it was made, replaced or ended. */
  rev: number;
  made_at: string | null;
  /** Until then the one before counts too. */
  previous_until: string | null;
}

export const identitySecret = (): Promise<IdentitySecret> => call('GET', '/v1/tenant/identity-secret');

/** Makes it, or a new one in its place. The secret is in this answer, and nowhere else. */
export const renewIdentitySecret = (rev: number): Promise<IdentitySecret & { secret: string }> => call('POST', '/v1/tenant/identity-secret', { rev });

export const endIdentitySecret = (): Promise<unknown> => call('DELETE', '/v1/tenant/identity-secret');
