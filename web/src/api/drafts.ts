import type { Seq } from '../live/protocol.gen';
import { call } from './session';

/** What a draft is to become. */
export type DraftKind = 'send' | 'note';

/** What is being written. */
export interface Draft {
  kind: DraftKind;
  text: string;
  /** The newest entry that was seen when it was begun. */
  since: Seq;
}

/** A draft as the server keeps it. */
export interface ServerDraft extends Draft {
  /** Which version: greater with every change, also over a removal. */
  rev: number;
  at: string;
}

/** A conversation in which something was begun. */
export interface Begun {
  conversation: string;
  kind: DraftKind;
  words: string;
  at: string;
}

/** Where a person's drafts are kept for all of their devices. `rev` is the version that was seen, 0 for none. */
export interface DraftServer {
  list(): Promise<Begun[]>;
  read(conversation: string): Promise<ServerDraft | null>;
  keep(conversation: string, rev: number, draft: Draft): Promise<ServerDraft>;
  remove(conversation: string, rev: number): Promise<unknown>;
}

const path = (conversation: string) => `/v1/conversations/${conversation}/draft`;
/** It goes out also when the page is being left. */
const onTheWayOut = { keepalive: true };

export const draftServer: DraftServer = {
  list: () => call('GET', '/v1/drafts'),
  read: (conversation) => call('GET', path(conversation)),
  keep: (conversation, rev, { kind, text, since }) => call('PUT', path(conversation), { rev, kind, text, since }, onTheWayOut),
  remove: (conversation, rev) => call('DELETE', `${path(conversation)}?rev=${rev}`, undefined, onTheWayOut),
};
