import { Disposables, type Disposable } from '../../base/disposables';
import type { LiveClient } from '../../live/client';
import type { LiveConversation } from '../../live/live-conversation';
import { afterRefusal, answerAfter, Guard, type Kept } from '../../live/guard';
import type { Message, Party, SendBody, Seq } from '../../live/protocol.gen';
import { Typing } from '../../live/typing';
import { browserWorld, type World } from '../../live/world';
import { Writing, type Kind } from '../../live/writing';
import { el, fill } from '../../ui/dom';
import { icon, editIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { avatar } from '../avatar/avatar';
import { button } from '../button/button';
import type { ConversationView } from '../conversation-view/conversation-view';
import { writingText } from './texts';
import styles from './together.module.css';

const c = mustClass(styles);
/** A notice that was on the screen so long was seen: who sends then wants to. */
const SEEN_MS = 1_000;

/** What the staff need to know of each other. */
export interface AnsweringParts {
  client: LiveClient;
  live: LiveConversation;
  nameOf: (who: Party) => string;
  isColleague: (who: Party) => boolean;
  /** Keeps the beginning of the draft over a reload. */
  kept: Kept;
  world?: World;
}

/** What stands between a conversation and its composer, so that two never answer the same thing: who is writing, and who answered meanwhile. */
export class Answering implements Disposable {
  readonly root = el('div', { class: c('answering') });
  /** Takes the place of the conversation's own. */
  readonly writing: Writing;
  #parts: AnsweringParts;
  #owned = new Disposables();
  #guard: Guard;
  #view: ConversationView | undefined;
  #notice = el('div', { role: 'status' });
  #writers = el('div', { class: c('writers'), 'aria-live': 'polite' });
  #answer: Message | undefined;
  #seeing: Disposable | undefined;

  constructor(parts: AnsweringParts) {
    this.#parts = parts;
    this.#guard = new Guard(parts.kept);
    const { client, live, isColleague } = parts;
    const notes = this.#owned.add(new Typing(live.topic, parts.world ?? browserWorld(), (frame) => client.connection.send(frame), 'noting'));
    const others = (who: Party) => who !== client.me && isColleague(who);
    this.writing = this.#owned.add(new Writing(live.typing, notes, others, () => this.#view?.composer.mode ?? 'send'));
    this.#owned.add(client.connection.frames.on((frame) => frame.t === 'eph' && frame.topic === live.topic && notes.receive(frame)));
    this.#owned.add(live.store.changed.on((change) => {
      if (change.kind === 'added') notes.arrived(live.store.message(change.seq)?.by ?? 'system');
    }));
    fill(this.root, this.#notice, this.#writers);
  }

  /** The message as it is sent. */
  readonly complete = (body: SendBody): SendBody => this.#guard.complete(body, this.#newest);

  /** What is in the composer now was begun elsewhere, when so much was seen. */
  goOn(since: Seq): void {
    this.#guard.goOn(since);
  }

  /** Takes its place above the composer. */
  join(view: ConversationView): void {
    const { client, live } = this.#parts;
    this.#view = view;
    view.root.insertBefore(this.root, view.composer.root);
    this.#owned.add(view.composer.typing.on((what) => this.#typed(what)));
    this.#owned.add(this.writing.changed.on(() => this.#drawWriters()));
    this.#owned.add(live.store.changed.on(() => this.#look()));
    this.#owned.add(client.queue.changed.on((topic) => topic === live.topic && this.#refused()));
    this.#owned.listen(document, 'visibilitychange', () => this.#see());
    this.#owned.listen(this.#notice, 'click', (event) => (event.target as Element).closest('button') && this.#read());
    // A draft from before: what came since it was begun is news to its writer.
    if (this.#text === '') this.#guard.end();
    else this.#guard.begin(this.#newest);
    this.#look();
  }

  dispose(): void {
    this.#owned.dispose();
    this.root.remove();
  }

  get #newest(): number {
    return this.#parts.live.store.newest?.seq ?? 0;
  }

  get #text(): string {
    return this.#view?.composer.root.querySelector('textarea')?.value ?? '';
  }

  #typed(what: 'typing' | 'emptied' | 'sent'): void {
    // After changing an older message the draft from before is there again.
    if (what === 'typing') this.#guard.begin(this.#newest);
    else if (what === 'emptied' || this.#text === '') this.#guard.end();
    this.#look();
  }

  /** Whether somebody answered since the draft was begun. */
  #look(): void {
    this.#refused();
    const { client, live } = this.#parts;
    const { since } = this.#guard;
    const wanted = since !== undefined && this.#view?.composer.mode !== 'note';
    const answer = wanted ? answerAfter(live.store.state, since, client.me) : undefined;
    if (answer?.seq === this.#answer?.seq) return;
    this.#answer = answer;
    this.#drawNotice();
    this.#see();
  }

  /** The notice counts as seen when it was in view for a moment. */
  #see(): void {
    this.#owned.drop(this.#seeing);
    const seq = this.#answer?.seq;
    if (seq === undefined || document.visibilityState !== 'visible') return;
    this.#seeing = this.#owned.after(SEEN_MS, () => this.#guard.saw(seq));
  }

  /** What was refused because somebody answered says so, and can be sent all the same. */
  #refused(): void {
    const { client, live, nameOf } = this.#parts;
    const { state } = live.store;
    if (!state) return;
    for (const pending of client.queue.of(live.topic)) {
      const change = afterRefusal(pending, state, client.me, nameOf);
      if (change) client.queue.amend(pending.id, change);
    }
  }

  #drawNotice(): void {
    const answer = this.#answer;
    if (!answer) return fill(this.#notice);
    const name = this.#parts.nameOf(answer.by);
    fill(this.#notice, el('div', { class: c('notice') },
      avatar({ name }, 'small'),
      el('p', { class: c('text') }, el('strong', {}, `${name} answered while you were writing.`), ' Send yours only if it is still needed.'),
      button({ label: 'Read it', small: true })));
  }

  #read(): void {
    if (this.#answer) void this.#view?.list.jumpTo(this.#answer.seq);
  }

  #drawWriters(): void {
    const { colleagues } = this.writing;
    const line = (what: Kind) => {
      const names = colleagues.filter((each) => each.what === what).map(({ who }) => this.#parts.nameOf(who));
      return names.length === 0 ? null : el('span', { class: c('writer', what) }, icon(editIcon), writingText(names, what));
    };
    fill(this.#writers, line('answer') ?? '', line('note') ?? '');
  }
}
