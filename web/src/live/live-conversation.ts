import type { Disposable } from '../base/disposables';
import type { LiveClient } from './client';
import { topicOf, type ApplyForStaff, type ConversationTopic } from './conversation';
import { ConversationStore } from './conversation-store';
import { LogTopic } from './log-topic';
import type { ClientFrame } from './protocol.gen';
import { Typing } from './typing';

/** A conversation that is followed until disposed. */
export interface LiveConversation extends Disposable {
  readonly topic: ConversationTopic;
  /** Where it is over HTTP. */
  readonly path: string;
  readonly store: ConversationStore;
  readonly typing: Typing;
}

/** Follows a conversation; staff say how to apply what only they get to know (`desk.ts`). */
export function followConversation(client: LiveClient, id: string, forStaff?: ApplyForStaff): LiveConversation {
  const { connection, world } = client;
  const topic = topicOf(id);
  const store = new ConversationStore(client.me, forStaff);
  const send = (frame: ClientFrame) => connection.send(frame);
  const typing = new Typing(topic, world, send);
  const arrivals = store.changed.on((change) => {
    if (change.kind === 'added') typing.arrived(store.message(change.seq)?.by ?? 'system');
  });
  const following = client.follow(new LogTopic(topic, store, send, typing));
  return {
    topic, path: `/v1/conversations/${id}`, store, typing,
    dispose() {
      following.dispose();
      arrivals.dispose();
      typing.dispose();
    },
  };
}
