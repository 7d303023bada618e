import type { Ask } from '../../api/http';
import { Disposables, type Disposable } from '../../base/disposables';
import type { LiveClient } from '../../live/client';
import type { LiveConversation } from '../../live/live-conversation';
import type { Message, Party, SendBody, Seq } from '../../live/protocol.gen';
import type { TypingPart } from '../../live/typing';
import { el } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import { say } from '../../words/say';
import { Composer, type ComposerLook, type Written } from '../composer/composer';
import { MessageList, type MessageAction } from '../message-list/message-list';
import type { Between } from '../message-list/rows';
import type { Files } from '../files/files';
import styles from './conversation-view.module.css';

const c = mustClass(styles);

/** An earlier text of a message. */
export interface Version {
  text: string;
  at: string;
}

/** What a conversation on the screen is made from. */
export interface ConversationParts {
  client: LiveClient;
  live: Pick<LiveConversation, 'topic' | 'path' | 'store'> & { typing: TypingPart };
  /** How what is not live is asked for: older messages, earlier texts, files. */
  ask: Ask;
  /** Whether this person may delete what others wrote. */
  moderates?: boolean;
  nameOf?: (who: Party) => string | undefined;
  /** Whether this is oneself under another name. */
  isMe?: (who: Party) => boolean;
  /** Adds to a message what it is to be sent with. */
  complete?: (body: SendBody) => SendBody;
  composer: Omit<ComposerLook, 'drafts'> & { drafts: ComposerLook['drafts'] };
  beginning?: () => Node | string;
  /** What is shown between the messages. */
  between?: Between;
  /** This is the customer: they are asked how it was, and told when they cannot write. */
  customer?: boolean;
}

const CHANGE_MS = 24 * 3_600_000;
/** Only the newest so many can be changed or reacted to; the server refuses others. */
const CHANGEABLE = 200;
/** How long the newest message is in view before that is told: a visitor has few commands a minute. */
const READ_MS = 1_000;

/** What it can be shown without at first: the widget is small without it. */
const later = () => import('./later');

/** A conversation with its composer: what is done with messages becomes commands, shown before they are answered. */
export class ConversationView implements Disposable {
  readonly root: HTMLElement;
  readonly list: MessageList;
  readonly composer: Composer;
  #parts: ConversationParts;
  #owned = new Disposables();
  #reading: Disposable | undefined;
  #readUpTo = 0;
  #files: Files | undefined;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    const { client, live } = parts;
    this.list = this.#owned.add(new MessageList({
      store: live.store, typing: live.typing, fetchOlder: (before) => parts.ask('GET', `${live.path}/messages?before=${before}&limit=50`), nameOf: (who) => this.#nameOf(who),
      pending: () => client.queue.of(live.topic), connected: () => client.connection.ready,
      abilities: {
        reply: (message) => !message.note, react: (message) => this.#isRecent(message),
        edit: (message) => message.by === client.me && this.#isYoung(message),
        remove: (message) => (message.by === client.me && this.#isYoung(message)) || (parts.moderates === true && this.#isRecent(message)),
      },
      ...(parts.isMe && { isMe: parts.isMe }), ...(parts.beginning && { beginning: parts.beginning }), ...(parts.between && { between: parts.between }),
    }));
    this.composer = this.#owned.add(new Composer(parts.composer));
    this.root = el('div', { class: c('view') }, this.list.root, this.composer.root);
    this.#owned.add(this.list.actions.on((action) => void this.#act(action)));
    this.#owned.add(this.list.reached.on((seq) => this.#reached(seq)));
    this.#owned.add(this.composer.written.on((written) => this.#write(written)));
    this.#owned.add(this.composer.typing.on((what) => this.#typing(what)));
    this.#owned.add(this.composer.editLast.on(() => this.#editLast()));
    this.#owned.add(client.queue.changed.on((topic) => topic === live.topic && this.list.refresh()));
    this.#owned.add(client.connection.status.on(() => this.list.refresh()));
    // Files can be given, and are drawn, as soon as the script for them is here: the widget is small without it. Until then, and where it
    // cannot be loaded, a message has their names.
    later().then(({ Files, forCustomer }) => {
      this.#files = this.#owned.add(new Files(this, parts));
      if (parts.customer) this.#owned.add(forCustomer(this.composer.root, parts));
    }, () => {});
  }

  /** Answers the newest message of the other side. */
  replyToNewest(): void {
    const { client, live } = this.#parts;
    const newest = live.store.state?.messages.findLast((message) => message.by !== client.me && !message.note && !message.deleted);
    if (newest) void this.#act({ kind: 'reply', seq: newest.seq });
    else this.composer.focus();
  }

  dispose(): void {
    this.#owned.dispose();
    this.root.remove();
  }

  #nameOf(who: Party): string {
    return this.#parts.nameOf?.(who) ?? this.#parts.live.store.state?.people[who]?.name ?? (who === 'system' ? 'Brigade' : say('somebody'));
  }

  #isYoung(message: Message): boolean {
    return Date.now() - Date.parse(message.at) < CHANGE_MS && this.#isRecent(message);
  }

  #isRecent(message: Message): boolean {
    const messages = this.#parts.live.store.state?.messages ?? [];
    const limit = messages[messages.length - CHANGEABLE];
    return !limit || message.seq >= limit.seq;
  }

  #write(written: Written): void {
    const { client, live } = this.#parts;
    const keep = { keep: true };
    // Who answers has read, and may be gone in a second: before the message, which is kept until it is answered and sent by the next page.
    this.#tellRead();
    if (written.kind === 'edit') {
      const same = live.store.message(written.seq)?.text === written.text;
      if (!same) client.command(live.topic, 'edit', { seq: written.seq, text: written.text }, keep);
    } else if (written.kind === 'note') {
      client.command(live.topic, 'note', said(written), keep);
    } else {
      const body = { ...said(written), ...(written.replyTo && { reply_to: written.replyTo }) };
      client.command(live.topic, 'send', this.#parts.complete?.(body) ?? body, keep);
    }
    this.list.toNewest();
  }

  async #act(action: MessageAction): Promise<void> {
    await (await later()).act(action, { parts: this.#parts, composer: this.composer, files: this.#files, nameOf: (who) => this.#nameOf(who) });
  }

  #typing(what: 'typing' | 'emptied' | 'sent'): void {
    const { typing } = this.#parts.live;
    if (what === 'typing') typing.touch();
    else if (what === 'emptied') typing.stop();
    else typing.sent();
  }

  #editLast(): void {
    const { client, live } = this.#parts;
    const own = live.store.state?.messages.findLast((message) => message.by === client.me && !message.deleted);
    if (own && this.#isYoung(own)) this.composer.edit(own.seq, own.text);
  }

  #reached(seq: Seq): void {
    const { client, live } = this.#parts;
    const state = live.store.state;
    if (!state || state.unread === 0 || seq <= (state.cursors[client.me] ?? 0)) return;
    this.#readUpTo = seq;
    this.#reading ??= this.#owned.after(READ_MS, () => this.#tellRead());
  }

  #tellRead(): void {
    if (!this.#reading) return;
    this.#owned.drop(this.#reading);
    this.#reading = undefined;
    const { client, live } = this.#parts;
    client.command(live.topic, 'read', { seq: this.#readUpTo }, { newest: true });
  }
}

/** What a message and a note have in common. */
function said({ text, mentions, attachments }: Exclude<Written, { kind: 'edit' }>): SendBody {
  return { text, ...(mentions[0] && { mentions }), ...(attachments && { attachments }) };
}
