import { me, type SignedIn } from '../../api/session';
import { call } from '../../api/session';
import type { Disposable } from '../../base/disposables';
import { ConversationView } from '../../components/conversation-view/conversation-view';
import { viewActions } from '../../components/conversation-view/view-actions';
import { DraftKeeper } from '../../components/drafts/draft-keeper';
import { keepDrafts, type DraftShelf } from '../../components/drafts/shelf';
import { emptyState, loadingState } from '../../components/empty/empty';
import type { ConversationChange } from '../../live/conversation-store';
import { followLog } from '../../live/follow-log';
import { followConversation, type LiveConversation } from '../../live/live-conversation';
import type { AccountState } from '../../live/protocol.gen';
import { applyToAccount, StateStore } from '../../live/state-store';
import type { Session } from '../../session/start';
import { el, fill } from '../../ui/dom';
import { alertIcon, chatIcon, sendIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { managerCard, membersCard, stepsCard } from './manager-card';
import styles from './chat.module.css';

const c = mustClass(styles);
const CONVERSATION = 'Conversation';
const ACCOUNT_MS = 1_500;
const ACCOUNT_TRIES = 8;

/** A client's page: the conversation with the business, who looks after the account, and where the two stand. */
export class ChatPage {
  readonly root = el('main', { class: c('page') });
  #session: Session;
  #live: LiveConversation | undefined;
  #view: ConversationView | undefined;
  #drafts: DraftShelf;
  #account: StateStore<AccountState> | undefined;
  #watching: { who: string; held: Disposable } | undefined;
  #middle = el('section', { class: c('conversation'), 'aria-label': 'Conversation' }, loadingState('Loading your conversation', 4));
  #manager = el('div', {});
  #standing = el('div', { class: c('standing') });
  /** On a phone it is folded away: the conversation is what one came for. */
  #about = el('details', { class: c('about') }, el('summary', {}, 'Your account'), this.#standing);
  #side = el('div', { class: c('side') }, this.#manager, this.#about);

  constructor(session: Session) {
    this.#session = session;
    this.#drafts = keepDrafts(session);
    fill(this.root, this.#middle, this.#side);
    const wide = matchMedia('(min-width: 56.01rem)');
    const unfold = () => void (this.#about.open = wide.matches);
    session.owned.listen(wide, 'change', unfold);
    unfold();
    session.owned.add(session.presence.changed.on(() => this.#drawSide()));
    session.actions.add([
      { id: 'write', label: 'Write a message', words: 'answer reply', icon: sendIcon, group: CONVERSATION, when: () => this.#view !== undefined, run: () => this.#view?.composer.focus() },
      ...viewActions(() => this.#view, CONVERSATION),
    ]);
    const account = session.who.accounts[0];
    if (account) this.#begin(account);
    else this.#waitForAccount(0);
  }

  #begin(account: SignedIn['accounts'][number]): void {
    this.#followAccount(account.id);
    if (account.conversation) this.#followConversation(account.conversation);
  }

  /** Right after an invitation was accepted the account is still being made. */
  #waitForAccount(tries: number): void {
    if (tries === ACCOUNT_TRIES) {
      return fill(this.#middle, emptyState({ icon: chatIcon, title: 'No account yet', text: `Ask ${this.#session.tenant.name} for an invitation.` }));
    }
    this.#session.owned.after(ACCOUNT_MS, () => void me().then(({ accounts: [account] }) => (account ? this.#begin(account) : this.#waitForAccount(tries + 1)),
      () => this.#waitForAccount(tries)));
  }

  #followAccount(id: string): void {
    const { client, owned } = this.#session;
    const store = this.#account = new StateStore(applyToAccount);
    owned.add(store.changed.on(() => {
      this.#drawSide();
      const conversation = store.state?.conversations.at(-1);
      if (conversation && !this.#live) this.#followConversation(conversation);
      else if (!conversation && !this.#live) fill(this.#middle, emptyState({ icon: chatIcon, title: 'Nothing here yet', text: 'Your conversation appears here as soon as it is handed over.' }));
    }));
    owned.add(followLog(client, `account:${id}`, store));
  }

  #followConversation(id: string): void {
    const { client, owned } = this.#session;
    this.#live = owned.add(followConversation(client, id));
    owned.add(this.#live.store.changed.on((change) => this.#changed(id, change)));
  }

  #changed(id: string, change: ConversationChange): void {
    if (change.kind === 'refused') {
      return fill(this.#middle, emptyState({ icon: alertIcon, title: 'Your conversation cannot be shown', text: change.error.message }));
    }
    if (!this.#view) this.#show(id);
    if (change.kind === 'reset' || change.kind === 'facts') this.#drawSide();
  }

  #show(id: string): void {
    const { client, tenant, owned } = this.#session;
    const live = this.#live!;
    const keeper = owned.add(new DraftKeeper({ shelf: this.#drafts, conversation: id, live, me: client.me }));
    this.#view = owned.add(new ConversationView({
      client, live: { ...live, typing: keeper.hush(live.typing) }, ask: call, customer: true,
      composer: { placeholder: `Write to ${tenant.name}`, drafts: keeper.drafts },
      // What the client wrote as a visitor is theirs.
      isMe: (party) => party === this.#live?.store.state?.visitor,
      beginning: () => 'Your conversation begins here.',
    }));
    keeper.join(this.#view);
    fill(this.#middle, this.#view.root);
    this.#view.composer.focus();
  }

  #drawSide(): void {
    const account = this.#account?.state;
    const state = this.#live?.store.state;
    const manager = account?.manager ?? state?.assignee ?? undefined;
    const name = manager === undefined ? undefined : state?.people[manager]?.name;
    this.#watch(manager);
    fill(this.#manager,
      managerCard(this.#session.tenant.name, manager !== undefined && name !== undefined ? { id: manager, name } : undefined, manager === undefined ? undefined : this.#session.presence.of(manager)));
    this.#about.hidden = !account;
    fill(this.#standing, account ? stepsCard(account, name) : null, account ? membersCard(account, this.#session.who.user.id) : null);
  }

  #watch(who: string | undefined): void {
    if (this.#watching?.who === (who ?? '')) return;
    const before = this.#watching?.held;
    this.#watching = { who: who ?? '', held: this.#session.presence.watch(who ? [who] : []) };
    before?.dispose();
  }
}
