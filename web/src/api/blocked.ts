import type { Party } from '../live/protocol.gen';
import { call } from './session';

/** A visitor who may write nothing more. */
export interface BlockedVisitor {
  conversation: string;
  name: string;
  by: Party;
  at: string;
  reason: string;
  /** The address that is blocked too. */
  email: string | null;
}

/** Who is blocked, the newest first. */
export function blockedVisitors(after?: string): Promise<{ items: BlockedVisitor[]; next: string | null }> {
  return call('GET', `/v1/blocked-visitors${after === undefined ? '' : `?after=${encodeURIComponent(after)}`}`);
}
