import type { ConversationTopic } from './conversation';
import type { ConversationCommand, Seq } from './protocol.gen';
import type { CommandQueue } from './queue';

/** Asks a conversation for something. It survives a cut and a reload; once it is refused it is over, and the caller says so. */
export function ask(queue: CommandQueue, topic: ConversationTopic, { type, body }: ConversationCommand): Promise<Seq> {
  const { id, done } = queue.submit(topic, type, { ...body }, { keep: true });
  done.catch(() => queue.discard(id));
  return done;
}
