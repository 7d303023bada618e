import type { AccountEvent, AccountState, Party } from '../live/protocol.gen';
import { query } from './query';
import { call } from './session';

/** A client in the list. */
export interface Client {
  id: string;
  name: string;
  manager: string | null;
  lifecycle: AccountState['lifecycle'];
  members: string[];
}

/** A line of an account's log. */
export type AccountLine = { seq: number; by: Party; at: string } & AccountEvent;

/** A page of the clients, the newest first; of one account manager, with something in their name or at one place of the way, when that is said. */
export function clients(asked: Partial<Record<'manager' | 'name' | 'lifecycle' | 'before', string | undefined>>, signal?: AbortSignal): Promise<{ items: Client[]; next: string | null }> {
  return call('GET', `/v1/accounts${query(asked)}`, undefined, signal ? { signal } : {});
}

/** What happened to an account: the newest `limit` lines before a line, or of all; the oldest first. */
export function accountLog(id: string, limit: number, before = Number.MAX_SAFE_INTEGER): Promise<{ entries: AccountLine[]; head: number }> {
  return call('GET', `/v1/accounts/${id}/log${query({ limit, before })}`);
}
