import { ApiError } from '../../api/http';
import { Disposables } from '../../base/disposables';
import { remember, remembered } from '../../base/remembered';
import { button } from '../../components/button/button';
import { Composer } from '../../components/composer/composer';
import { Drafts } from '../../components/composer/drafts';
import { emptyState, loadingState } from '../../components/empty/empty';
import type { VisitorAnswer } from '../../live/protocol.gen';
import { newUuid } from '../../live/world';
import { el, fill, setText } from '../../ui/dom';
import { icon, closeIcon, offlineIcon, trashIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { Chat } from './chat';
import type { ContactCard } from './contact-card';
import type { Memory, Ticket } from './memory';
import type { PageLink } from './page-link';
import { presenceLine } from './presence-line';
import { Site, type SiteConfig } from './site';
import styles from './frame.module.css';

const c = mustClass(styles);
const LOOK_AGAIN_MS = 45_000;
const STAGGER_MS = 2_000;
const FIRST = 'brigade.first';

/** The opened widget: who is there, the greeting or the conversation, and the way to forget it all. */
export class App {
  readonly root: HTMLElement;
  #site: Site;
  #memory: Memory;
  #link: PageLink;
  #owned = new Disposables();
  #chat: Chat | undefined;
  #card: ContactCard | undefined;
  #config: SiteConfig | undefined;
  /** What the visitor has answered, until the chat has begun. */
  #answers: VisitorAnswer[] | undefined;
  #open = false;
  #beginning = false;

  #name = el('h1', { class: c('name') }, 'Chat');
  #light = el('span', { class: c('light'), 'aria-hidden': 'true' });
  #there = el('span', {}, 'Connecting…');
  #forgetButton = el('button', { type: 'button', class: c('tool'), 'aria-label': 'Forget this chat', title: 'Forget this chat', hidden: true }, icon(trashIcon));
  #closeButton = el('button', { type: 'button', class: c('tool'), 'aria-label': 'Close chat', title: 'Close chat' }, icon(closeIcon));
  #notice = el('p', { class: c('problem'), role: 'alert', hidden: true });
  #banner = el('div', {}, this.#notice);
  #body = el('div', { class: c('body') });
  #greeting = el('p', { class: c('greeting') });

  constructor(key: string, memory: Memory, link: PageLink) {
    this.#site = new Site(key);
    this.#memory = memory;
    this.#link = link;
    this.root = el(
      'div', { class: c('frame') },
      el('header', { class: c('head') },
        el('div', { class: c('title') }, this.#name, el('p', { class: c('there') }, this.#light, this.#there)),
        this.#forgetButton, this.#closeButton),
      this.#banner, this.#body,
      el('p', { class: c('privacy') }, 'We see this page’s address and what you write. Nothing else.'),
    );
    this.#owned.listen(this.#closeButton, 'click', () => link.tell({ brigade: 1, type: 'close' }));
    this.#owned.listen(this.#forgetButton, 'click', () => void this.#forget());
    this.#owned.listen(document, 'keydown', (event) => this.#key(event as KeyboardEvent));
    this.#owned.add(link.opened.on((open) => this.#opened(open)));
    this.#owned.every(LOOK_AGAIN_MS, () => this.#open && document.visibilityState === 'visible' && void this.#lookWhoIsThere());
  }

  async start(): Promise<void> {
    fill(this.#body, loadingState('Loading', 2));
    const ticket = this.#memory.load();
    await this.#lookWhoIsThere();
    const waiting = takeFirst();
    this.#answers = waiting?.answers;
    if (ticket) this.#resume(ticket);
    else if (this.#config) this.#welcome().catch(() => this.#cannotStart());
    else this.#cannotStart();
    this.#link.tell({ brigade: 1, type: 'ready' });
    if (waiting && !ticket) void this.#begin(waiting.text, waiting.id, () => void (new Drafts('visitor', 'new').text = waiting.text));
  }

  async #lookWhoIsThere(): Promise<void> {
    try {
      this.#config = await this.#site.config(this.#link.page);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // What was known stays on the screen; the banner speaks of the connection.
      if (this.#config) return;
      setText(this.#there, error.message);
      return;
    }
    setText(this.#name, this.#config.tenant.name);
    document.title = `Chat with ${this.#config.tenant.name}`;
    setText(this.#there, presenceLine(this.#config));
    this.#light.classList.toggle(c('on'), this.#config.staff_online);
    // Each page may have its own: nothing is said before it is known which this is.
    if (this.#link.page) setText(this.#greeting, this.#config.greeting[this.#config.staff_online ? 'online' : 'offline']);
    if (this.#card) this.#card.root.hidden = this.#config.staff_online && !this.#card.root.contains(document.activeElement);
  }

  /** Before the first message. */
  async #welcome(): Promise<void> {
    this.#forgetButton.hidden = true;
    const questions = this.#config?.questions;
    if (questions?.[0] && !this.#answers) this.#answers = await (await import('./questions')).askFirst(questions, this.#body, this.#greeting);
    const composer = this.#owned.add(new Composer({ placeholder: 'Write a message', drafts: new Drafts('visitor', 'new') }));
    this.#owned.add(composer.written.on((written) => {
      if (written.kind === 'send') void this.#begin(written.text, newUuid(), () => composer.restore(written.text));
    }));
    fill(this.#body, el('div', { class: c('start') }, this.#greeting), composer.root);
    if (this.#open) composer.focus();
  }

  #cannotStart(): void {
    const again = button({ label: 'Try again', kind: 'primary' });
    this.#owned.listen(again, 'click', () => void this.start());
    fill(this.#body, emptyState({ icon: offlineIcon, title: 'The chat cannot be reached', text: 'Check your connection, or try again in a moment.', action: again }));
  }

  /** Begins the conversation with its first message; a reload in between goes on with it. */
  async #begin(text: string, id: string, putBack?: () => void): Promise<void> {
    if (this.#beginning) return putBack?.();
    this.#beginning = true;
    this.#say(null);
    keepFirst(text, id, this.#answers);
    try {
      const ticket = await this.#site.begin(this.#link.page, this.#answers);
      this.#answers = undefined;
      this.#memory.save(ticket);
      // What was written meanwhile goes along.
      const meanwhile = new Drafts('visitor', 'new');
      new Drafts('visitor', ticket.conversation).text = meanwhile.text;
      meanwhile.text = '';
      this.#resume(ticket);
      this.#chat?.first(text, id);
      void this.#afterWriting();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      putBack?.();
      const wait = error.retryAfter === undefined ? 'in a moment' : `in ${Math.max(1, Math.ceil(error.retryAfter))} seconds`;
      this.#say(error.code === 'RATE_LIMITED' ? `That was a lot at once. Your message is still here: send it again ${wait}.` : `${error.message} Your message is still here.`);
    } finally {
      forgetFirst();
      this.#beginning = false;
    }
  }

  #resume(ticket: Ticket): void {
    this.#chat?.dispose();
    const chat = new Chat(this.#site, ticket, () => this.#greeting);
    this.#chat = chat;
    this.#forgetButton.hidden = false;
    chat.unread.on((count) => this.#link.tell({ brigade: 1, type: 'unread', count }));
    chat.wrote.on(() => void this.#afterWriting());
    // Not everybody at once, when somebody comes to a full house.
    chat.staff.on(() => setTimeout(() => void this.#lookWhoIsThere(), Math.random() * STAGGER_MS));
    chat.over.on((why) => void this.#over(why));
    fill(this.#banner, this.#notice, chat.banner.root);
    fill(this.#body, chat.root);
  }

  /** Nobody is there to answer: offer to be reached elsewhere, once. */
  async #afterWriting(): Promise<void> {
    const chat = this.#chat;
    if (!chat || chat.ticket.contact || this.#card || this.#config?.staff_online !== false) return;
    const { ContactCard } = await import('./contact-card');
    if (this.#card || this.#chat !== chat) return;
    this.#card = new ContactCard(chat, () => {
      this.#memory.save(chat.ticket);
      this.#card = undefined;
    }, (text) => this.#say(text));
  }

  async #over(why: 'moved' | 'gone'): Promise<void> {
    const chat = this.#chat;
    this.#chat = undefined;
    this.#memory.forget();
    chat?.forget();
    chat?.dispose();
    this.#forgetButton.hidden = true;
    const fresh = button({ label: 'Start a new chat', kind: 'quiet' });
    this.#owned.listen(fresh, 'click', () => void this.#welcome());
    fill(this.#body, fresh);
    const { ending } = await import('./ending');
    if (fresh.isConnected) fill(this.#body, ending(why, fresh));
  }

  async #forget(): Promise<void> {
    const chat = this.#chat;
    if (!chat) return;
    const { forgetChat } = await import('./forget');
    const outcome = await forgetChat(this.#site, chat.ticket.token);
    if (typeof outcome === 'string') return this.#say(outcome);
    if (!outcome) return;
    chat.forget();
    chat.dispose();
    this.#chat = undefined;
    this.#memory.forget();
    fill(this.#banner, this.#notice);
    this.#link.tell({ brigade: 1, type: 'unread', count: 0 });
    void this.#welcome();
  }

  #opened(open: boolean): void {
    this.#open = open;
    if (!open) return;
    void this.#lookWhoIsThere();
    if (this.#chat) this.#chat.focus();
    else this.#body.querySelector<HTMLElement>('textarea,input')?.focus();
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Escape' && !event.defaultPrevented) this.#link.tell({ brigade: 1, type: 'close' });
  }

  #say(text: string | null): void {
    this.#notice.hidden = text === null;
    setText(this.#notice, text ?? '');
  }
}

interface First {
  text: string;
  id: string;
  answers?: VisitorAnswer[];
}

/** The first message outlives a reload while its conversation is being made. */
function keepFirst(text: string, id: string, answers: VisitorAnswer[] | undefined): void {
  remember(FIRST, JSON.stringify({ text, id, answers }), 'sessionStorage');
}

function forgetFirst(): void {
  remember(FIRST, null, 'sessionStorage');
}

function takeFirst(): First | undefined {
  const kept = remembered(FIRST, 'sessionStorage');
  forgetFirst();
  try {
    const first = JSON.parse(kept ?? 'null') as Partial<First> | null;
    return typeof first?.text === 'string' && typeof first.id === 'string' ? first as First : undefined;
  } catch {
    return undefined;
  }
}
