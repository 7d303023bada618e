import type { InboxItem } from '../live/protocol.gen';
import { call } from './session';

/** Somebody who works for the tenant. */
export interface StaffMember {
  id: string;
  name: string;
  email: string;
  role: 'admin' | 'account_manager';
  /** Whether they use two-step sign-in. */
  second_factor: boolean;
}

/** Somebody who was invited to the staff and has not answered. */
export interface PendingMember extends Omit<StaffMember, 'second_factor'> {
  expires_at: string;
}

/** Everybody who works here, and who was invited to. */
export function staff(): Promise<{ members: StaffMember[]; invited: PendingMember[] }> {
  return call('GET', '/v1/tenant/staff');
}

/** A page of conversations that are not in the live list. */
export function conversations(query: Record<string, string>): Promise<{ items: InboxItem[]; next: string | null }> {
  return call('GET', `/v1/conversations?${new URLSearchParams(query)}`);
}

/** Invites the visitor of a conversation to become a client. */
export function inviteClient(conversation: string, email: string, name: string): Promise<unknown> {
  return call('POST', `/v1/conversations/${conversation}/invitations`, { email, name });
}

/** Takes a conversation back from the account it was handed to. */
export function takeBack(conversation: string): Promise<unknown> {
  return call('POST', `/v1/conversations/${conversation}/take-back`, {});
}
