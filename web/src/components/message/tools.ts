import { Disposables, type Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import type { Message, Party, Seq } from '../../live/protocol.gen';
import { el } from '../../ui/dom';
import { editIcon, replyIcon, smileIcon, trashIcon, type Icon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { say } from '../../words/say';
import { button } from '../button/button';
import { articlesOf, rove } from './focus';
import styles from './message.module.css';

const c = mustClass(styles);

/** What this person may do with a message. The server decides again. */
export interface Abilities {
  reply(message: Message): boolean;
  edit(message: Message): boolean;
  remove(message: Message): boolean;
  react(message: Message): boolean;
}

export type ToolAction =
  | { kind: 'reply' | 'edit' | 'delete'; seq: Seq }
  | { kind: 'react'; seq: Seq; emoji: string; on: boolean };

const QUICK = ['👍', '❤️', '😂', '🎉', '😮', '🙏'];

/**
 * The small menu of a message: one for the whole list, beside the message that is pointed at or has the focus. Up and Down move
 * between messages, Enter opens the menu, Tab goes into it.
 */
export class MessageTools implements Disposable {
  readonly actions = new Emitter<ToolAction>();
  #owned = new Disposables();
  #log: HTMLElement;
  #me: Party;
  #abilities: Abilities;
  #messageOf: (seq: Seq) => Message | undefined;
  #bar = el('div', { class: c('tools'), role: 'group', 'aria-label': say('tools.label'), 'data-tools': true });
  #at: Seq | undefined;
  #choosing = false;

  constructor(log: HTMLElement, me: Party, abilities: Abilities, messageOf: (seq: Seq) => Message | undefined) {
    this.#log = log;
    this.#me = me;
    this.#abilities = abilities;
    this.#messageOf = messageOf;
    this.#owned.listen(log, 'pointerover', (event) => event.pointerType !== 'touch' && this.openAt(event.target as Element));
    this.#owned.listen(log, 'pointerleave', () => this.#bar.contains(document.activeElement) || this.#rest());
    this.#owned.listen(log, 'click', (event) => this.#clicked(event));
    this.#owned.listen(log, 'focusin', (event) => this.#focused(event.target as Element));
    this.#owned.listen(log, 'keydown', (event) => this.#key(event));
  }

  /** Offers the menu beside the message that `target` is in. */
  openAt(target: Element): void {
    const seq = this.#seqOf(target);
    if (seq === undefined || (seq === this.#at && this.#bar.isConnected)) return;
    if (this.#bar.contains(document.activeElement)) return;
    this.#open(seq);
  }

  dispose(): void {
    this.#owned.dispose();
    this.#bar.remove();
  }

  #seqOf(target: Element): Seq | undefined {
    const seq = target.closest<HTMLElement>('article')?.closest<HTMLElement>('[data-seq]')?.dataset['seq'];
    return seq === undefined ? undefined : Number(seq);
  }

  #open(seq: Seq): void {
    const message = this.#messageOf(seq);
    const article = this.#log.querySelector(`[data-seq="${seq}"]:not(button) > article`);
    const tools = message ? this.#buttonsFor(message) : [];
    if (!article || tools.length === 0) return this.#rest(seq);
    this.#at = seq;
    this.#choosing = false;
    this.#bar.replaceChildren(...tools);
    article.append(this.#bar);
  }

  #buttonsFor(message: Message): HTMLElement[] {
    const tool = (what: string, label: string, strokes: Icon) =>
      button({ label, icon: strokes, kind: 'plain', small: true, bare: true }, { 'data-do': what });
    if (message.deleted) return [];
    return [
      this.#abilities.react(message) ? tool('choose', say('tools.react'), smileIcon) : null,
      this.#abilities.reply(message) ? tool('reply', say('reply'), replyIcon) : null,
      this.#abilities.edit(message) ? tool('edit', say('edit'), editIcon) : null,
      this.#abilities.remove(message) ? tool('delete', say('delete'), trashIcon) : null,
    ].filter((each) => each !== null);
  }

  #close(): void {
    this.#bar.remove();
    this.#at = undefined;
  }

  /** Where the pointer is there is nothing to do, not at `seq` either: back to the message that has the focus. */
  #rest(seq?: Seq): void {
    const active = document.activeElement;
    const focused = active?.tagName === 'ARTICLE' && this.#log.contains(active) ? this.#seqOf(active) : undefined;
    if (focused === undefined || focused === seq) this.#close();
    else if (focused !== this.#at || !this.#bar.isConnected) this.#open(focused);
  }

  #clicked(event: MouseEvent): void {
    const target = event.target as Element;
    const what = target.closest<HTMLElement>('[data-tools] [data-do]');
    if (what) return this.#do(what);
    if (!target.closest('a, button')) this.openAt(target);
  }

  #do(what: HTMLElement): void {
    const seq = this.#at;
    const message = seq === undefined ? undefined : this.#messageOf(seq);
    if (seq === undefined || !message) return;
    const kind = what.dataset['do'];
    if (kind === 'choose') return this.#choose();
    const article = this.#bar.parentElement;
    if (kind === 'emoji') this.actions.emit({ kind: 'react', seq, emoji: what.textContent ?? '', on: what.getAttribute('aria-pressed') !== 'true' });
    else if (kind === 'reply' || kind === 'edit' || kind === 'delete') this.actions.emit({ kind, seq });
    if (this.#bar.contains(document.activeElement)) article?.focus({ preventScroll: true });
    this.#close();
  }

  #choose(): void {
    const reactions = (this.#at === undefined ? undefined : this.#messageOf(this.#at))?.reactions ?? {};
    this.#choosing = true;
    this.#bar.replaceChildren(...QUICK.map((emoji) => el('button', {
      type: 'button', class: c('pop'), 'data-do': 'emoji', 'aria-label': say('tools.react.with', { emoji }), 'aria-pressed': reactions[emoji]?.includes(this.#me) ? 'true' : 'false',
    }, emoji)));
    this.#bar.querySelector('button')?.focus();
  }

  #focused(target: Element): void {
    if (target instanceof HTMLElement && target.tagName === 'ARTICLE') {
      rove(this.#log, target);
      this.openAt(target);
    }
  }

  #key(event: KeyboardEvent): void {
    const articles = articlesOf(this.#log);
    const at = articles.findIndex((article) => article.contains(document.activeElement));
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const inBar = this.#bar.contains(document.activeElement);
    const goal = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: articles.length - 1 }[event.key];
    if (goal !== undefined && !inBar) {
      event.preventDefault();
      const article = articles[Math.max(0, Math.min(articles.length - 1, goal))];
      this.#close();
      article?.focus();
      article?.scrollIntoView({ block: 'nearest' });
    } else if (inBar && (event.key === 'ArrowRight' || event.key === 'ArrowLeft')) {
      event.preventDefault();
      this.#step(event.key === 'ArrowRight' ? 1 : -1);
    } else if (event.key === 'Enter' && document.activeElement === articles[at]) {
      event.preventDefault();
      this.#bar.querySelector('button')?.focus();
    } else if (event.key === 'Escape' && inBar) {
      event.preventDefault();
      event.stopPropagation();
      if (this.#choosing && this.#at !== undefined) this.#open(this.#at);
      articles[at]?.focus();
    }
  }

  #step(by: number): void {
    const buttons = [...this.#bar.querySelectorAll('button')];
    const at = buttons.findIndex((each) => each === document.activeElement);
    buttons[(at + by + buttons.length) % buttons.length]?.focus();
  }
}
