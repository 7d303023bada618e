import type { InboxItem, Party, Seq } from '../live/protocol.gen';
import { call } from './session';

/** A message in which something was found: its text around it, piece by piece. */
export interface Passage {
  seq: Seq;
  by: Party;
  at: string;
  note: boolean;
  pieces: { text: string; hit: boolean }[];
}

/** A conversation in which something was found. */
export interface Hit {
  conversation: InboxItem;
  /** The newest message with the most of what was looked for; `null` when that is in the names only. */
  passage: Passage | null;
  /** Found only because a wrong letter was forgiven. */
  similar: boolean;
}

/** Where it is looked: only what has this label and is this team's, as the list is narrowed; `''` is everything. */
export interface Within {
  label: string;
  /** `mine`, `none`, an id. */
  team: string;
}

/** Conversations in which all the words were said; at most 20 of them. */
export function search(q: string, { label, team }: Within): Promise<{ hits: Hit[]; more: boolean }> {
  return call('GET', `/v1/search?${new URLSearchParams({ q, ...(label && { label }), ...(team && { team }) })}`);
}
