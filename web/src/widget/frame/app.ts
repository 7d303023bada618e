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
import { icon, closeIcon, offlineIcon, trashIcon, type Icon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { heard, say } from '../../words/say';
import type { Chat } from './chat';
import type { ContactCard } from './contact-card';
import type { Here } from './identity';
import type { Memory, Ticket } from './memory';
import type { PageLink } from './page-link';
import { presenceLine } from './presence-line';
import { Site, type SiteConfig } from './site';
import styles from './frame.module.css';

const c = mustClass(styles);
const LOOK_AGAIN_MS = 45_000;
const STAGGER_MS = 2_000;
const FIRST = 'brigade.first';
const PAUSE_MS = 1_000;

/** Most who look never write: a conversation is fetched for who writes, or has written. */
const conversation = () => import('./chat');
type Conversation = Awaited<ReturnType<typeof conversation>>;
/** Few sites say who somebody is. */
const identity = () => import('./identity');

/** The opened widget: who is there, the greeting or the conversation, and the way to forget it all. */
export class App implements Here {
  readonly root: HTMLElement;
  readonly site: Site;
  readonly memory: Memory;
  readonly link: PageLink;
  #owned = new Disposables();
  #chat: Chat | undefined;
  #card: ContactCard | undefined;
  #config: SiteConfig | undefined;
  /** What the visitor has answered, until the chat has begun. */
  #answers: VisitorAnswer[] | undefined;
  #open = false;
  #beginning = false;

  #name = el('h1', { class: c('name') }, say('chat.name'));
  #light = el('span', { class: c('light'), 'aria-hidden': 'true' });
  #there = el('span', {}, say('chat.connecting'));
  #forgetButton = tool(say('chat.forget'), trashIcon, true);
  #closeButton = tool(say('chat.close'), closeIcon);
  #notice = el('p', { class: c('problem'), role: 'alert', hidden: true });
  #banner = el('div', {}, this.#notice);
  #body = el('div', { class: c('body') });
  #privacy = el('p', { class: c('privacy') });
  #greeting = el('p', { class: c('greeting') });

  constructor(key: string, memory: Memory, link: PageLink) {
    this.site = new Site(key);
    this.memory = memory;
    this.link = link;
    this.root = el(
      'div', { class: c('frame') },
      el('header', { class: c('head') },
        el('div', { class: c('title') }, this.#name, el('p', { class: c('there') }, this.#light, this.#there)),
        this.#forgetButton, this.#closeButton),
      this.#banner, this.#body,
      this.#privacy,
    );
    this.seen();
    this.#owned.listen(this.#closeButton, 'click', () => link.tell({ brigade: 1, type: 'close' }));
    this.#owned.listen(this.#forgetButton, 'click', () => void this.#forget());
    this.#owned.listen(document, 'keydown', (event) => this.#key(event as KeyboardEvent));
    this.#owned.add(link.opened.on((open) => this.#opened(open)));
    this.#owned.add(link.said.on(() => void this.#identify()));
    this.#owned.every(LOOK_AGAIN_MS, () => this.#open && document.visibilityState === 'visible' && void this.#lookWhoIsThere());
  }

  ticket(): Ticket | undefined {
    return this.#chat?.ticket ?? this.memory.load();
  }

  async start(again = false): Promise<void> {
    fill(this.#body, loadingState(say('chat.connecting'), 2));
    const kept = this.memory.load();
    const fetching = kept && (kept.who ? fetched(identity).then((code) => code?.settled(this).then(() => fetched(conversation))) : fetched(conversation));
    // The page may have said it before there was an app to hear it.
    void this.#identify();
    const reached = await this.#lookWhoIsThere();
    const waiting = takeFirst();
    this.#answers = waiting?.answers;
    const code = await fetching;
    // What was somebody else's is forgotten by now.
    const ticket = this.memory.load();
    if (ticket && code) this.#resume(code, ticket);
    else if (!ticket && this.#config) void this.#welcome();
    // Some browsers never ask again for a script they could not get once, until the page is loaded anew.
    else if (ticket && again && reached) return location.reload();
    else this.#cannotStart();
    this.link.tell({ brigade: 1, type: 'ready' });
    if (waiting && !ticket) {
      const putBack = () => {
        new Drafts('visitor', 'new').text = waiting.text;
        void this.#welcome();
      };
      void this.#begin(waiting.text, waiting.id, putBack, true);
    }
  }

  /** Whether an answer came. */
  async #lookWhoIsThere(): Promise<boolean> {
    try {
      this.#config = await this.site.config(this.link.page);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // What was known stays on the screen; the banner speaks of the connection.
      if (!this.#config) setText(this.#there, error.message);
      return false;
    }
    setText(this.#name, this.#config.tenant.name);
    document.title = say('chat.with', { name: this.#config.tenant.name });
    setText(this.#there, presenceLine(this.#config));
    this.#light.classList.toggle(c('on'), this.#config.staff_online);
    // Each page may have its own: nothing is said before it is known which this is.
    if (this.link.page) setText(this.#greeting, heard(this.#config.greeting[this.#config.staff_online ? 'online' : 'offline']));
    if (this.#card) this.#card.root.hidden = this.#config.staff_online && !this.#card.root.contains(document.activeElement);
    return true;
  }

  /** Before the first message. */
  async #welcome(): Promise<void> {
    this.#forgetButton.hidden = true;
    const questions = this.#config?.questions;
    if (questions?.[0] && !this.#answers) {
      const code = await fetched(() => import('./questions'));
      if (!code) return this.#cannotStart();
      this.#answers = await code.askFirst(questions, this.link, this.#body, this.#greeting);
    }
    const composer = this.#owned.add(new Composer({ placeholder: say('chat.write'), drafts: new Drafts('visitor', 'new') }));
    this.#owned.add(composer.written.on((written) => {
      if (written.kind === 'send') void this.#begin(written.text, newUuid(), () => composer.restore(written.text));
    }));
    let fetching: Promise<unknown> | undefined;
    this.#owned.add(composer.typing.on(() => void (fetching ??= fetched(conversation))));
    fill(this.#body, el('div', { class: c('start') }, this.#greeting), composer.root);
    if (this.#open) composer.focus();
  }

  #cannotStart(): void {
    const again = button({ label: say('again'), kind: 'primary' });
    this.#owned.listen(again, 'click', () => void this.start(true));
    fill(this.#body, emptyState({ icon: offlineIcon, title: say('chat.unreachable'), text: say('chat.unreachable.why'), action: again }));
  }

  /** Begins the conversation with its first message; a reload in between goes on with it. */
  async #begin(text: string, id: string, putBack: () => void, again = false): Promise<void> {
    if (this.#beginning) return putBack();
    this.#beginning = true;
    this.#say(null);
    keepFirst(text, id, this.#answers);
    const code = await fetched(conversation);
    // The server is there and the script is not: the chat was renewed meanwhile, or this browser never asks twice. A fresh page goes on.
    if (!code && !again && (await this.#lookWhoIsThere())) return location.reload();
    try {
      if (!code) throw new ApiError('OFFLINE', say('chat.unreachable.why'));
      const ticket = await this.site.begin(this.link.page, this.#answers);
      this.#answers = undefined;
      this.memory.save(ticket);
      // What was written meanwhile goes along.
      const meanwhile = new Drafts('visitor', 'new');
      new Drafts('visitor', ticket.conversation).text = meanwhile.text;
      meanwhile.text = '';
      this.#resume(code, ticket);
      this.#chat?.first(text, id);
      void this.#identify().then(() => this.#afterWriting());
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      putBack();
      const { code: why, message: problem, retryAfter } = error;
      const quick = why === 'RATE_LIMITED' && retryAfter;
      this.#say(quick ? say('chat.quick', { n: Math.ceil(quick) }) : say('chat.kept', { problem }));
    } finally {
      forgetFirst();
      this.#beginning = false;
    }
  }

  #resume(code: Conversation, ticket: Ticket): void {
    this.#chat?.dispose();
    const chat = new code.Chat(this.site, ticket, () => this.#greeting, () => this.#open && document.visibilityState === 'visible');
    this.#chat = chat;
    this.#forgetButton.hidden = false;
    chat.unread.on((count) => this.link.tell({ brigade: 1, type: 'unread', count }));
    chat.wrote.on(() => {
      this.#say(null);
      void this.#afterWriting();
    });
    // Not everybody at once, when somebody comes to a full house.
    chat.staff.on(() => setTimeout(() => void this.#lookWhoIsThere(), Math.random() * STAGGER_MS));
    chat.over.on((why) => void this.#over(why));
    this.#forgetButton.before(chat.tools);
    fill(this.#banner, this.#notice, chat.banner);
    fill(this.#body, chat.root);
  }

  /** Nobody is there to answer: offer to be reached elsewhere, once. */
  async #afterWriting(): Promise<void> {
    const chat = this.#chat;
    if (!chat || chat.ticket.contact || this.#card || this.#config?.staff_online !== false) return;
    const code = await fetched(() => import('./contact-card'));
    if (!code || this.#card || this.#chat !== chat) return;
    this.#card = new code.ContactCard(chat, () => {
      this.memory.save(chat.ticket);
      this.#card = undefined;
    }, (text) => this.#say(text));
  }

  async #over(why: 'moved' | 'gone'): Promise<void> {
    const chat = this.#chat;
    this.#chat = undefined;
    // Another tab may have begun a new one, perhaps somebody else's.
    if (this.memory.load()?.token === chat?.ticket.token) this.memory.forget();
    chat?.forget();
    chat?.dispose();
    this.#forgetButton.hidden = true;
    const fresh = button({ label: say('chat.fresh'), kind: 'quiet' });
    this.#owned.listen(fresh, 'click', () => void this.#welcome());
    fill(this.#body, fresh);
    const code = await fetched(() => import('./ending'));
    if (code && fresh.isConnected) fill(this.#body, code.ending(why, fresh));
  }

  async #forget(): Promise<void> {
    const chat = this.#chat;
    if (!chat) return;
    const code = await fetched(() => import('./forget'));
    const outcome = code ? await code.forgetChat(this.site, chat.ticket.token) : say('chat.unreachable.why');
    if (typeof outcome === 'string') return this.#say(outcome);
    if (!outcome) return;
    this.drop();
  }

  /** Nothing of the chat stays in this browser. */
  drop(): void {
    this.#chat?.forget();
    this.#chat?.dispose();
    this.#chat = this.#card = this.#answers = undefined;
    this.memory.forget();
    this.link.who ||= '';
    fill(this.#banner, this.#notice);
    this.link.tell({ brigade: 1, type: 'forgotten' });
    void this.#welcome();
  }

  seen(text = say('chat.privacy')): void {
    setText(this.#privacy, text);
  }

  /** The page has said who is here, or that they have gone. */
  async #identify(): Promise<void> {
    const { who } = this.link;
    if (!who && who !== null) return;
    const code = await fetched(identity);
    if (code) await code.identify(this);
    else if (who === null) this.drop();
    else this.link.tell({ brigade: 1, type: 'identify_failed', code: 'OFFLINE' });
  }

  #opened(open: boolean): void {
    this.#open = open;
    if (!open) return;
    void this.#lookWhoIsThere();
    if (this.#chat) this.#chat.focus();
    else this.#body.querySelector<HTMLElement>('textarea,input')?.focus();
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Escape' && !event.defaultPrevented) this.link.tell({ brigade: 1, type: 'close' });
  }

  #say(text: string | null): void {
    this.#notice.hidden = text === null;
    setText(this.#notice, text ?? '');
  }
}

/** A button of the head. */
function tool(label: string, strokes: Icon, hidden = false): HTMLButtonElement {
  return el('button', { type: 'button', class: c('tool'), 'aria-label': label, title: label, hidden }, icon(strokes));
}

/** A part of the chat that is not there from the beginning, asked for twice; `undefined` when it is not to be had. */
async function fetched<T>(load: () => Promise<T>): Promise<T | undefined> {
  try {
    return await load();
  } catch {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    return load().catch(() => undefined);
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

/** Written by nobody but `keepFirst`, or not there. */
function takeFirst(): First | undefined {
  const kept = remembered(FIRST, 'sessionStorage');
  forgetFirst();
  return kept === null ? undefined : JSON.parse(kept) as First;
}
