import type { Party, SendBody } from '../../live/protocol.gen';
import { say } from '../../words/say';
import type { Composer } from '../composer/composer';
import type { Files } from '../files/files';
import type { MessageAction } from '../message-list/message-list';
import type { ConversationParts, Version } from './conversation-view';

/** Dialogs are loaded when the first one opens. */
const dialogs = () => import('./message-dialogs');

/** Where it is done. */
interface Place {
  parts: ConversationParts;
  composer: Composer;
  files: Files | undefined;
  nameOf: (who: Party) => string;
}

/** Does with a message what somebody wants. */
export async function act(action: MessageAction, { parts, composer, files, nameOf }: Place): Promise<void> {
  const { client, live } = parts;
  const message = 'seq' in action ? live.store.message(action.seq) : undefined;
  switch (action.kind) {
    case 'reply':
      if (message) composer.replyTo(message.seq, say('message.quoted', { name: message.by === client.me ? say('write.yourself') : nameOf(message.by) }) + message.text.slice(0, 80));
      return;
    case 'edit':
      if (message) composer.edit(message.seq, message.text);
      return;
    case 'delete':
      if (await (await dialogs()).confirmDelete()) client.command(live.topic, 'delete', { seq: action.seq }, { keep: true });
      return;
    case 'react':
      client.command(live.topic, 'react', { seq: action.seq, emoji: action.emoji, on: action.on }, { keep: true });
      return;
    case 'retry': return client.queue.retry(action.id);
    case 'discard': return discard(action.id, parts, composer, files);
    case 'history':
      return (await dialogs()).showVersions(parts.ask<{ versions: Version[] }>('GET', `${live.path}/messages/${action.seq}/edits`));
  }
}

/** A message that is given up goes back into the composer: nothing that was written is lost by one click. */
function discard(id: string, { client }: ConversationParts, composer: Composer, files: Files | undefined): void {
  const given = client.queue.discard(id);
  if (!given || (given.type !== 'send' && given.type !== 'note')) return;
  const { text, attachments } = given.body as unknown as SendBody;
  composer.restore(text);
  if (attachments) files?.restore(attachments);
}
