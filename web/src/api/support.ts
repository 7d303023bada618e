import { call, sessionChanged } from './session';

/** Somebody, as they are called now. */
export interface Named {
  id: string;
  name: string;
}

/** That the platform's support may look into the business, or might. */
export interface Permission {
  id: string;
  about: string;
  given_by: Named;
  given_at: string;
  /** When it is over at the latest. */
  until: string;
  /** Null while it runs. */
  ended_at: string | null;
  /** Null when its time was over. */
  ended_by: Named | null;
  /** Who looked, the last first. */
  looks: { by: Named; began_at: string; left_at: string | null; opened: number }[];
}

/** A business that lets the platform's support look. */
export interface Invitation {
  tenant: string;
  name: string;
  slug: string;
  about: string;
  given_at: string;
  until: string;
}

/** The permission that runs, if one does, and the last that have ended. */
export const permissions = (): Promise<Permission[]> => call('GET', '/v1/tenant/support');

export const letIn = (hours: number, about: string): Promise<void> => call('POST', '/v1/tenant/support', { hours, about });

export const endPermission = (id: string): Promise<void> => call('DELETE', `/v1/tenant/support/${id}`);

/** The businesses that let support look at this moment. */
export const invitationsNow = (signal?: AbortSignal): Promise<Invitation[]> => call('GET', '/v1/platform/support', undefined, signal ? { signal } : {});

/** From then on this browser's session looks into the business, and is nothing else. */
export async function lookInto(tenant: string): Promise<void> {
  await call('POST', `/v1/platform/support/${tenant}/look-in`, {});
  sessionChanged();
}

export async function leaveBusiness(): Promise<void> {
  await call('POST', '/v1/support/leave', {});
  sessionChanged();
}
