import { call } from './session';
import type { Moment } from '../pages/settings/history-words';
import type { StaffMember } from './tenant';

/** A tenant as its admin sees it. */
export interface TenantSettings {
  id: string;
  name: string;
  slug: string;
  status: string;
  allowed_origins: string[];
  /** Whether everybody who works here must use two-step sign-in. */
  second_factor_required: boolean;
}

/** An API key. The secret of a secret key is in the answer that makes it, and nowhere else. */
export interface ApiKey {
  id: string;
  name: string;
  kind: 'public' | 'secret';
  mode: 'live' | 'test';
  /** A public key in full, of a secret one its beginning and end. */
  shown: string;
  created_at: string;
  last_used_at: string | null;
}

/** A signed-in browser or program of one's own. */
export interface OwnSession {
  id: string;
  device: string;
  kind: 'browser' | 'program';
  current: boolean;
  created_at: string;
  last_seen_at: string;
}

/** A line of one's own sign-in history. */
export interface HistoryLine {
  id: string;
  at: string;
  what: Moment;
  /** What the browser or program called itself; null: whoever runs the server did it. */
  device: string | null;
  network: string | null;
  current: boolean;
  /** Whether a mail told of it. */
  new_device: boolean;
}

/** A line of the audit log. */
export interface AuditLine {
  seq: number;
  at: string;
  event: string;
  /** A prefixed id, `system` or `anonymous`. */
  actor: string;
  ip: string | null;
  result: 'succeeded' | 'refused' | 'failed';
  details: Record<string, unknown> | null;
}

export const auditLog = (limit: number, before?: number) => call<AuditLine[]>('GET', `/v1/tenant/audit?limit=${limit}${before === undefined ? '' : `&before=${before}`}`);

export const tenantSettings = () => call<TenantSettings>('GET', '/v1/tenant');
export const changeTenant = (change: { name?: string; allowed_origins?: string[]; second_factor_required?: boolean }) => call<unknown>('PATCH', '/v1/tenant', change);

export const keys = () => call<ApiKey[]>('GET', '/v1/tenant/keys');
export const createKey = (key: { name: string; kind: ApiKey['kind']; mode: ApiKey['mode'] }) => call<ApiKey & { key: string }>('POST', '/v1/tenant/keys', key);
export const rotateKey = (id: string) => call<ApiKey & { key: string }>('POST', `/v1/tenant/keys/${id}/rotate`, {});
export const revokeKey = (id: string) => call<unknown>('DELETE', `/v1/tenant/keys/${id}`);

export const inviteStaff = (person: { email: string; name: string; role: StaffMember['role'] }) => call<unknown>('POST', '/v1/tenant/staff/invitations', person);
export const withdrawInvitation = (id: string) => call<unknown>('DELETE', `/v1/tenant/staff/invitations/${id}`);
export const setRole = (id: string, role: StaffMember['role']) => call<unknown>('PATCH', `/v1/tenant/staff/${id}`, { role });
export const resetSecondFactor = (id: string) => call<unknown>('DELETE', `/v1/tenant/staff/${id}/second-factor`);
export const removeStaff = (id: string) => call<unknown>('DELETE', `/v1/tenant/staff/${id}`);

export const rename = (name: string) => call<unknown>('PATCH', '/v1/auth/me', { name });
export const changePassword = (current: string, password: string) => call<unknown>('POST', '/v1/auth/password/change', { current, password });
export const ownSessions = () => call<OwnSession[]>('GET', '/v1/auth/sessions');
export const ownHistory = (limit: number, before?: string) => call<{ lines: HistoryLine[]; kept_days: number }>('GET', `/v1/auth/history?limit=${limit}${before === undefined ? '' : `&before=${before}`}`);
export const endSession = (id: string) => call<unknown>('DELETE', `/v1/auth/sessions/${id}`);
export const signOutEverywhere = () => call<unknown>('POST', '/v1/auth/sign-out-everywhere', {});
