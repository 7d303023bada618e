import type { Draft, ServerDraft } from '../../api/drafts';
import { Disposables, type Disposable } from '../../base/disposables';
import type { Kept } from '../../live/guard';
import type { LiveConversation } from '../../live/live-conversation';
import type { Message, Party, Seq } from '../../live/protocol.gen';
import type { TypingPart } from '../../live/typing';
import { el, fill } from '../../ui/dom';
import { icon, editIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { button } from '../button/button';
import type { ConversationView } from '../conversation-view/conversation-view';
import { NOWHERE, type KeptDraft } from './kept-draft';
import type { DraftShelf } from './shelf';
import styles from './draft-keeper.module.css';

const c = mustClass(styles);
/** Who looks at one conversation after the other asks nothing on the way. */
const PASSING_MS = 250;
/** The device that sent it has taken the draft away by then. */
const SENT_MS = 700;
/** So many characters are shown of what is aside. */
const WORDS = 120;

export interface DraftParts {
  shelf: DraftShelf;
  conversation: string;
  live: LiveConversation;
  me: Party;
  /** What is here now was begun elsewhere, when so much was seen. */
  taken?: (since: Seq) => void;
}

/** Joins a composer to what is kept of its draft, and says what else was begun. */
export class DraftKeeper implements Disposable {
  readonly root = el('div', { role: 'status' });
  /** What the composer reads at its beginning and writes into. */
  readonly drafts: { text: string };
  #parts: DraftParts;
  #kept: KeptDraft;
  #view: ConversationView | undefined;
  #owned = new Disposables();
  #showing = false;

  constructor(parts: DraftParts) {
    this.#parts = parts;
    const kept = this.#kept = parts.shelf.of(parts.conversation);
    const write = (text: string) => kept.write(text, this.#view?.composer.mode === 'note' ? 'note' : 'send', parts.live.store.newest?.seq ?? 0);
    this.drafts = {
      get text() {
        return kept.text;
      },
      set text(text) {
        write(text);
      },
    };
    this.#owned.add(parts.shelf.open(parts.conversation));
  }

  /** Where the beginning is kept, for who guards the answers of colleagues. */
  get begun(): Kept {
    return this.#kept.begun;
  }

  /** The same signals, but for those of a text that nobody is typing here. */
  hush(typing: TypingPart): TypingPart {
    return {
      get who() {
        return typing.who;
      },
      changed: typing.changed,
      touch: () => this.#showing || typing.touch(),
      stop: () => typing.stop(),
      sent: () => typing.sent(),
    };
  }

  /** Takes its place above the composer. */
  join(view: ConversationView): void {
    const { shelf, live, conversation } = this.#parts;
    const kept = this.#kept;
    const { composer } = view;
    this.#view = view;
    view.root.insertBefore(this.root, composer.root);
    kept.circumstances = { wasSent: (draft) => this.#wasSent(draft), isOccupied: () => composer.mode === 'edit' };
    this.#owned.add(kept.taken.on(() => this.#show()));
    this.#owned.add(kept.changed.on(() => this.#draw()));
    this.#owned.add(shelf.back.on(() => void kept.ask()));
    this.#owned.add(composer.typing.on((what) => what === 'sent' && kept.save()));
    this.#owned.listen(composer.root, 'focusout', () => kept.save());
    this.#owned.add(live.store.changed.on((change) => change.kind === 'added' && this.#arrived(live.store.message(change.seq))));
    this.#owned.listen(this.root, 'click', (event) => this.#choose((event.target as Element).closest<HTMLElement>('[data-choice]')?.dataset['choice']));
    if (kept.kind === 'note' && kept.text !== '') this.#show();
    this.#draw();
    this.#owned.after(shelf.has(conversation) ? 0 : PASSING_MS, () => void kept.ask());
  }

  dispose(): void {
    this.#owned.dispose();
    this.#kept.circumstances = NOWHERE;
    this.#kept.save();
    this.root.remove();
  }

  /** Puts what is kept into the composer. */
  #show(): void {
    const { composer } = this.#view!;
    const { kind, text, since } = this.#kept;
    if (text !== '') this.#parts.taken?.(since);
    this.#showing = true;
    composer.root.querySelector('textarea')!.value = text;
    // Draws it, and writes the same back.
    composer.setMode(kind);
    this.#showing = false;
  }

  /** A message that was sent from another device takes the draft away there: it is looked for here. */
  #arrived(message: Message | undefined): void {
    if (message && this.#kept.text !== '' && this.#isOwn(message, this.#kept)) this.#owned.after(SENT_MS, () => void this.#kept.ask());
  }

  #wasSent(draft: ServerDraft): boolean {
    const messages = this.#parts.live.store.state?.messages ?? [];
    return messages.some((message) => Date.parse(message.at) >= Date.parse(draft.at) && this.#isOwn(message, draft));
  }

  /** Whether this was sent by oneself and begins with what was begun: the last keys before sending may not have been saved. */
  #isOwn({ by, note, text }: Message, draft: Pick<Draft, 'kind' | 'text'>): boolean {
    return by === this.#parts.me && note === (draft.kind === 'note') && text.startsWith(draft.text.trim());
  }

  #choose(choice: string | undefined): void {
    if (choice === undefined) return;
    if (choice === 'use') this.#kept.use();
    else this.#kept.dismiss();
    this.#view?.composer.focus();
  }

  #draw(): void {
    const { aside } = this.#kept;
    if (!aside) return fill(this.root);
    const what = aside.rev === 0 ? 'What you wrote here before is kept:' : 'You began something else on another device:';
    const words = [...aside.text.trim().replaceAll(/\s+/g, ' ')];
    const begin = words.length > WORDS ? `${words.slice(0, WORDS).join('')}…` : words.join('');
    fill(this.root, el('div', { class: c('line') },
      icon(editIcon),
      el('p', { class: c('text') }, el('strong', {}, what), aside.kind === 'note' ? ' a note, ' : ' ', el('q', { dir: 'auto', class: c('words') }, begin)),
      el('span', { class: c('choices') },
        button({ label: 'Use that instead', small: true }, { 'data-choice': 'use' }),
        button({ label: 'Dismiss', small: true, kind: 'plain' }, { 'data-choice': 'dismiss' }))));
  }
}
