import type { ConversationState, Scheduled } from '../../live/protocol.gen';

/** Why something was not sent. */
export function heldText({ held }: Scheduled, customer: string): string {
  switch (held) {
    case null: return '';
    case 'customer_wrote': return `Held back: ${customer} has written since.`;
    case 'author_gone': return 'Held back: its author could not send it any more.';
    case 'visitor_blocked': return 'Held back: the visitor is blocked.';
    case 'account_changed': return 'Held back: the conversation is no longer with the client it was written for.';
    case 'too_late': return 'Held back: its time had passed by more than a day.';
    case 'not_possible': return 'Held back: it could not be sent.';
    default: return unknownReason(held);
  }
}

// A later server may know more reasons than this page.
const unknownReason = (_: never): string => 'Held back.';

/** Whether the customer has written what will hold it back at its time. */
export function willBeHeld({ messages, people }: ConversationState, { held, unless_reply_after: after }: Scheduled): boolean {
  return held === null && after !== null && messages.some(({ seq, by, note }) => seq > after && !note && people[by]?.side === 'customer');
}

/** What there is, in a line: `3 scheduled messages, the next tomorrow, 09:00`. */
export function summaryText(items: readonly Scheduled[], moment: (at: string) => string): string {
  const held = items.filter((item) => item.held !== null).length;
  const next = items.find((item) => item.held === null);
  const many = items.length === 1 ? '1 scheduled message' : `${items.length} scheduled messages`;
  const back = held === 0 ? '' : held === items.length ? ', held back' : `, ${held} held back`;
  return `${many}${back}${next ? `, ${items.length === 1 ? '' : 'the next '}${moment(next.send_at)}` : ''}`;
}
