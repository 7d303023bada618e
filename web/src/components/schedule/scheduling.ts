import { Disposables, type Disposable } from '../../base/disposables';
import { ask } from '../../live/ask';
import type { LiveClient } from '../../live/client';
import type { LiveConversation } from '../../live/live-conversation';
import type { ConversationTopic } from '../../live/conversation';
import type { ConversationCommand, Hours, Party, Scheduled, Seq } from '../../live/protocol.gen';
import { el, setText } from '../../ui/dom';
import { clockIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { button } from '../button/button';
import { MAX_CHARACTERS } from '../composer/composer';
import type { ConversationView } from '../conversation-view/conversation-view';
import { openDialog } from '../dialog/dialog';
import type { Toasts } from '../toast/toast';
import styles from './schedule.module.css';
import { ScheduledList, type ScheduledAction } from './scheduled-list';
import { momentIn } from './zone';

const c = mustClass(styles);

/** The dialog is loaded when it first opens. */
const dialog = () => import('./schedule-dialog');

interface Parts {
  client: LiveClient;
  live: LiveConversation;
  me: Party;
  toasts: Toasts;
  nameOf: (who: Party) => string;
  /** What the customer is called. */
  customer: () => string;
  mentionedIn: (text: string) => Party[];
  /** By whose clock it is sent, and when they open. */
  business: () => { zone: string; hours: Hours } | undefined;
}

const ALWAYS: Hours = { week: [], closed: [] };

/** Sending later: its button beside Send, what waits above, and what is done with that. */
export class Scheduling implements Disposable {
  #parts: Parts;
  #owned = new Disposables();
  #list: ScheduledList;
  #view: ConversationView | undefined;
  /** What is scheduled is seen above; who sees nothing hears it. */
  #aloud = el('div', { class: 'visually-hidden', role: 'status' });
  #tool = button({ label: 'Send later', icon: clockIcon, kind: 'plain', bare: true }, { title: 'Send later (Ctrl+Shift+Enter)' });

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#list = this.#owned.add(new ScheduledList({ live: parts.live, me: parts.me, nameOf: parts.nameOf, customer: parts.customer, zone: () => this.#business.zone }));
    this.#owned.add(this.#list.actions.on(({ action, item }) => void this.#do(action, item)));
    this.#owned.listen(this.#tool, 'click', () => void this.sendLater());
  }

  /** Takes its places around the composer. */
  join(view: ConversationView): void {
    this.#view = view;
    view.root.insertBefore(this.#list.root, view.composer.root);
    view.root.append(this.#aloud);
    const row = this.#input.parentElement!;
    row.classList.add(c('narrow'));
    row.append(this.#tool);
    this.#owned.listen(this.#input, 'keydown', (event) => {
      if (event.key !== 'Enter' || !event.shiftKey || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
      event.preventDefault();
      void this.sendLater();
    });
  }

  /** Who works here, or the clock of the business, is known now. */
  draw(): void {
    this.#list.draw();
  }

  /** Asks when what is written is sent. */
  async sendLater(): Promise<void> {
    const { client, live, mentionedIn } = this.#parts;
    const view = this.#view;
    const refusal = this.refusal();
    if (!view || refusal !== undefined) return this.#complain(refusal ?? '');
    const text = this.#input.value.trim();
    const { quoted } = view.composer;
    const seen = live.store.newest?.seq ?? 0;
    let when = '';
    const { scheduleDialog } = await dialog();
    const mentions = mentionedIn(text);
    const scheduled = await scheduleDialog({
      ...this.#business, customer: this.#parts.customer(),
      save: ({ sendAt, careful }) => {
        when = sendAt.toISOString();
        return client.command(live.topic, 'schedule', {
          text, send_at: when, ...(quoted && { reply_to: quoted.seq }), ...(mentions[0] && { mentions }), ...(careful && { unless_reply_after: seen }),
        }).done;
      },
    });
    if (!scheduled) return view.composer.focus();
    this.#empty(view);
    setText(this.#aloud, `Scheduled: ${momentIn(when, this.#business.zone)}.`);
  }

  /** Why what is written cannot be sent later, if it cannot. */
  refusal(): string | undefined {
    const view = this.#view;
    const text = this.#input.value.trim();
    if (!view || view.composer.mode === 'edit') return 'Finish changing the other message first.';
    if (view.composer.mode === 'note') return 'Internal notes are added at once. Choose Reply to send something later.';
    // Files are taken away when nobody sends them within a day.
    if (view.composer.root.querySelector('.f-tile')) return 'Files cannot be sent later. Take them off, or send them now.';
    if (text === '') return 'Write the message first, then choose when it is sent.';
    return [...text].length > MAX_CHARACTERS ? 'This is too long. A message has 4,000 characters at most.' : undefined;
  }

  dispose(): void {
    this.#owned.dispose();
    this.#tool.remove();
    this.#aloud.remove();
  }

  get #input(): HTMLTextAreaElement {
    return this.#view!.composer.root.querySelector('textarea')!;
  }

  get #business(): { zone: string; hours: Hours } {
    return this.#parts.business() ?? { zone: Intl.DateTimeFormat().resolvedOptions().timeZone, hours: ALWAYS };
  }

  #empty({ composer }: ConversationView): void {
    composer.quoted = undefined;
    this.#input.value = '';
    // Draws it, and takes the draft away.
    composer.setMode('send');
    composer.focus();
  }

  async #do(action: ScheduledAction, item: Scheduled): Promise<void> {
    switch (action) {
      case 'send': return this.#sendNow(item);
      case 'change': return this.#change(item);
      case 'cancel': return this.#cancel(item);
    }
  }

  async #sendNow({ item, by }: Scheduled): Promise<void> {
    if (by !== this.#parts.me) {
      const wanted = await openDialog({
        title: 'Send it under your name?', body: [`${this.#parts.nameOf(by)} wrote this. ${this.#parts.customer()} sees it as your message.`], submit: { label: 'Send as mine' },
      });
      if (!wanted) return;
    }
    await this.#ask({ type: 'send_now', body: { item } });
  }

  async #change({ item, text, send_at, unless_reply_after: after }: Scheduled): Promise<void> {
    const { client, live } = this.#parts;
    const { scheduleDialog } = await dialog();
    const seen = live.store.newest?.seq ?? 0;
    await scheduleDialog({
      ...this.#business, customer: this.#parts.customer(), before: { text, sendAt: new Date(send_at), careful: after !== null },
      save: (chosen) => client.command(live.topic, 'reschedule', {
        item, text: chosen.text ?? text, send_at: chosen.sendAt.toISOString(), ...(chosen.careful && { unless_reply_after: seen }),
      }).done,
    });
  }

  /** What was written is not lost: it is given back, to write it otherwise or to send it now. */
  async #cancel({ item, by, text }: Scheduled): Promise<void> {
    if (!await this.#ask({ type: 'unschedule', body: { item } })) return;
    const giveBack = () => {
      const view = this.#view;
      if (!view) return;
      if (view.composer.mode !== 'send') view.composer.setMode('send');
      view.composer.restore(text);
    };
    if (by === this.#parts.me) {
      giveBack();
      this.#parts.toasts.show({ text: 'It is not sent. The text is back where you write.' });
    } else {
      this.#parts.toasts.show({ text: `The message of ${this.#parts.nameOf(by)} is not sent.`, action: { label: 'Write it yourself', run: giveBack } });
    }
  }

  async #ask(command: ConversationCommand): Promise<Seq | undefined> {
    return ask(this.#parts.client.queue, this.#parts.live.topic as ConversationTopic, command).catch((error: Error) => {
      this.#complain(error.message);
      return undefined;
    });
  }

  #complain(text: string): void {
    this.#parts.toasts.show({ text: text === '' ? 'This did not work. Try again.' : text, danger: true });
  }
}
