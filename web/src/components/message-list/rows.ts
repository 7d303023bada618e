import { indexOfMessage, isSeen } from '../../live/conversation';
import type { ConversationStore } from '../../live/conversation-store';
import type { Message, Party, Seq } from '../../live/protocol.gen';
import type { Pending } from '../../live/queue';
import { el } from '../../ui/dom';
import { keepFocus, settle } from '../message/focus';
import { drawMessage, type MessageLook } from '../message/message';
import { asMessage, pendingMessages, withPending } from '../message/overlay';
import { sameDay } from '../time-text/time-text';
import type { Span } from './span';

/** Something that happened between two messages: plain words and names by turns. */
export interface Happening {
  seq: Seq;
  at: string;
  words: readonly string[];
}

/** What is shown between messages, beside days. */
export interface Between {
  /** What happened before a message and after the one before it, oldest first. */
  of: (before: Message | undefined, message: Message) => Happening[];
  /** Puts it into the row of the message, which was just drawn. */
  draw: (row: HTMLElement, happened: readonly Happening[] | undefined, look: MessageLook) => void;
  /** Shows what happened after the last of all messages, above what is on its way; nothing where the end is not `shown`. */
  drawEnd: (pending: HTMLElement, all: readonly Message[], shown: boolean) => void;
}

/** What rows are drawn from. */
export interface RowParts {
  store: ConversationStore;
  pending: () => readonly Pending[];
  connected: () => boolean;
  nameOf: (who: Party) => string;
  /** Whether this is oneself under another name: a client was a visitor before. */
  isMe?: (who: Party) => boolean;
  between?: Between;
}

const GROUP_MS = 5 * 60_000;

/** The rows of the log that are in the page, one per message of the span, and those that are on their way. */
export class Rows {
  readonly messages = el('div');
  readonly pending = el('div');
  /** The first message that was unread when the conversation was opened. */
  freshFrom: Seq | undefined;
  #parts: RowParts;
  #log: HTMLElement;
  #span: Span = { first: 0, end: 0 };
  #elements = new Map<Seq, HTMLElement>();

  constructor(parts: RowParts, log: HTMLElement) {
    this.#parts = parts;
    this.#log = log;
  }

  get span(): Span {
    return this.#span;
  }

  /** So many messages were put in front of the list. */
  shift(by: number): void {
    this.#span = { first: this.#span.first + by, end: this.#span.end + by };
  }

  row(seq: Seq): HTMLElement | undefined {
    return this.#elements.get(seq);
  }

  /** The row that is at the upper edge of the view. */
  rowBelow(top: number): HTMLElement | undefined {
    return [...this.messages.children].find((row) => row.getBoundingClientRect().bottom > top) as HTMLElement | undefined;
  }

  /** Brings the page to `span`: rows that stay are kept, with their focus. */
  show(span: Span): void {
    const all = this.#all;
    this.#log.setAttribute('aria-busy', 'true');
    this.#span = { first: span.first, end: Math.min(span.end, all.length) };
    const wanted = this.#shown;
    const keep = new Set(wanted.map((message) => message.seq));
    for (const [seq, row] of this.#elements) {
      if (keep.has(seq)) continue;
      row.remove();
      this.#elements.delete(seq);
    }
    let next: Node | null = this.messages.firstChild;
    for (const message of wanted) {
      const row = this.#elements.get(message.seq) ?? this.#make(message.seq);
      if (row === next) next = row.nextSibling;
      else this.messages.insertBefore(row, next);
    }
    this.#draw(wanted);
    this.drawPending();
    settle(this.#log);
    this.#log.setAttribute('aria-busy', 'false');
  }

  /** Draws again what may look different: all rows, or those about one message. */
  redraw(about?: Seq): void {
    this.#draw(about === undefined ? this.#shown : this.#shown.filter((message) => message.seq === about || message.reply_to === about));
  }

  /** Draws what is on its way. Returns whether there is more of it than before. */
  drawPending(): boolean {
    const { store } = this.#parts;
    const all = this.#all;
    const waiting = pendingMessages(this.#parts.pending(), all, (id) => store.arrived(id), store.me);
    let before = all.at(-1);
    const rows = (this.#span.end === all.length ? waiting : []).map((pending) => {
      const row = el('div', { 'data-id': pending.id });
      const message = asMessage(pending, store.me);
      drawMessage(row, this.#look(message, before, { pending }));
      before = message;
      return row;
    });
    const had = this.pending.childElementCount;
    this.pending.replaceChildren(...rows);
    return rows.length > had;
  }

  get #all(): readonly Message[] {
    return this.#parts.store.state?.messages ?? [];
  }

  get #shown(): readonly Message[] {
    return this.#all.slice(this.#span.first, this.#span.end);
  }

  #make(seq: Seq): HTMLElement {
    const row = el('div', { 'data-seq': seq });
    this.#elements.set(seq, row);
    return row;
  }

  #draw(messages: readonly Message[]): void {
    const { store, pending, nameOf, between } = this.#parts;
    const all = this.#all;
    const changes = pending();
    const lastOwn = all.findLast((message) => message.by === store.me && !message.note && !message.deleted)?.seq;
    for (const message of messages) {
      const row = this.#elements.get(message.seq);
      if (!row) continue;
      const { message: shown, change } = withPending(message, changes, store.me);
      const before = all[indexOfMessage(all, message.seq) - 1];
      const happened = between?.of(before, message);
      const look = this.#look(shown, before, { change, last: message.seq === lastOwn, apart: happened?.[0] });
      const key = JSON.stringify([look, look.quoted && nameOf(look.quoted.by), happened]);
      if (row.dataset['look'] === key) continue;
      row.dataset['look'] = key;
      keepFocus(row, () => {
        drawMessage(row, look);
        between?.draw(row, happened, look);
      });
    }
    between?.drawEnd(this.pending, all, this.#span.end === all.length);
  }

  #look(message: Message, before: Message | undefined, more: { pending?: Pending; change?: Pending | undefined; last?: boolean; apart?: Happening | undefined }): MessageLook {
    const { store, nameOf, isMe, connected } = this.#parts;
    const day = !before || !sameDay(before.at, message.at);
    const fresh = message.seq !== 0 && message.seq === this.freshFrom;
    const continued = !day && !fresh && !more.apart && before !== undefined && before.by === message.by && before.note === message.note
      && Date.parse(message.at) - Date.parse(before.at) < GROUP_MS;
    return {
      message, day, fresh, continued, nameOf, me: store.me, connected: connected(),
      author: { id: message.by, name: nameOf(message.by) },
      own: message.by === store.me || isMe?.(message.by) === true,
      quoted: message.reply_to === null ? undefined : store.message(message.reply_to),
      status: more.last && store.state ? (isSeen(store.state, message) ? 'seen' : 'sent') : undefined,
      pending: more.pending, change: more.change,
    };
  }
}
