import type { Disposable } from '../base/disposables';
import type { LiveClient } from './client';
import { LogTopic, type LogTarget } from './log-topic';

/** Follows an entity's log with a target of one's own, until disposed. */
export function followLog(client: LiveClient, topic: string, target: LogTarget): Disposable {
  return client.follow(new LogTopic(topic, target, (frame) => client.connection.send(frame)));
}
