import { Disposables, type Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import { Drafts } from '../../components/composer/drafts';
import { ConversationView } from '../../components/conversation-view/conversation-view';
import { loadingState } from '../../components/empty/empty';
import { LiveClient } from '../../live/client';
import { followConversation, type LiveConversation } from '../../live/live-conversation';
import type { ConversationChange } from '../../live/conversation-store';
import { tabShelf } from '../../live/shelf';
import { el, fill } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import { say } from '../../words/say';
import type { Ticket } from './memory';
import type { Site } from './site';
import styles from './frame.module.css';

const c = mustClass(styles);

/** A chat that has begun: one conversation over one socket, opened with the visitor's token. */
export class Chat implements Disposable {
  readonly root = el('div', { class: c('body') });
  #card: HTMLElement | undefined;
  readonly banner = el('div');
  /** What stands in the head while there is a conversation. */
  readonly tools = el('span');
  readonly unread = new Emitter<number>();
  /** The visitor wrote something. */
  readonly wrote = new Emitter<undefined>();
  /** Somebody of the staff has come, or the last one gone. */
  readonly staff = new Emitter<undefined>();
  /** The token opens nothing any more: `moved` to an account, or `gone`. */
  readonly over = new Emitter<'moved' | 'gone'>();
  readonly ticket: Ticket;
  #client: LiveClient;
  #live: LiveConversation;
  #view: ConversationView | undefined;
  #owned = new Disposables();

  /** `looks`: whether the chat is before somebody's eyes. */
  constructor(site: Site, ticket: Ticket, beginning: () => Node | string, looks: () => boolean) {
    this.ticket = ticket;
    this.#client = this.#owned.add(new LiveClient(ticket.visitor, tabShelf(ticket.conversation), { token: () => ticket.token }));
    this.#live = this.#owned.add(followConversation(this.#client, ticket.conversation));
    // With the scripts that come after the first sight of it: whoever could not load those has seen no connection either.
    import('../../components/conversation-view/later').then(({ ConnectionBanner }) => fill(this.banner, this.#owned.add(new ConnectionBanner(this.#client.connection)).root), () => {});
    import('./sound').then(({ Sound }) => fill(this.tools, this.#owned.add(new Sound(this.#live.store, looks)).button), () => {});
    fill(this.root, loadingState(say('chat.connecting'), 2));
    this.#owned.add(this.#live.store.changed.on((change) => this.#changed(change, site, beginning)));
    this.#owned.add(this.#client.connection.status.on((status) => status.kind === 'signed_out' && this.over.emit('gone')));
    this.#client.add({
      connected: () => this.#client.connection.send({ t: 'sig', type: 'presence_watch', body: { who: ['staff'] } }),
      disconnected: () => {},
      receive: (frame) => frame.t === 'sig' && this.staff.emit(undefined),
    });
    this.#client.connection.open();
  }

  /** Sends the first message, which is what began the chat. */
  first(text: string, id: string): void {
    this.#client.command(this.#live.topic, 'send', { text }, { keep: true, id });
  }

  leaveContact(email: string): Promise<unknown> {
    return this.#client.command(this.#live.topic, 'leave_contact', { email }).done;
  }

  /** Nothing of it stays in this browser. */
  forget(): void {
    this.#client.queue.clear(this.#live.topic);
  }

  focus(): void {
    this.#view?.composer.focus();
  }

  /** Puts something above the composer, as soon as there is one. */
  place(card: HTMLElement): void {
    this.#card = card;
    this.#view?.root.insertBefore(card, this.#view.composer.root);
  }

  dispose(): void {
    this.#owned.dispose();
    this.tools.remove();
    this.root.remove();
  }

  #changed(change: ConversationChange, site: Site, beginning: () => Node | string): void {
    const state = this.#live.store.state;
    if (change.kind === 'refused') {
      this.over.emit(change.error.code === 'NOT_FOUND' ? 'moved' : 'gone');
      return;
    }
    if (!state) return;
    if (state.account !== null) return this.over.emit('moved');
    if (!this.#view) this.#show(site, beginning);
    this.unread.emit(state.unread);
  }

  #show(site: Site, beginning: () => Node | string): void {
    const { token, conversation } = this.ticket;
    this.#view = this.#owned.add(new ConversationView({
      client: this.#client, live: this.#live, beginning, ask: site.as(token), customer: true,
      composer: { placeholder: say('chat.write'), drafts: new Drafts('visitor', conversation) },
    }));
    this.#owned.add(this.#view.composer.written.on(() => this.wrote.emit(undefined)));
    fill(this.root, this.#view.root);
    if (this.#card) this.place(this.#card);
  }
}
