import { Disposables, type Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import { indexOfMessage } from '../../live/conversation';
import type { ConversationChange, FetchOlder } from '../../live/conversation-store';
import type { Seq } from '../../live/protocol.gen';
import type { TypingPart } from '../../live/typing';
import { el, fill } from '../../ui/dom';
import { downIcon, reopenIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { say } from '../../words/say';
import { button } from '../button/button';
import { rove } from '../message/focus';
import messageStyles from '../message/message.module.css';
import type { Abilities, MessageTools } from '../message/tools';
import styles from './message-list.module.css';
import { Rows, type RowParts } from './rows';
import { around, down, MOST, tail, up } from './span';
import { typingText } from './typing-text';

const c = mustClass(styles);
const m = mustClass(messageStyles);

/** What the person wants done with a message. */
export type MessageAction =
  | { kind: 'reply' | 'edit' | 'delete' | 'history'; seq: Seq }
  | { kind: 'react'; seq: Seq; emoji: string; on: boolean }
  | { kind: 'retry' | 'discard'; id: string };

/** What the list is made from. */
export interface MessageListParts extends RowParts {
  typing: TypingPart;
  fetchOlder: FetchOlder;
  abilities: Abilities;
  /** What is said before the first message. */
  beginning?: () => Node | string;
}

/** So close to the end counts as being there; so close to an edge more is brought. In pixels. */
const NEAR = 120;
const EDGE = 400;
const FLASH_MS = 1_600;

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
  #log = el('div', { class: c('log'), role: 'log', 'aria-label': say('list.label') });
  #top = el('div', { class: c('edge') });
  #typingLine = el('div', { class: c('typing'), 'aria-live': 'polite' });
  #downButton = button({ label: say('list.new'), icon: downIcon, kind: 'primary', small: true }, { hidden: true });
  #rows: Rows;
  #tools: Promise<MessageTools> | undefined;
  #failed = false;
  /** Whether the first view of it was put where it belongs. */
  #placed = false;
  /** Whether the end is in view, and stays in view when something is added. */
  #following = true;
  /** How far down the end was when it was last put into view: who is further up has gone there. */
  #end = 0;
  #frame = 0;

  constructor(parts: MessageListParts) {
    this.#parts = parts;
    this.#rows = new Rows(parts, this.#log);
    this.#downButton.classList.add(c('down'));
    this.root = el('div', { class: c('list') }, this.#log, this.#downButton);
    this.#log.append(this.#top, this.#rows.messages, this.#rows.pending, this.#typingLine);
    this.#listen();
    if (parts.store.state) this.#reset();
  }

  /** The pending commands or the connection changed. */
  refresh(): void {
    if (!this.#parts.store.state) return;
    this.#rows.redraw();
    if (this.#rows.drawPending() || this.#following) this.#toEnd();
  }

  /** Goes to the newest message. */
  toNewest(): void {
    const count = this.#count;
    if (this.#rows.span.end < count) this.#show(tail(count));
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
    if (!this.#rows.row(seq)) this.#show(around(index, messages.length));
    // Where it is now is where it was put.
    [this.#placed, this.#following] = [true, false];
    const row = this.#rows.row(seq);
    row?.scrollIntoView({ block: 'center' });
    this.#focus(row);
    row?.classList.add(m('flash'));
    this.#owned.after(FLASH_MS, () => row?.classList.remove(m('flash')));
  }

  dispose(): void {
    this.#owned.dispose();
    this.root.remove();
  }

  get #count(): number {
    return this.#parts.store.state?.messages.length ?? 0;
  }

  #listen(): void {
    const { store, typing } = this.#parts;
    const owned = this.#owned;
    owned.add(store.changed.on((change) => this.#changed(change)));
    owned.add(typing.changed.on(() => this.#drawTyping()));
    owned.listen(this.#log, 'scroll', () => this.#scrolled(), { passive: true });
    owned.listen(this.#log, 'click', (event) => this.#clicked(event));
    owned.listen(this.#downButton, 'click', () => this.toNewest());
    owned.listen(window, 'focus', () => this.#tellReached());
    owned.listen(document, 'visibilitychange', () => this.#tellReached());
    for (const sign of ['pointerover', 'focusin', 'click'] as const) {
      owned.listen(this.#rows.messages, sign, (event) => void this.#offerTools(event.target as Element));
    }
    const sizes = new ResizeObserver(() => this.#resized());
    for (const each of [this.#log, this.#rows.messages, this.#rows.pending]) sizes.observe(each);
    owned.defer(() => sizes.disconnect());
    owned.defer(() => cancelAnimationFrame(this.#frame));
  }

  /** The menu of a message is loaded when one is first pointed at. */
  async #offerTools(target: Element): Promise<void> {
    if (this.#tools) return;
    const { store, abilities } = this.#parts;
    this.#tools = import('../message/tools').then(({ MessageTools: Tools }) => new Tools(this.#log, store.me, abilities, (seq) => store.message(seq)));
    const tools = this.#owned.add(await this.#tools);
    this.#owned.add(tools.actions.on((action) => this.actions.emit(action)));
    // The focus may have come meanwhile, when nobody listened yet.
    const active = document.activeElement;
    tools.openAt(active && this.#log.contains(active) ? active : target);
  }

  #focus(row: HTMLElement | undefined): void {
    const article = row?.querySelector('article');
    if (!article) return;
    rove(this.#log, article);
    article.focus({ preventScroll: true });
  }

  #changed(change: ConversationChange): void {
    if (!this.#parts.store.state) return;
    switch (change.kind) {
      case 'reset': return this.#reset();
      case 'added': return this.#added();
      case 'older':
        this.#rows.shift(change.count);
        return this.#keepPlace(() => this.#show(up(this.#rows.span)));
      case 'changed': return this.#keepPlace(() => this.#rows.redraw(change.seq));
      case 'facts': return this.#keepPlace(() => this.#rows.redraw());
      case 'caught_up': return this.#tellReached();
      case 'refused':
    }
  }

  #reset(): void {
    if (!this.#placed) {
      this.#rows.freshFrom = this.#firstUnread();
      this.#show(tail(this.#count));
      this.#place();
    } else if (this.#following) {
      this.#show(tail(this.#count));
      this.#toEnd();
    } else {
      this.#keepPlace(() => this.#show(tail(this.#count)));
    }
    this.#tellReached();
  }

  /** Puts the first view to what is new, or to the end: as soon as there is a size to do so. */
  #place(): void {
    if (this.#log.clientHeight === 0) return;
    this.#placed = true;
    this.#toEnd();
    const fresh = this.#rows.freshFrom === undefined ? undefined : this.#rows.row(this.#rows.freshFrom);
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

  #added(): void {
    const count = this.#count;
    const { span } = this.#rows;
    const follow = this.#following || this.#parts.store.newest?.by === this.#parts.store.me;
    if (span.end === count - 1) this.#show({ first: follow ? Math.max(span.first, count - MOST) : span.first, end: count });
    else if (follow) this.#show(tail(count));
    if (follow) this.#toEnd();
    else this.#downButton.hidden = false;
    this.#tellReached();
  }

  #show(span: { first: number; end: number }): void {
    this.#rows.show(span);
    this.#drawTop();
  }

  #drawTop(): void {
    const { store, beginning } = this.#parts;
    if (this.#rows.span.first > 0) fill(this.#top);
    else if (this.#failed) fill(this.#top, button({ label: say('list.failed'), kind: 'plain', small: true, icon: reopenIcon }, { 'data-do': 'older' }));
    else if (store.state?.more) fill(this.#top, say('list.loading'));
    else fill(this.#top, beginning?.() ?? '');
  }

  #drawTyping(): void {
    const { typing, store, nameOf } = this.#parts;
    const text = typingText(typing.who.filter((who) => who !== store.me).map(nameOf));
    if (text === '') fill(this.#typingLine);
    else fill(this.#typingLine, el('span', { class: c('dots'), 'aria-hidden': 'true' }, el('span'), el('span'), el('span')), el('span', {}, text));
    if (this.#following) this.#toEnd();
  }

  #scrolled(): void {
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      // What grew, such as by a picture, was not scrolled away from.
      if (this.#following && this.#log.scrollTop >= this.#end && !this.#atEnd()) this.#toEnd();
      this.#following = this.#atEnd();
      const { scrollTop, scrollHeight, clientHeight } = this.#log;
      const { span } = this.#rows;
      if (scrollTop < EDGE && span.first > 0) this.#keepPlace(() => this.#show(up(span)));
      else if (scrollTop < EDGE && this.#parts.store.state?.more && !this.#failed) void this.#older();
      else if (scrollHeight - scrollTop - clientHeight < EDGE && span.end < this.#count) this.#keepPlace(() => this.#show(down(span, this.#count)));
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
    else if (what === 'older') void this.#older();
    else if (what === 'react') this.actions.emit({ kind: 'react', seq, emoji, on: target.getAttribute('aria-pressed') !== 'true' });
    else if (what === 'history') this.actions.emit({ kind: 'history', seq });
    else if (what === 'retry' || what === 'discard') this.actions.emit({ kind: what, id });
  }

  #atEnd(): boolean {
    const { scrollTop, scrollHeight, clientHeight } = this.#log;
    return this.#rows.span.end >= this.#count && scrollHeight - scrollTop - clientHeight < NEAR;
  }

  #toEnd(): void {
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#end = this.#log.scrollTop;
    this.#following = true;
    this.#downButton.hidden = true;
  }

  #tellReached(): void {
    if (!this.#placed || !this.#atEnd()) return;
    this.#downButton.hidden = true;
    const { newest } = this.#parts.store;
    if (newest && document.visibilityState === 'visible' && document.hasFocus()) this.reached.emit(newest.seq);
  }

  /** Runs `change` and puts what was in view back to where it was. */
  #keepPlace(change: () => void): void {
    const anchor = this.#rows.rowBelow(this.#log.getBoundingClientRect().top);
    const seq = Number(anchor?.dataset['seq']);
    const offset = anchor?.getBoundingClientRect().top ?? 0;
    const stay = this.#following;
    change();
    const row = this.#rows.row(seq);
    if (stay) this.#toEnd();
    else if (row) this.#log.scrollTop += row.getBoundingClientRect().top - offset;
  }
}
