import type { ReplyShelf } from '../../api/replies';
import { call } from '../../api/session';
import { Disposables, type Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import { avatar, setPresence } from '../../components/avatar/avatar';
import { button } from '../../components/button/button';
import { staffModes } from '../../components/composer/modes';
import { MentionPicker, type Mentionable } from '../../components/composer/mention-picker';
import { allOf, ReplyPicker } from '../../components/composer/reply-picker';
import { ConversationView } from '../../components/conversation-view/conversation-view';
import { statusText } from '../../components/details/details';
import { DraftKeeper } from '../../components/drafts/draft-keeper';
import type { DraftShelf } from '../../components/drafts/shelf';
import { emptyState, loadingState } from '../../components/empty/empty';
import { Scheduling } from '../../components/schedule/scheduling';
import { teamOf, type Teams } from '../../components/team/team';
import { TeamLines } from '../../components/team/team-lines';
import { Answering } from '../../components/together/answering';
import { Onlookers } from '../../components/together/onlookers';
import { followConversation, type LiveConversation } from '../../live/live-conversation';
import type { ConversationChange } from '../../live/conversation-store';
import { applyForStaff, withLabel } from '../../live/desk';
import type { ConversationState, LabelOnBody, Party, Priority, Seq, TenantState } from '../../live/protocol.gen';
import type { Session } from '../../session/start';
import { el, fill } from '../../ui/dom';
import { alertIcon, backIcon, checkIcon, reopenIcon, snoozeIcon, userIcon, usersIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import styles from './inbox.module.css';

const c = mustClass(styles);

/** What is asked for in the head of a conversation. */
export type PaneAction = 'assign' | 'resolve' | 'reopen' | 'snooze' | 'back' | 'details';

/** What the pane needs to know of the team. */
export interface Team {
  nameOf: (who: Party) => string | undefined;
  mentionable: () => Mentionable[];
  /** The teams of the business. */
  teams: () => Teams;
  /** What it has ready to say. */
  replies: ReplyShelf;
  /** The business, once it is known. */
  business: () => TenantState | undefined;
}

/** The state with what was asked for and is not answered yet. */
export function withPendingFacts(state: ConversationState, pending: readonly { type: string; body: Record<string, unknown>; state: string }[]): ConversationState {
  const shown = { ...state };
  for (const each of pending) {
    if (each.state === 'failed') continue;
    if (each.type === 'assign') shown.assignee = (each.body['to'] as string | null) ?? null;
    else if (each.type === 'assign_team') shown.team = (each.body['team'] as string | null) ?? null;
    else if (each.type === 'resolve') shown.status = 'resolved';
    else if (each.type === 'reopen') [shown.status, shown.snoozed_until] = ['open', null];
    else if (each.type === 'snooze') [shown.status, shown.snoozed_until] = ['snoozed', each.body['until'] as string];
    else if (each.type === 'set_priority') shown.priority = each.body['priority'] as Priority;
    else if (each.type === 'label') {
      const { label, on } = each.body as unknown as LabelOnBody;
      shown.labels = withLabel(shown.labels, label, on);
    }
  }
  return shown;
}

/** What the button says that gives a conversation to somebody. */
function assignLabel(holder: string | null, assignee: string, team: string | undefined): string {
  if (holder !== null) return `Answered by ${assignee}. Assign to somebody else`;
  return team === undefined ? 'Assign' : `Given to ${team}. Assign to somebody`;
}

/** What the customer is called, if they have said so or their account has. */
export function customerName(state: ConversationState | undefined): string | undefined {
  if (!state) return undefined;
  const name = state.contact?.name ?? (state.account === null ? state.identity?.name : undefined);
  if (name) return name;
  const customers = Object.keys(state.people).filter((id) => state.people[id]!.side === 'customer' && !id.startsWith('vis_'));
  const wrote = state.messages.findLast(({ by }) => customers.includes(by))?.by ?? customers[0];
  return wrote === undefined ? undefined : state.people[wrote]!.name;
}

/** The open conversation: its head, its messages, its composer. */
export class ConversationPane implements Disposable {
  readonly root = el('section', { class: c('conversation'), 'aria-label': 'Conversation' });
  readonly actions = new Emitter<PaneAction>();
  /** Something of the state changed. */
  readonly changed = new Emitter<ConversationState>();
  readonly id: string;
  readonly live: LiveConversation;
  view: ConversationView | undefined;
  scheduling: Scheduling | undefined;
  #session: Session;
  #team: Team;
  #drafts: DraftShelf;
  #onlookers: Onlookers;
  #replies: ReplyPicker | undefined;
  #owned = new Disposables();
  #head = el('header', { class: c('head') });
  #body = el('div', { class: c('body') });
  #drawn = '';
  #jump: Seq | undefined;
  #watching: { who: string; held: Disposable } | undefined;

  constructor(session: Session, id: string, team: Team, drafts: DraftShelf) {
    this.#session = session;
    this.#team = team;
    this.#drafts = drafts;
    this.id = id;
    this.live = this.#owned.add(followConversation(session.client, id, applyForStaff));
    this.#onlookers = this.#owned.add(new Onlookers(session.client, this.live.topic, (who) => this.#nameOf(who)));
    fill(this.root, this.#head, this.#onlookers.root, this.#body);
    fill(this.#body, loadingState('Loading the conversation', 5));
    this.#drawHead(undefined);
    this.#owned.add(this.live.store.changed.on((change) => this.#stateChanged(change)));
    this.#owned.add(session.client.queue.changed.on((topic) => topic === this.live.topic && this.#redraw()));
    this.#owned.add(session.presence.changed.on(() => this.#redraw()));
    this.#owned.listen(this.#head, 'click', (event) => {
      const action = (event.target as Element).closest<HTMLElement>('[data-action]')?.dataset['action'];
      if (action) this.actions.emit(action as PaneAction);
    });
  }

  /** The state as it is shown. */
  get state(): ConversationState | undefined {
    const { state } = this.live.store;
    return state && withPendingFacts(state, this.#session.client.queue.of(this.live.topic));
  }

  /** Goes to one message, as soon as there are any. */
  jumpTo(seq: Seq): void {
    if (this.view) void this.view.list.jumpTo(seq);
    else this.#jump = seq;
  }

  /** Offers the canned replies, where one writes. */
  offerReplies(): void {
    this.#replies?.open();
  }

  /** Who works here is known now. */
  teamChanged(): void {
    this.#onlookers.draw();
    this.scheduling?.draw();
    this.view?.list.refresh();
    this.#redraw();
  }

  dispose(): void {
    this.#watching?.held.dispose();
    this.#owned.dispose();
    this.root.remove();
  }

  #stateChanged(change: ConversationChange): void {
    if (change.kind === 'refused') return this.#refused(change.error.message);
    if (!this.live.store.state) return;
    if (!this.view) this.#show();
    if (change.kind === 'reset' || change.kind === 'facts') this.#redraw();
  }

  #show(): void {
    const { client, tenant, who } = this.#session;
    const keeper = this.#owned.add(new DraftKeeper({
      shelf: this.#drafts, conversation: this.id, live: this.live, me: client.me, taken: (since) => answering.goOn(since),
    }));
    const answering = this.#owned.add(new Answering({
      client, live: this.live, nameOf: (party) => this.#nameOf(party), kept: keeper.begun,
      isColleague: (party) => this.#team.nameOf(party) !== undefined || this.live.store.state?.people[party]?.side === 'staff',
    }));
    let mentioned: MentionPicker | undefined;
    this.view = this.#owned.add(new ConversationView({
      client, live: { ...this.live, typing: keeper.hush(answering.writing) }, complete: answering.complete, nameOf: this.#team.nameOf, moderates: who.kind === 'admin',
      ask: call,
      composer: {
        placeholder: 'Write an answer', modes: staffModes, drafts: keeper.drafts,
        picker: (input, root) => allOf(
          mentioned = new MentionPicker(input, root, this.#team.mentionable),
          this.#replies = new ReplyPicker(input, root, this.#team.replies, () => ({ customer: customerName(this.state), agent: who.user.name, business: tenant.name })),
        ),
      },
      beginning: () => 'The conversation begins here.',
      between: this.#owned.add(new TeamLines({ state: () => this.live.store.state, me: client.me, nameOf: (party) => this.#nameOf(party), teams: this.#team.teams })),
    }));
    answering.join(this.view);
    keeper.join(this.view);
    this.scheduling = this.#owned.add(new Scheduling({
      client, live: this.live, me: client.me, toasts: this.#session.toasts, nameOf: (party) => this.#nameOf(party), business: this.#team.business,
      customer: () => customerName(this.state) ?? this.state?.name ?? 'the customer', mentionedIn: (text) => mentioned?.mentionedIn(text) ?? [],
    }));
    this.scheduling.join(this.view);
    fill(this.#body, this.view.root);
    if (this.#jump !== undefined) requestAnimationFrame(() => void this.view?.list.jumpTo(this.#jump!));
  }

  #nameOf(who: Party): string {
    return this.#team.nameOf(who) ?? this.live.store.state?.people[who]?.name ?? 'A colleague';
  }

  #redraw(): void {
    const { state } = this;
    if (!state) return;
    this.#drawHead(state);
    this.changed.emit(state);
  }

  #drawHead(state: ConversationState | undefined): void {
    const customer = state && Object.entries(state.people).find(([id, person]) => person.side === 'customer' && (state.account === null || id.startsWith('usr_')))?.[0];
    this.#watch(customer);
    const status = customer ? this.#session.presence.of(customer) : undefined;
    const key = JSON.stringify([state?.name, state?.status, state?.snoozed_until, state?.assignee, state?.routed, state?.kind, state?.page, state?.writing_stopped, status, this.#team.nameOf(state?.assignee ?? ''), state && teamOf(state, this.#team.teams())?.name]);
    if (key === this.#drawn) return;
    this.#drawn = key;
    const focused = (document.activeElement as HTMLElement | null)?.dataset['action'];
    const back = button({ label: 'Back to the list', icon: backIcon, kind: 'plain', bare: true }, { 'data-action': 'back' });
    back.classList.add(c('back'));
    fill(this.#head, back, ...(state ? this.#headOf(state, status) : []));
    if (focused) this.#head.querySelector<HTMLElement>(`[data-action="${focused}"]`)?.focus();
  }

  #headOf(state: ConversationState, status: ReturnType<Session['presence']['of']>): HTMLElement[] {
    const face = avatar({ name: state.name });
    setPresence(face, status);
    face.classList.add(c('face'));
    const me = this.#session.who.user.id;
    const team = teamOf(state, this.#team.teams())?.name;
    const assignee = state.assignee === null ? team ?? 'Assign' : state.assignee === me ? 'You' : this.#team.nameOf(state.assignee) ?? 'A colleague';
    const routed = state.routed && state.routed === state.assignee ? `given to ${state.routed === me ? 'you' : assignee} by routing` : '';
    const given = team !== undefined && state.assignee !== null ? `given to ${team}` : '';
    const about = [state.status === 'open' ? '' : statusText(state), state.kind === 'site' ? 'Site visitor' : 'Client', state.writing_stopped && state.account === null ? 'Blocked' : '', status === 'online' ? 'online now' : '', given, routed].filter(Boolean).join(' · ');
    const details = button({ label: 'Details', icon: userIcon, kind: 'plain', bare: true }, { 'data-action': 'details' });
    details.classList.add(c('detailsButton'));
    const assign = button({ label: assignee, icon: state.assignee === null && team !== undefined ? usersIcon : userIcon, small: true }, { 'data-action': 'assign', 'aria-label': assignLabel(state.assignee, assignee, team), title: 'Assign (a)' });
    assign.classList.add(c('wide'));
    return [
      face,
      el('div', { class: c('who') }, el('h2', { class: c('name') }, state.name), el('span', { class: c('soft') }, about)),
      assign,
      ...this.#settling(state),
      details,
    ];
  }

  #settling({ status }: ConversationState): HTMLElement[] {
    const resolve = () => button({ label: 'Resolve', icon: checkIcon, kind: 'primary', small: true }, { 'data-action': 'resolve', title: 'Resolve (e)' });
    switch (status) {
      case 'open': return [button({ label: 'Snooze', icon: snoozeIcon, small: true, bare: true }, { 'data-action': 'snooze', title: 'Put it off (z)' }), resolve()];
      case 'snoozed': return [button({ label: 'Bring back', icon: reopenIcon, small: true }, { 'data-action': 'reopen', title: 'Bring it back now (z)' }), resolve()];
      case 'resolved': return [button({ label: 'Open again', icon: reopenIcon, small: true }, { 'data-action': 'reopen', title: 'Open again (e)' })];
    }
  }

  #watch(customer: Party | undefined): void {
    if (this.#watching?.who === (customer ?? '')) return;
    const before = this.#watching?.held;
    this.#watching = { who: customer ?? '', held: this.#session.presence.watch(customer ? [customer] : []) };
    before?.dispose();
  }

  #refused(message: string): void {
    fill(this.#body, emptyState({ icon: alertIcon, title: 'This conversation cannot be shown', text: message }));
  }
}
