import { Disposables, type Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import { indexOfMessage, isSeen } from '../../live/conversation';
import type { ConversationChange, ConversationStore, FetchOlder } from '../../live/conversation-store';
import type { Pending } from '../../live/queue';
import type { Message, Party, Seq } from '../../live/protocol.gen';
import type { Typing } from '../../live/typing';
import { el, fill } from '../../ui/dom';
import { downIcon, reopenIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { button } from '../button/button';
import { drawMessage, type MessageLook } from '../message/message';
import messageStyles from '../message/message.module.css';
import { asMessage, pendingMessages, withPending } from '../message/overlay';
import { keepFocus, rove, settle } from '../message/focus';
import type { Abilities, MessageTools } from '../message/tools';
import { sameDay } from '../time-text/time-text';
import styles from './message-list.module.css';
import { around, down, MOST, tail, up, type Span } from './span';

const c = mustClass(styles);
const m = mustClass(messageStyles);

/** What the person wants done with a message. */
export type MessageAction =
  | { kind: 'reply' | 'edit' | 'delete' | 'history'; seq: Seq }
  | { kind: 'react'; seq: Seq; emoji: string; on: boolean }
  | { kind: 'retry' | 'discard'; id: string };

/** What the list is made from. */
export interface MessageListParts {
  store: ConversationStore;
  typing: Typing;
  pending: () => readonly Pending[];
  connected: () => boolean;
  fetchOlder: FetchOlder;
  abilities: Abilities;
  nameOf: (who: Party) => string;
  /** Whether this is oneself under another name: a client was a visitor before. */
  isMe?: (who: Party) => boolean;
  /** What is said before the first message. */
  beginning?: () => Node | string;
}

const GROUP_MS = 5 * 60_000;
const NEAR = 120;
const EDGE = 400;

/**
 * The log of a conversation. Only a part of what is loaded is in the page; older messages are fetched on the way up. New messages
 * never move what is being read and never take the focus.
 */
export class MessageList implements Disposable {
  readonly root: HTMLElement;
  readonly actions = new Emitter<MessageAction>();
  /** The newest message is in view: everything up to it was seen. */
  readonly reached = new Emitter<Seq>();

  #parts: MessageListParts;
  #owned = new Disposables();
  #log = el('div', { class: c('log'), role: 'log', 'aria-label': 'Messages' });
  #top = el('div', { class: c('edge') });
  #rows = el('div');
  #pendingRows = el('div');
  #typingLine = el('div', { class: c('typing'), 'aria-live': 'polite' });
  #downButton = button({ label: 'New messages', icon: downIcon, kind: 'primary', small: true }, { hidden: true });
  #tools: Promise<MessageTools> | undefined;
  #span: Span = { first: 0, end: 0 };
  #elements = new Map<Seq, HTMLElement>();
  #freshFrom: Seq | undefined;
  #failed = false;
  /** Whether the first view of it was put where it belongs. */
  #placed = false;
  #following = true;
  #frame = 0;

  constructor(parts: MessageListParts) {
    this.#parts = parts;
    this.#downButton.classList.add(c('down'));
    this.root = el('div', { class: c('list') }, this.#log, this.#downButton);
    this.#log.append(this.#top, this.#rows, this.#pendingRows, this.#typingLine);
    for (const sign of ['pointerover', 'focusin', 'click'] as const) {
      this.#owned.listen(this.#rows, sign, (event) => void this.#offerTools(event.target as Element));
    }
    this.#owned.add(parts.store.changed.on((change) => this.#changed(change)));
    this.#owned.add(parts.typing.changed.on(() => this.#drawTyping()));
    this.#owned.listen(this.#log, 'scroll', () => this.#scrolled(), { passive: true });
    this.#owned.listen(this.#rows, 'click', (event) => this.#clicked(event));
    this.#owned.listen(this.#pendingRows, 'click', (event) => this.#clicked(event));
    this.#owned.listen(this.#top, 'click', (event) => (event.target as Element).closest('button') && void this.#older());
    this.#owned.listen(this.#downButton, 'click', () => this.toNewest());
    this.#owned.listen(window, 'focus', () => this.#tellReached());
    this.#owned.listen(document, 'visibilitychange', () => this.#tellReached());
    this.#owned.defer(() => cancelAnimationFrame(this.#frame));
    const sizes = new ResizeObserver(() => this.#resized());
    sizes.observe(this.#log);
    this.#owned.defer(() => sizes.disconnect());
    if (parts.store.state) this.#changed({ kind: 'reset' });
  }

  /** The pending commands or the connection changed. */
  refresh(): void {
    const state = this.#parts.store.state;
    if (!state) return;
    const stay = this.#following;
    this.#redraw(state.messages.slice(this.#span.first, this.#span.end));
    this.#drawPending();
    if (stay) this.#toEnd();
  }

  /** Goes to the newest message. */
  toNewest(): void {
    const state = this.#parts.store.state;
    if (!state) return;
    if (this.#span.end < state.messages.length) this.#show(tail(state.messages.length));
    this.#toEnd();
  }

  /** Goes to one message, fetching what lies between. */
  async jumpTo(seq: Seq): Promise<void> {
    const { store, fetchOlder } = this.#parts;
    while (!store.message(seq) && store.state?.more) {
      const before = store.state.messages[0]?.seq;
      await store.loadOlder(fetchOlder);
      if (store.state?.messages[0]?.seq === before) break;
    }
    const messages = store.state?.messages ?? [];
    const index = indexOfMessage(messages, seq);
    if (index < 0) return;
    if (!this.#elements.has(seq)) this.#show(around(index, messages.length));
    const row = this.#elements.get(seq);
    row?.scrollIntoView({ block: 'center' });
    this.#focus(row);
    row?.classList.add(m('flash'));
    this.#owned.after(1_600, () => row?.classList.remove(m('flash')));
  }

  dispose(): void {
    this.#owned.dispose();
    this.root.remove();
  }

  /** The menu of a message is loaded when one is first pointed at. */
  async #offerTools(target: Element): Promise<void> {
    if (this.#tools) return;
    const { store, abilities } = this.#parts;
    this.#tools = import('../message/tools').then(({ MessageTools: Tools }) => new Tools(this.#log, store.me, abilities, (seq) => store.message(seq)));
    const tools = this.#owned.add(await this.#tools);
    this.#owned.add(tools.actions.on((action) => this.actions.emit(action)));
    tools.openAt(target);
  }

  #focus(row: HTMLElement | undefined): void {
    const article = row?.querySelector('article');
    if (!article) return;
    rove(this.#log, article);
    article.focus({ preventScroll: true });
  }

  #changed(change: ConversationChange): void {
    const state = this.#parts.store.state;
    if (!state) return;
    switch (change.kind) {
      case 'reset': return this.#reset();
      case 'added': return this.#added(state.messages.length);
      case 'older':
        this.#span = { first: this.#span.first + change.count, end: this.#span.end + change.count };
        return this.#keepPlace(() => this.#show(up(this.#span)));
      case 'changed': {
        const about = state.messages.slice(this.#span.first, this.#span.end)
          .filter((message) => message.seq === change.seq || message.reply_to === change.seq);
        return this.#keepPlace(() => this.#redraw(about));
      }
      case 'facts':
        return this.#keepPlace(() => this.#redraw(state.messages.slice(this.#span.first, this.#span.end)));
      case 'caught_up':
        this.#tellReached();
        return;
      case 'refused':
    }
  }

  #reset(): void {
    const count = this.#parts.store.state!.messages.length;
    if (!this.#placed) {
      this.#freshFrom = this.#firstUnread();
      this.#show(tail(count));
      this.#place();
    } else if (this.#following) {
      this.#show(tail(count));
      this.#toEnd();
    } else {
      this.#keepPlace(() => this.#show(tail(count)));
    }
    this.#tellReached();
  }

  /** Puts the first view to what is new, or to the end: as soon as there is a size to do so. */
  #place(): void {
    if (this.#log.clientHeight === 0) return;
    this.#placed = true;
    const fresh = this.#freshFrom === undefined ? undefined : this.#elements.get(this.#freshFrom);
    this.#toEnd();
    if (fresh && fresh.getBoundingClientRect().top < this.#log.getBoundingClientRect().top) fresh.scrollIntoView({ block: 'start' });
    this.#scrolled();
  }

  /** The page, the keyboard or the composer took or gave room: the newest message stays in view if it was. */
  #resized(): void {
    if (!this.#parts.store.state) return;
    if (!this.#placed) this.#place();
    else if (this.#following) this.#toEnd();
    this.#tellReached();
  }

  #firstUnread(): Seq | undefined {
    const { store } = this.#parts;
    const cursor = store.state?.cursors[store.me] ?? 0;
    if (!store.state || store.state.unread === 0 || cursor === 0) return undefined;
    return store.state.messages.find((message) => message.seq > cursor && message.by !== store.me)?.seq;
  }

  #added(count: number): void {
    const newest = this.#parts.store.newest!;
    const follow = this.#following || newest.by === this.#parts.store.me;
    if (this.#span.end === count - 1) {
      const first = follow ? Math.max(this.#span.first, count - MOST) : this.#span.first;
      this.#show({ first, end: count });
    } else if (follow) {
      this.#show(tail(count));
    }
    if (follow) this.#toEnd();
    else this.#downButton.hidden = false;
    this.#tellReached();
  }

  /** Brings the page to `span`: rows that stay are kept, with their focus. */
  #show(span: Span): void {
    const { store } = this.#parts;
    const messages = store.state?.messages ?? [];
    this.#log.setAttribute('aria-busy', 'true');
    this.#span = { first: span.first, end: Math.min(span.end, messages.length) };
    const wanted = messages.slice(this.#span.first, this.#span.end);
    const keep = new Set(wanted.map((message) => message.seq));
    for (const [seq, row] of this.#elements) {
      if (keep.has(seq)) continue;
      row.remove();
      this.#elements.delete(seq);
    }
    let next: Node | null = this.#rows.firstChild;
    for (const message of wanted) {
      let row = this.#elements.get(message.seq);
      if (!row) {
        row = el('div', { 'data-seq': message.seq });
        this.#elements.set(message.seq, row);
      }
      if (row === next) next = row.nextSibling;
      else this.#rows.insertBefore(row, next);
    }
    this.#redraw(wanted);
    this.#drawPending();
    this.#drawTop();
    settle(this.#log);
    this.#log.setAttribute('aria-busy', 'false');
  }

  #redraw(messages: readonly Message[]): void {
    const pending = this.#parts.pending();
    const lastOwn = this.#lastOwn();
    for (const message of messages) {
      const row = this.#elements.get(message.seq);
      if (!row) continue;
      const { message: shown, change } = withPending(message, pending, this.#parts.store.me);
      const look = this.#look(shown, this.#before(message.seq), change, undefined, lastOwn);
      const key = JSON.stringify([look, look.quoted && this.#parts.nameOf(look.quoted.by)]);
      if (row.dataset['look'] === key) continue;
      row.dataset['look'] = key;
      keepFocus(row, () => drawMessage(row, look));
    }
  }

  #before(seq: Seq): Message | undefined {
    const messages = this.#parts.store.state?.messages ?? [];
    return messages[indexOfMessage(messages, seq) - 1];
  }

  #lastOwn(): Seq | undefined {
    const { store } = this.#parts;
    return store.state?.messages.findLast((message) => message.by === store.me && !message.note && !message.deleted)?.seq;
  }

  #look(message: Message, before: Message | undefined, change: Pending | undefined, pending: Pending | undefined, lastOwn?: Seq): MessageLook {
    const { store, nameOf } = this.#parts;
    const state = store.state!;
    const day = !before || !sameDay(before.at, message.at);
    const fresh = message.seq !== 0 && message.seq === this.#freshFrom;
    const continued = !day && !fresh && before !== undefined && before.by === message.by && before.note === message.note
      && Date.parse(message.at) - Date.parse(before.at) < GROUP_MS;
    const status = message.seq === lastOwn ? (isSeen(state, message) ? 'seen' : 'sent') : undefined;
    return {
      message, author: { id: message.by, name: nameOf(message.by) }, own: message.by === store.me || this.#parts.isMe?.(message.by) === true, continued, day, fresh, me: store.me,
      nameOf, quoted: message.reply_to === null ? undefined : store.message(message.reply_to), status, pending, change,
      connected: this.#parts.connected(),
    };
  }

  #drawPending(): void {
    const { store } = this.#parts;
    const messages = store.state?.messages ?? [];
    const waiting = pendingMessages(this.#parts.pending(), messages, (id) => store.arrived(id), store.me);
    const atTail = this.#span.end === messages.length;
    let before = messages.at(-1);
    const rows = (atTail ? waiting : []).map((pending) => {
      const row = el('div', { 'data-id': pending.id });
      const message = asMessage(pending, store.me);
      drawMessage(row, this.#look(message, before, undefined, pending));
      before = message;
      return row;
    });
    const had = this.#pendingRows.childElementCount;
    this.#pendingRows.replaceChildren(...rows);
    if (rows.length > had) this.#toEnd();
  }

  #drawTop(): void {
    const { store, beginning } = this.#parts;
    if (this.#span.first > 0) fill(this.#top);
    else if (this.#failed) fill(this.#top, button({ label: 'Earlier messages could not be loaded. Try again', kind: 'plain', small: true, icon: reopenIcon }));
    else if (store.state?.more) fill(this.#top, 'Loading earlier messages…');
    else fill(this.#top, beginning?.() ?? '');
  }

  #drawTyping(): void {
    const { typing, store, nameOf } = this.#parts;
    const stay = this.#following;
    const names = typing.who.filter((who) => who !== store.me).map(nameOf);
    const text = names.length === 0 ? '' : names.length > 2 ? 'Several people are typing' : `${names.join(' and ')} ${names.length > 1 ? 'are' : 'is'} typing`;
    if (text === '') fill(this.#typingLine);
    else fill(this.#typingLine, el('span', { class: c('dots'), 'aria-hidden': 'true' }, el('span'), el('span'), el('span')), el('span', {}, text));
    if (stay) this.#toEnd();
  }

  #scrolled(): void {
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#following = this.#atEnd();
      const { scrollTop, scrollHeight, clientHeight } = this.#log;
      const count = this.#parts.store.state?.messages.length ?? 0;
      if (scrollTop < EDGE && this.#span.first > 0) this.#keepPlace(() => this.#show(up(this.#span)));
      else if (scrollTop < EDGE && this.#parts.store.state?.more && !this.#failed) void this.#older();
      else if (scrollHeight - scrollTop - clientHeight < EDGE && this.#span.end < count) this.#keepPlace(() => this.#show(down(this.#span, count)));
      this.#tellReached();
    });
  }

  async #older(): Promise<void> {
    try {
      await this.#parts.store.loadOlder(this.#parts.fetchOlder);
      this.#failed = false;
      // A page that fills nothing is followed by the next one.
      this.#scrolled();
    } catch {
      this.#failed = true;
    }
    this.#drawTop();
  }

  #clicked(event: MouseEvent): void {
    const target = (event.target as Element).closest<HTMLElement>('[data-do]');
    if (!target || target.closest('[data-tools]')) return;
    const seq = Number(target.closest<HTMLElement>('[data-seq]:not(button)')?.dataset['seq']);
    const { do: what, id = '', emoji = '' } = target.dataset;
    if (what === 'jump') void this.jumpTo(Number(target.dataset['seq']));
    else if (what === 'react') this.actions.emit({ kind: 'react', seq, emoji, on: target.getAttribute('aria-pressed') !== 'true' });
    else if (what === 'history') this.actions.emit({ kind: 'history', seq });
    else if (what === 'retry' || what === 'discard') this.actions.emit({ kind: what, id });
  }

  #atEnd(): boolean {
    const { scrollTop, scrollHeight, clientHeight } = this.#log;
    const count = this.#parts.store.state?.messages.length ?? 0;
    return this.#span.end >= count && scrollHeight - scrollTop - clientHeight < NEAR;
  }

  #toEnd(): void {
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#following = true;
    this.#downButton.hidden = true;
  }

  #tellReached(): void {
    if (!this.#atEnd()) return;
    this.#downButton.hidden = true;
    const newest = this.#parts.store.newest;
    if (newest && document.visibilityState === 'visible' && document.hasFocus()) this.reached.emit(newest.seq);
  }

  /** Runs `change` and puts what was in view back to where it was. */
  #keepPlace(change: () => void): void {
    const top = this.#log.getBoundingClientRect().top;
    const anchor = [...this.#rows.children].find((row) => row.getBoundingClientRect().bottom > top) as HTMLElement | undefined;
    const seq = Number(anchor?.dataset['seq']);
    const offset = anchor?.getBoundingClientRect().top ?? 0;
    const stay = this.#following;
    change();
    const row = this.#elements.get(seq);
    if (stay) this.#toEnd();
    else if (row) this.#log.scrollTop += row.getBoundingClientRect().top - offset;
  }
}
