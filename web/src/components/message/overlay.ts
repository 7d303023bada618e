import type { Pending } from '../../live/queue';
import type { Message, Party, SendBody } from '../../live/protocol.gen';

/** A message as it is shown: with what its reader asked for and is not answered yet. */
export interface ShownMessage {
  message: Message;
  /** A change of it that is under way or was refused. */
  change?: Pending;
}

/** Shows a pending edit, delete or reaction before the server has answered (and takes it back when it is refused). */
export function withPending(message: Message, pending: readonly Pending[], me: Party): ShownMessage {
  let shown = message;
  let change: Pending | undefined;
  for (const each of pending) {
    if (each.body['seq'] !== message.seq) continue;
    if (each.type === 'react') {
      if (each.state !== 'failed') shown = react(shown, String(each.body['emoji']), each.body['on'] === true, me);
    } else if (each.type === 'edit') {
      change = each;
      shown = { ...shown, text: String(each.body['text']) };
    } else if (each.type === 'delete') {
      change = each;
    }
  }
  return change ? { message: shown, change } : { message: shown };
}

/** A message that is on its way, in the shape of one that has arrived. */
export function asMessage(pending: Pending, me: Party): Message {
  const { text, reply_to = null, mentions = [], attachments } = pending.body as unknown as SendBody;
  return {
    seq: 0, by: me, at: new Date(pending.at).toISOString(), text, note: pending.type === 'note', reply_to, mentions,
    edited: null, edits: 0, deleted: false, reactions: {}, ...(attachments && { attachments }),
  };
}

/**
 * Pending messages that are to be shown. After a reload one of them may be in the snapshot already, before its answer came: then
 * it is recognised by its text and time and not shown twice. The server decides by its id; this is only about drawing.
 */
export function pendingMessages(
  pending: readonly Pending[], messages: readonly Message[], arrived: (id: string) => boolean, me: Party,
): Pending[] {
  const own = messages.slice(-50).filter((message) => message.by === me);
  const taken = new Set<number>();
  return pending.filter((each) => {
    if (each.type !== 'send' && each.type !== 'note') return false;
    if (arrived(each.id)) return false;
    if (!each.restored || each.state === 'failed') return true;
    const text = String(each.body['text']).trim();
    const twin = own.find((message) => !taken.has(message.seq) && message.text === text && Date.parse(message.at) >= each.at - 60_000);
    if (twin) taken.add(twin.seq);
    return !twin;
  });
}

function react(message: Message, emoji: string, on: boolean, me: Party): Message {
  const others = (message.reactions[emoji] ?? []).filter((who) => who !== me);
  const reactions = { ...message.reactions };
  if (on) reactions[emoji] = [...others, me];
  else if (others.length > 0) reactions[emoji] = others;
  else delete reactions[emoji];
  return { ...message, reactions };
}
