import { ReplyShelf } from '../../api/replies';
import { takeBack } from '../../api/tenant';
import type { Disposable } from '../../base/disposables';
import { Details, type DetailAction } from '../../components/details/details';
import { chooseManager, takeStep } from '../../components/account/actions';
import { confirmLoss } from '../../components/dialog/dialog';
import { keepDrafts, type DraftShelf } from '../../components/drafts/shelf';
import { emptyState } from '../../components/empty/empty';
import { SearchResults } from '../../components/inbox-list/search-results';
import { listenForKeys } from '../../components/palette/keys';
import { PALETTE_KEYS } from '../../components/palette/opener';
import { untilText } from '../../components/time-text/time-text';
import { followLog } from '../../live/follow-log';
import type { AccountState, InboxItem, Seq, TenantState } from '../../live/protocol.gen';
import { applyToAccount, StateStore } from '../../live/state-store';
import type { Session } from '../../session/start';
import { fill } from '../../ui/dom';
import { chatIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { BulkActions } from './bulk/bulk-actions';
import { ConversationActions } from './conversation-actions';
import { ConversationPane, type PaneAction, type Team } from './conversation-pane';
import type { Front } from './front';
import { declareInboxActions } from './inbox-actions';
import { tellOfGiven } from './given';
import { inviteDialog } from './invite-dialog';
import type { Desk } from './questions';
import { showKeys } from './shortcuts';
import { tellOfUnsent } from './unsent';
import { InboxViews } from './views';
import styles from './inbox.module.css';

const c = mustClass(styles);

/** The inbox: list, conversation, details. Which conversation is open is in the address. */
export class InboxPage {
  #front: Front;
  #session: Session;
  #tenant: StateStore<TenantState>;
  #replies = new ReplyShelf();
  #drafts: DraftShelf;
  #pane: ConversationPane | undefined;
  #details: Details;
  #account: { id: string; store: StateStore<AccountState>; held: Disposable } | undefined;
  #desk: Desk = { staff: () => this.#front.staff, nameOf: (who) => this.#front.nameOf(who), labels: () => this.#labels, teams: () => this.#teams };
  #actions: ConversationActions;
  #bulk: BulkActions;

  /** Goes on from `front`; `tenant` is the business, live: its labels may change at any time. */
  constructor(front: Front, tenant: StateStore<TenantState>) {
    const { session, list, topic } = front;
    this.#front = front;
    this.#session = session;
    this.#tenant = tenant;
    this.#actions = new ConversationActions(session, this.#desk, () => this.#pane);
    const { client, owned, who } = session;
    this.#drafts = keepDrafts(session);
    list.hasDraft = (id) => this.#drafts.has(id);
    owned.add(this.#drafts.changed.on(() => list.refresh()));
    this.#bulk = new BulkActions(session, this.#desk, list);
    owned.add(new InboxViews(session, this.#desk, list));
    this.#details = owned.add(new Details(session.presence));
    this.#details.root.classList.add(c('details'));
    front.root.append(this.#details.root);
    const meant = front.takeOver();
    owned.add(list.chosen.on((id) => this.open(id, true)));
    const results = new SearchResults((who) => front.nameOf(who));
    owned.add(results.chosen.on(({ id, seq }) => this.open(id, true, seq)));
    list.setResults(results);
    owned.add(list.filtered.on(() => this.#rememberFilter()));
    owned.add(list.counted.on(() => this.#title()));
    owned.add(front.staffChanged.on(() => this.#deskChanged()));
    owned.add(tenant.changed.on(() => this.#deskChanged()));
    owned.add(tellOfUnsent({
      queue: client.queue, current: () => this.#pane?.id, nameOf: (id) => topic.get(id)?.name,
      open: (id) => this.open(id, true), show: (toast) => session.toasts.show(toast),
    }));
    owned.add(list.dues.changed.on(() => this.#drawDetails()));
    owned.add(list.dues.soon.on((item) => this.#warn(item)));
    owned.add(tellOfGiven({ topic, me: who.user.id, current: () => this.#pane?.id, open: (id) => this.open(id, true), show: (toast) => session.toasts.show(toast) }));
    owned.add(this.#details.actions.on((action) => void this.#detail(action)));
    owned.listen(window, 'popstate', () => this.#fromAddress());
    owned.listen(document, 'keydown', (event) => this.#escape(event as KeyboardEvent));
    this.#declareActions();
    owned.add(listenForKeys(session.actions));
    this.#fromAddress();
    if (meant !== undefined) this.open(meant, true);
    if (session.notices) {
      session.notices.opener = (id) => this.open(id, true);
      session.notices.watch(() => this.#pane?.id);
    }
    front.pressAgain();
  }

  get #list(): Front['list'] {
    return this.#front.list;
  }

  /** Opens a conversation, at one message if one is meant; `visit` makes a step in the browser's history, so that Back leads to the list on a phone. */
  open(id: string | undefined, visit: boolean, seq?: Seq): void {
    if (this.#pane?.id === id && id !== undefined) return seq === undefined ? this.#pane?.view?.composer.focus() : this.#pane?.jumpTo(seq);
    this.#pane?.dispose();
    this.#pane = undefined;
    this.#dropAccount();
    this.#list.setCurrent(id);
    this.#front.showOpened(id !== undefined);
    this.#details.root.classList.remove(c('shown'));
    this.#details.root.hidden = id === undefined;
    if (visit) history.pushState(null, '', this.#address(id));
    if (id === undefined) return this.#showNothing();
    this.#pane = new ConversationPane(this.#session, id, this.#team, this.#drafts);
    this.#pane.actions.on((action) => void this.#act(action));
    this.#pane.changed.on(() => this.#drawDetails());
    fill(this.#front.middle, this.#pane.root);
    if (seq !== undefined) this.#pane.jumpTo(seq);
    this.#session.notices?.looked();
    this.#pane.root.querySelector<HTMLElement>('textarea')?.focus();
  }

  /** Shows what the keys do. */
  showKeys(): void {
    void showKeys(this.#session.actions);
  }

  get #team(): Team {
    return {
      nameOf: (who) => this.#front.nameOf(who),
      replies: this.#replies,
      teams: () => this.#teams,
      business: () => this.#tenant.state,
      mentionable: () => this.#front.staff.filter(({ id }) => id !== this.#session.who.user.id),
    };
  }

  #address(id: string | undefined): string {
    const query = new URLSearchParams();
    if (id !== undefined) query.set('c', id);
    const { key, label, team } = this.#list.chooser;
    if (key !== 'open') query.set('f', key);
    if (label !== '') query.set('l', label);
    if (team !== '') query.set('t', team);
    const text = query.toString();
    return text === '' ? '/inbox' : `/inbox?${text}`;
  }

  #fromAddress(): void {
    this.#front.chooseFromAddress();
    const query = new URLSearchParams(location.search);
    const asked = query.get('c');
    const id = asked !== null && /^cnv_\w+$/.test(asked) ? asked : undefined;
    const seq = Number(query.get('m'));
    this.open(id, false, Number.isSafeInteger(seq) && seq > 0 ? seq : undefined);
    history.replaceState(null, '', this.#address(id));
    // Another page asks for what was said; the address does not keep it.
    const words = query.get('q');
    if (words) requestAnimationFrame(() => this.#list.find(words));
  }

  get #labels() {
    return this.#tenant.state?.labels ?? {};
  }

  get #teams() {
    return this.#tenant.state?.teams ?? {};
  }

  /** Who works here, or how the business is set up. */
  #deskChanged(): void {
    this.#pane?.teamChanged();
    this.#drawDetails();
  }

  #rememberFilter(): void {
    history.replaceState(null, '', this.#address(this.#pane?.id));
  }

  #showNothing(): void {
    fill(this.#front.middle, emptyState({ icon: chatIcon, title: 'Choose a conversation', text: `Or press j for the first one, ${PALETTE_KEYS} for everything that can be done, and ? for what the keys do.` }));
  }

  #title(): void {
    const waiting = this.#list.numberOf('waiting');
    document.title = `${waiting === '' ? '' : `(${waiting}) `}Inbox · Brigade`;
  }

  /** Of one's own, and of what nobody has taken: somebody else's is theirs. */
  #warn(item: InboxItem): void {
    if (item.assignee !== null && item.assignee !== this.#session.who.user.id) return;
    this.#session.toasts.show({
      text: `An answer to ${item.name} is due in ${untilText(item.answer_due!.at)}.`,
      ...(this.#pane?.id !== item.id && { action: { label: 'Open', run: () => this.open(item.id, true) } }),
    });
  }

  async #act(action: PaneAction): Promise<void> {
    switch (action) {
      case 'assign': return this.#actions.assign();
      case 'resolve':
      case 'reopen': return this.#actions.settle(action);
      case 'snooze': return this.#actions.snooze();
      case 'back': return this.open(undefined, true);
      case 'details': return this.#overlay(!this.#details.root.classList.contains(c('shown')));
    }
  }

  async #detail(action: DetailAction): Promise<void> {
    const account = this.#account?.store.state;
    switch (action) {
      case 'close': return this.#overlay(false);
      case 'assign': return this.#actions.assign();
      case 'priority': return this.#actions.prioritise();
      case 'labels': return this.#actions.label();
      case 'invite': return this.#invite();
      case 'take_back': return this.#takeBack();
      case 'manager': return account && chooseManager(this.#session, this.#front.staff, account);
      case 'advance': return account && takeStep(this.#session, account);
      case 'block': return this.#actions.block();
      case 'unblock': return this.#actions.unblock();
      case 'transcript': return this.#actions.sendCopy();
    }
  }

  async #invite(): Promise<void> {
    const state = this.#pane?.state;
    if (!state || state.account !== null) return;
    const address = await inviteDialog(state);
    if (address) this.#session.toasts.show({ text: `The invitation is on its way to ${address}.` });
  }

  async #takeBack(): Promise<void> {
    const pane = this.#pane;
    if (!pane) return;
    const sure = await confirmLoss({
      title: 'Take this conversation back?',
      text: 'The account and its people no longer see it. It becomes a site conversation again, and this is written into the audit log.',
      yes: 'Take it back',
    });
    if (!sure) return;
    await takeBack(pane.id).catch((error: Error) => this.#actions.complain(error));
  }

  #drawDetails(): void {
    const state = this.#pane?.state;
    if (!state) return;
    this.#followAccount(state.account);
    this.#details.draw({
      state, account: this.#account?.store.state, me: this.#session.who.user.id, admin: this.#session.who.kind === 'admin', labels: this.#labels, teams: this.#teams, nameOf: (who) => this.#front.nameOf(who),
    });
  }

  #followAccount(id: string | null): void {
    if (this.#account?.id === (id ?? undefined)) return;
    this.#dropAccount();
    if (id === null) return;
    const store = new StateStore(applyToAccount);
    store.changed.on(() => this.#drawDetails());
    this.#account = { id, store, held: followLog(this.#session.client, `account:${id}`, store) };
  }

  /** Where there is no room beside the conversation, the details lie over it; the focus goes with them and comes back. */
  #overlay(shown: boolean): void {
    this.#details.root.classList.toggle(c('shown'), shown);
    if (shown) this.#details.focus();
    else this.#pane?.root.querySelector<HTMLElement>('[data-action=details]')?.focus();
  }

  #dropAccount(): void {
    this.#account?.held.dispose();
    this.#account = undefined;
  }

  #escape(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    if (this.#details.root.classList.contains(c('shown'))) this.#overlay(false);
    else if ((event.target as Element).closest('textarea, input:not([type=checkbox])')) this.#list.focus();
    else this.#list.selection.clear();
  }

  #declareActions(): void {
    declareInboxActions(this.#front.actions, {
      session: this.#session, desk: this.#desk, list: this.#list, one: this.#actions, many: this.#bulk,
      items: () => this.#front.topic.values(), pane: () => this.#pane, account: () => this.#account?.store.state,
      open: (id) => this.#goTo(id, true), step: (by) => this.#step(by), write: (mode) => this.#write(mode),
      showList: () => this.#showList(), showKeys: () => this.showKeys(),
      head: (action) => this.#act(action), detail: (action) => this.#detail(action),
    });
  }

  /** Opens the next or the previous one of the list. */
  #step(by: 1 | -1): void {
    const id = this.#list.neighbour(by);
    if (id === undefined) return;
    this.#goTo(id, false);
    history.replaceState(null, '', this.#address(id));
  }

  /** Opens a conversation by keyboard: the focus goes to its line, where single keys are keys. */
  #goTo(id: string, visit: boolean): void {
    this.open(id, visit);
    requestAnimationFrame(() => this.#list.focus());
  }

  /** A phone shows the list or the conversation. */
  #showList(): void {
    if (!this.#list.root.checkVisibility()) this.open(undefined, true);
  }

  #write(mode: 'send' | 'note'): void {
    this.#pane?.view?.composer.setMode(mode);
    this.#pane?.view?.composer.focus();
  }
}
