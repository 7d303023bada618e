import { fitOf, wordsOf } from '../../base/words';
import { openSteps } from '../../components/account/next';
import type { BulkAction } from '../../components/bulk-bar/bulk-bar';
import { viewActions } from '../../components/conversation-view/view-actions';
import type { DetailAction } from '../../components/details/details';
import { findAction, listActions, savedViewActions, savedViewOffer } from '../../components/inbox-list/list-actions';
import type { InboxList } from '../../components/inbox-list/inbox-list';
import { byName } from '../../components/label/label';
import { teamsByName } from '../../components/team/team';
import type { Action, Actions } from '../../components/palette/actions';
import { singleKeysOn, switchSingleKeys } from '../../components/palette/keys';
import { PALETTE_KEYS } from '../../components/palette/opener';
import { addressOf } from '../../live/desk';
import type { AccountState, ConversationState, InboxItem } from '../../live/protocol.gen';
import type { Session } from '../../session/start';
import {
  backIcon, chatIcon, checkIcon, checksIcon, clockIcon, closeIcon, downIcon, flagIcon, helpIcon, keyIcon, labelIcon, mailIcon, noteIcon, personAddIcon, reopenIcon, replyIcon, searchIcon,
  snoozeIcon, upIcon, userIcon, usersIcon,
} from '../../ui/icons';
import type { BulkActions } from './bulk/bulk-actions';
import type { ConversationActions } from './conversation-actions';
import type { ConversationPane, PaneAction } from './conversation-pane';
import type { Desk } from './questions';

/** What the actions of the inbox are done with. */
export interface InboxHands {
  session: Session;
  desk: Desk;
  list: InboxList;
  /** All conversations that are followed, whatever the list shows. */
  items: () => InboxItem[];
  pane: () => ConversationPane | undefined;
  account: () => AccountState | undefined;
  one: ConversationActions;
  many: BulkActions;
  open: (id: string) => void;
  /** Opens the next or the previous one of the list. */
  step: (by: 1 | -1) => void;
  write: (mode: 'send' | 'note') => void;
  /** Shows the list, where only a conversation has room. */
  showList: () => void;
  showKeys: () => void;
  head: (action: PaneAction) => unknown;
  detail: (action: DetailAction) => unknown;
}

/** So many conversations are offered by name. */
const NAMED = 5;

/** Declares what can be done in the inbox: by its key, by name, or both. */
export function declareInboxActions(actions: Actions, hands: InboxHands): void {
  for (const declared of [sorting(hands), talking(hands), customer(hands), selecting(hands), going(hands), you(hands)]) actions.add(declared);
  actions.add((search) => [...conversations(hands, search), ...labels(hands, search), ...teams(hands, search)]);
  actions.add(savedViewOffer(hands.list, (key) => showList(hands, key)));
  actions.add(findAction((words) => {
    hands.showList();
    hands.list.find(words);
  }));
}

function showList({ list, showList: ready }: InboxHands, key: string): void {
  ready();
  list.chooser.choose(key);
}

/** What the open conversation is called among its actions. */
function groupOf({ pane }: InboxHands): () => string {
  return () => `Conversation with ${pane()?.state?.name ?? 'a customer'}`;
}

/** What can be done with the open conversation, or with what is selected. */
function sorting(hands: InboxHands): Action[] {
  const { list, one, many, session } = hands;
  const me = session.who.user.id;
  const stateOf = () => hands.pane()?.state;
  const several = () => list.selection.size > 0;
  const openGroup = groupOf(hands);
  const group = () => (!several() ? openGroup() : list.selection.size === 1 ? 'The selected conversation' : `The ${list.selection.size} selected conversations`);
  const settled = () => (several() ? list.place === 'resolved' : stateOf()?.status === 'resolved');
  const away = () => (several() ? list.place === 'snoozed' : stateOf()?.status === 'snoozed');
  const sort = (
    look: Pick<Action, 'id' | 'label' | 'icon' | 'key' | 'help' | 'words'>, all: () => BulkAction, single: () => unknown, makesSense: (state: ConversationState) => boolean = () => true,
  ): Action => ({
    ...look, group,
    when: () => several() || (stateOf() !== undefined && makesSense(stateOf()!)),
    refusal: () => (several() ? many.refusal(all()) : undefined),
    run: () => (several() ? many.do(all()) : single()),
  });
  const snooze = sort({ id: 'snooze', label: () => (away() ? 'Bring back' : 'Snooze…'), words: 'put off later', icon: snoozeIcon, key: 'z', help: 'Put off until later, or bring back' },
    () => (away() ? 'reopen' : 'snooze'), () => one.snooze());
  return [
    sort({ id: 'assign', label: 'Assign…', words: 'give hand over team transfer', icon: userIcon, key: 'a', help: 'Assign' }, () => 'assign', () => one.assign()),
    sort({ id: 'take', label: 'Assign to me', words: 'take mine', icon: userIcon, key: 'm' }, () => 'take', () => one.take(), ({ assignee }) => assignee !== me),
    {
      id: 'transfer', label: 'Hand on with a note…', words: 'transfer assign give over', icon: noteIcon, key: 't', help: 'Hand on, with a note', group: openGroup,
      when: () => !several() && stateOf() !== undefined, run: () => one.transfer(),
    },
    sort({ id: 'priority', label: 'Priority…', words: 'urgent high low', icon: flagIcon, key: 'p', help: 'Priority' }, () => 'priority', () => one.prioritise()),
    sort({ id: 'labels', label: 'Labels…', words: 'tag about', icon: labelIcon, key: 'l', help: 'Labels' }, () => 'labels', () => one.label()),
    { ...snooze, refusal: () => (several() ? snooze.refusal?.() : one.snoozeRefusal()) },
    {
      id: 'snooze.anew', label: 'Snooze until another time…', words: 'put off later', icon: snoozeIcon, group,
      when: () => several() && away(), refusal: () => many.refusal('snooze'), run: () => many.do('snooze'),
    },
    sort({ id: 'settle', label: () => (settled() ? 'Open again' : 'Resolve'), words: 'reopen close done finish', icon: checkIcon, key: 'e', help: 'Resolve, or open again' },
      () => (settled() ? 'reopen' : 'resolve'), () => one.settle(settled() ? 'reopen' : 'resolve')),
  ];
}

/** What can be said in the open conversation. */
function talking(hands: InboxHands): Action[] {
  const view = () => hands.pane()?.view;
  const group = groupOf(hands);
  const when = () => view() !== undefined;
  return [
    { id: 'answer', label: 'Answer', words: 'reply write message', icon: replyIcon, key: 'r', group, when, run: () => hands.write('send') },
    { id: 'note', label: 'Write an internal note', icon: noteIcon, key: 'n', group, when, run: () => hands.write('note') },
    { id: 'reply', label: 'Insert a canned reply', words: 'template saved', icon: noteIcon, group, when, run: () => hands.pane()?.offerReplies() },
    {
      id: 'later', label: 'Send later…', words: 'schedule tomorrow delay time', icon: clockIcon, group, when, refusal: () => hands.pane()?.scheduling?.refusal(),
      run: () => hands.pane()?.scheduling?.sendLater(),
    },
    ...viewActions(view, group),
  ];
}

function canAdvance(hands: InboxHands): boolean {
  const account = hands.account();
  return account !== undefined && openSteps(account).length > 0;
}

/** What concerns the customer, and the view of the conversation. */
function customer(hands: InboxHands): Action[] {
  const state = () => hands.pane()?.state;
  const group = groupOf(hands);
  const admin = hands.session.who.kind === 'admin';
  return [
    {
      id: 'invite', label: () => (state()?.invited ? 'Invite again…' : 'Invite as a client…'), icon: personAddIcon, key: 'i', help: 'Invite as a client', group,
      when: () => state()?.kind === 'site' && state()?.account === null, run: () => hands.detail('invite'),
    },
    { id: 'manager', label: 'Change the account manager…', icon: usersIcon, group, when: () => hands.account() !== undefined, run: () => hands.detail('manager') },
    { id: 'account', label: 'Open the account', words: 'client', icon: usersIcon, group, when: () => hands.account() !== undefined, run: () => location.assign(`/clients?id=${hands.account()?.id ?? ''}`) },
    { id: 'advance', label: 'Take the next step…', words: 'account stands', icon: checksIcon, group, when: () => canAdvance(hands), run: () => hands.detail('advance') },
    {
      id: 'take_back', label: 'Take back from the account…', icon: reopenIcon, group,
      when: () => admin && state() !== undefined && state()?.account !== null && state()?.visitor !== null, run: () => hands.detail('take_back'),
    },
    {
      id: 'transcript', label: 'Send a copy by e-mail…', words: 'transcript mail history', icon: mailIcon, group,
      when: () => state() !== undefined && (state()?.account !== null || addressOf(state()!) !== undefined), run: () => hands.detail('transcript'),
    },
    {
      id: 'block', label: () => (state()?.blocked ? 'Let this visitor write again' : 'Block this visitor…'), words: 'ban spam stop unblock', icon: closeIcon, group,
      when: () => state() !== undefined && state()?.account === null && state()?.visitor !== null, run: () => hands.detail(state()?.blocked ? 'unblock' : 'block'),
    },
    // Where there is room the details are always there.
    { id: 'details', label: 'Details', words: 'customer about', icon: userIcon, group, when: () => state() !== undefined && matchMedia('(max-width: 75rem)').matches, run: () => hands.head('details') },
    { id: 'back', label: 'Close the conversation', words: 'back list', icon: backIcon, group, when: () => hands.pane() !== undefined, run: () => hands.head('back') },
  ];
}

function selecting({ list, pane }: InboxHands): Action[] {
  const group = 'Select';
  const some = () => list.selection.size > 0;
  return [
    { id: 'select', label: 'Select, or not any more', icon: checkIcon, key: 'x', help: 'Select; e, z, p, l, a and m are then for all that is selected', group, when: () => list.selection.shown > 0, run: () => list.select(false) },
    { id: 'select.to', label: 'Select everything up to here', words: 'range', icon: checksIcon, key: 'X', group, when: () => some() || pane() !== undefined, run: () => list.select(true) },
    { id: 'select.all', label: 'Select all shown', words: 'everything', icon: checksIcon, group, when: () => list.selection.size < list.selection.shown, run: () => list.selection.toggleAll() },
    { id: 'select.none', label: 'Select nothing', words: 'clear', icon: closeIcon, group, when: some, run: () => list.selection.clear() },
  ];
}

function going(hands: InboxHands): Action[] {
  const { list } = hands;
  const group = 'Go to';
  return [
    { id: 'next', label: 'Next conversation', icon: downIcon, key: 'j', group, when: () => list.neighbour(1) !== undefined, run: () => hands.step(1) },
    { id: 'previous', label: 'Previous conversation', icon: upIcon, key: 'k', group, when: () => list.neighbour(-1) !== undefined, run: () => hands.step(-1) },
    {
      id: 'find', label: 'Find a conversation, or what was said', words: 'search', icon: searchIcon, key: '/', group,
      run: () => {
        hands.showList();
        list.focusSearch();
      },
    },
    ...listActions((key) => showList(hands, key)),
    ...savedViewActions(list),
    { id: 'label.all', label: 'Conversations: All labels', icon: labelIcon, group, when: () => list.chooser.label !== '', run: () => list.chooser.setLabel('') },
    { id: 'team.all', label: 'Conversations: All teams', icon: usersIcon, group, when: () => list.chooser.team !== '', run: () => list.chooser.setTeam('') },
  ];
}

function you({ session, showKeys }: InboxHands): Action[] {
  const group = 'You';
  return [
    { id: 'keys', label: 'What the keys do', words: 'help shortcuts keyboard', icon: helpIcon, key: '?', help: 'These keys', group, run: showKeys },
    {
      id: 'keys.switch', label: () => (singleKeysOn() ? 'Switch single keys off' : 'Switch single keys on'), words: 'shortcuts keyboard', icon: keyIcon, group,
      run: () => {
        switchSingleKeys(!singleKeysOn());
        session.toasts.show({ text: singleKeysOn() ? 'Single keys are on.' : `Single keys are off. ${PALETTE_KEYS} has everything they did.` });
      },
    },
  ];
}

/** Conversations by name, those that fit best. */
function conversations({ items, open }: InboxHands, search: string): Action[] {
  const words = wordsOf(search);
  if (words.length === 0) return [];
  return items()
    .flatMap((item) => {
      const fit = fitOf(item.name, words);
      return fit === undefined ? [] : [{ item, fit }];
    })
    .sort((a, b) => a.fit - b.fit || (b.item.last_message_at ?? '').localeCompare(a.item.last_message_at ?? ''))
    .slice(0, NAMED)
    .map(({ item }) => ({ label: item.name, icon: chatIcon, group: 'Conversations', run: () => open(item.id) }));
}

/** The list narrowed to a label. With nothing written there would be too many. */
function labels({ desk, list, showList }: InboxHands, search: string): Action[] {
  if (search === '') return [];
  return byName(Object.entries(desk.labels())).map(([id, { name }]) => ({
    label: `Conversations: Label ${name}`, icon: labelIcon, group: 'Go to',
    run: () => {
      showList();
      list.chooser.setLabel(id);
    },
  }));
}

/** The list narrowed to a team. */
function teams({ desk, list, showList }: InboxHands, search: string): Action[] {
  const all = teamsByName(desk.teams());
  if (search === '' || all.length === 0) return [];
  const mine: [string, { name: string }][] = [['mine', { name: 'My teams' }], ['none', { name: 'No team' }]];
  return [...mine, ...all].map(([id, { name }]) => ({
    label: mine.some(([known]) => known === id) ? `Conversations: ${name}` : `Conversations: Team ${name}`, icon: usersIcon, group: 'Go to',
    run: () => {
      showList();
      list.chooser.setTeam(id);
    },
  }));
}
