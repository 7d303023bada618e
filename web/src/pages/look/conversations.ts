import { ApiError } from '../../api/http';
import { call } from '../../api/session';
import { Disposables, type Disposable } from '../../base/disposables';
import { avatar } from '../../components/avatar/avatar';
import { busy, button } from '../../components/button/button';
import { statusText } from '../../components/details/details';
import { emptyState, loadingState } from '../../components/empty/empty';
import { choiceField } from '../../components/field/field';
import { MessageList } from '../../components/message-list/message-list';
import { timeElement } from '../../components/time-text/time-text';
import { applyForStaff } from '../../live/desk';
import type { ConversationState, InboxItem, Party } from '../../live/protocol.gen';
import { followConversation } from '../../live/live-conversation';
import type { Looking } from '../../session/start';
import { el, fill } from '../../ui/dom';
import { alertIcon, backIcon, chatIcon, inboxIcon } from '../../ui/icons';
import { richText } from '../../ui/rich-text';
import { c } from './parts';

const PLACES = [{ value: 'open', label: 'Open' }, { value: 'snoozed', label: 'Snoozed' }, { value: 'resolved', label: 'Resolved' }] as const;
const NOTHING = { reply: () => false, react: () => false, edit: () => false, remove: () => false };

interface Page {
  items: InboxItem[];
  next: string | null;
}

/** The conversations of a business and what is said in one of them, to read. */
export class Conversations implements Disposable {
  readonly root: HTMLElement;
  #session: Looking;
  #owned = new Disposables();
  #shown = this.#owned.add(new Disposables());
  #place = choiceField({ label: 'Which', name: 'place' }, PLACES);
  #rows = el('ul', { class: c('rows') });
  #more = button({ label: 'Show more', kind: 'quiet' });
  #said = el('div', {});
  #pane = el('section', { class: c('pane'), 'aria-label': 'Conversation' });
  #next: string | null = null;
  #open: string | undefined;
  #asked = 0;

  constructor(session: Looking) {
    this.#session = session;
    const refresh = button({ label: 'Refresh', small: true });
    this.root = el('div', { class: c('panes') },
      el('nav', { class: c('list'), 'aria-label': 'Conversations' }, el('div', { class: c('controls') }, this.#place.root, refresh), this.#said, this.#rows, this.#more),
      this.#pane);
    this.#owned.listen(this.#place.input, 'change', () => void this.#load());
    this.#owned.listen(refresh, 'click', () => void busy(refresh, () => this.#load()));
    this.#owned.listen(this.#more, 'click', () => void busy(this.#more, () => this.#load(this.#next!)));
    void this.#load();
  }

  /** Shows one of them, or that none is chosen. */
  open(id: string | undefined): void {
    if (this.#open === id && this.#pane.firstChild) return;
    this.#open = id;
    this.#owned.drop(this.#shown);
    this.#shown = this.#owned.add(new Disposables());
    this.root.classList.toggle(c('reading'), id !== undefined);
    this.#mark();
    if (id === undefined) fill(this.#pane, emptyState({ icon: chatIcon, title: 'Choose a conversation', text: 'Opening one is noted in the audit log of the business.', level: 'h2' }));
    else this.#show(id, this.#shown);
  }

  dispose(): void {
    this.#owned.dispose();
    this.root.remove();
  }

  async #load(from?: string): Promise<void> {
    const mine = (this.#asked += 1);
    if (from === undefined) fill(this.#said, loadingState('Loading the conversations', 4));
    try {
      const page = await call<Page>('GET', `/v1/conversations?status=${this.#place.input.value}&limit=50${from === undefined ? '' : `&cursor=${encodeURIComponent(from)}`}`);
      if (mine !== this.#asked) return;
      if (from === undefined) fill(this.#rows);
      this.#rows.append(...page.items.map(row));
      this.#next = page.next;
      fill(this.#said, this.#rows.childElementCount > 0 ? null : emptyState({ icon: inboxIcon, title: 'No conversation is here', text: 'Choose others above.', level: 'h2' }));
      this.#mark();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      fill(this.#said, emptyState({ icon: alertIcon, title: 'They could not be loaded', text: error.message, level: 'h2' }));
    }
    this.#more.hidden = this.#next === null;
  }

  #mark(): void {
    for (const link of this.#rows.querySelectorAll('a')) {
      if (link.dataset['id'] === this.#open) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  }

  #show(id: string, owned: Disposables): void {
    const { client } = this.#session;
    const live = owned.add(followConversation(client, id, applyForStaff));
    const head = el('header', { class: c('head') });
    const body = el('div', { class: c('body') }, loadingState('Loading the conversation', 5));
    const nameOf = (who: Party) => live.store.state?.people[who]?.name ?? (who === 'system' ? 'Brigade' : 'Somebody');
    const back = button({ label: 'Back to the list', icon: backIcon, kind: 'plain', bare: true });
    back.classList.add(c('back'));
    owned.listen(back, 'click', () => void (location.hash = 'conversations'));
    let list: MessageList | undefined;
    fill(this.#pane, head, body);
    const draw = () => {
      const { state } = live.store;
      if (!state) return;
      fill(head, back, ...headOf(state, nameOf));
      if (list) return;
      list = owned.add(new MessageList({
        store: live.store, typing: live.typing, fetchOlder: (before) => call('GET', `${live.path}/messages?before=${before}&limit=50`), nameOf,
        pending: () => [], connected: () => client.connection.ready, abilities: NOTHING, beginning: () => 'The conversation begins here.',
      }));
      fill(body, list.root);
    };
    owned.add(live.store.changed.on((change) => {
      if (change.kind === 'refused') fill(body, emptyState({ icon: alertIcon, title: 'This conversation cannot be shown', text: change.error.message, level: 'h2' }));
      else draw();
    }));
    draw();
  }
}

function headOf(state: ConversationState, nameOf: (who: Party) => string): HTMLElement[] {
  const about = [statusText(state), state.kind === 'site' ? 'Site visitor' : 'Client', state.assignee === null ? 'nobody answers' : `${nameOf(state.assignee)} answers`];
  return [avatar({ name: state.name }), el('div', { class: c('who') }, el('h2', { class: c('name') }, el('bdi', {}, state.name)), el('span', { class: c('soft') }, about.join(' · ')))];
}

function row(item: InboxItem): HTMLElement {
  return el('li', {}, el('a', { class: c('row'), href: `#conversations/${item.id}`, 'data-id': item.id },
    avatar(item),
    el('span', { class: c('words') }, el('span', { class: c('name') }, el('bdi', {}, item.name)), el('span', { class: c('preview') }, item.preview === null ? 'Nothing written yet' : richText(item.preview).textContent)),
    item.last_message_at ? timeElement(item.last_message_at) : null));
}
