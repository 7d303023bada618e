import type { ConversationEvent, ConversationState, EvFrame, Message, MessageSentBody, Party, Seq } from './protocol.gen';

export type ConversationTopic = `conversation:${string}`;

/** What a conversation is subscribed to and commanded under. */
export function topicOf(id: string): ConversationTopic {
  return `conversation:${id}`;
}

/** What an entry did to the state, so that a view touches only what changed. */
export type Effect =
  | { kind: 'none' }
  | { kind: 'facts' }
  | { kind: 'added'; seq: Seq }
  | { kind: 'changed'; seq: Seq };

/** The most characters of a name that is shown beside messages. */
const SHOWN_NAME = 100;

export const NONE: Effect = { kind: 'none' };
export const FACTS: Effect = { kind: 'facts' };

/** What only the staff get to know: `desk.ts` applies it, and what customers load does not have it. */
export type StaffEvent = Extract<ConversationEvent, {
  type: 'contact_left' | 'identified' | 'invited' | 'snoozed' | 'woken' | 'priority_set' | 'label_changed' | 'due_set' | 'routed' | 'team_assigned' | 'visitor_blocked' | 'transcript_asked' | 'answers_given'
    | 'message_scheduled' | 'message_rescheduled' | 'message_unscheduled' | 'scheduled_held' | 'scheduled_sent';
}>;

/** How what only the staff get to know is applied. */
export type ApplyForStaff = (state: ConversationState, event: StaffEvent, entry: EvFrame) => Effect;

/** Applies one log entry to a conversation as `me` sees it, by the server's rules (`domain/src/chat`). */
export function applyToConversation(state: ConversationState, entry: EvFrame, me: Party, forStaff: ApplyForStaff = () => NONE): Effect {
  const event = { type: entry.type, body: entry.body } as ConversationEvent;
  switch (event.type) {
    case 'opened':
      state.kind = event.body.kind;
      state.visitor = event.body.visitor ?? null;
      state.account = event.body.account ?? null;
      state.name = event.body.name;
      state.page = event.body.page ?? null;
      return FACTS;
    case 'joined':
      state.people[event.body.party] = { name: event.body.name, side: event.body.side };
      return FACTS;
    case 'message_sent':
      return add(state, messageOf(entry, event.body, false), me);
    case 'note_added':
      return add(state, messageOf(entry, event.body, true), me);
    case 'message_edited':
    case 'message_deleted':
    case 'reaction_changed': {
      const message = findMessage(state.messages, event.body.seq);
      const wasUnread = message !== undefined && isUnread(state, message, me);
      if (message) applyToMessage(message, entry);
      if (event.type === 'message_deleted' && wasUnread) state.unread = Math.max(0, state.unread - 1);
      return { kind: 'changed', seq: event.body.seq };
    }
    case 'read_up_to':
      moveCursor(state, entry.by, event.body.seq, me);
      return FACTS;
    case 'assigned':
      state.assignee = event.body.to;
      return FACTS;
    case 'resolved':
      state.status = 'resolved';
      state.snoozed_until = null;
      state.feedback = null;
      return FACTS;
    case 'reopened':
      state.status = 'open';
      state.feedback = null;
      return FACTS;
    case 'handed_over':
      state.kind = 'account';
      state.account = event.body.account;
      state.invited = null;
      return rename(state, event.body.name);
    case 'taken_back':
      state.kind = 'site';
      state.account = null;
      return rename(state, event.body.name);
    case 'feedback_asked':
      state.feedback = { asked: entry.seq, at: entry.at, question: event.body.question, given: null };
      return FACTS;
    case 'feedback_given':
      if (state.feedback) state.feedback.given = event.body.given;
      return FACTS;
    case 'writing_allowed':
      state.writing_stopped = !event.body.on;
      if (event.body.on) state.blocked = null;
      return FACTS;
    case 'hidden':
      return NONE;
    default:
      return forStaff(state, event, entry);
  }
}

/** An edit, delete or reaction takes effect on a message. Doing it twice changes nothing. */
export function applyToMessage(message: Message, entry: EvFrame): void {
  const event = { type: entry.type, body: entry.body } as ConversationEvent;
  if (message.deleted) return;
  if (event.type === 'message_edited') {
    if (message.edited !== null && Date.parse(message.edited) >= Date.parse(entry.at)) return;
    message.text = event.body.text;
    message.edited = entry.at;
    message.edits += 1;
  } else if (event.type === 'message_deleted') {
    Object.assign(message, { text: '', deleted: true, mentions: [], reactions: {} });
    delete message.attachments;
  } else if (event.type === 'reaction_changed') {
    const { emoji, on } = event.body;
    const others = (message.reactions[emoji] ?? []).filter((who) => who !== entry.by);
    if (on) message.reactions[emoji] = [...others, entry.by];
    else if (others.length > 0) message.reactions[emoji] = others;
    else delete message.reactions[emoji];
  }
}

/** Where a message is in the list, which is in order; -1 when it is not there. */
export function indexOfMessage(messages: readonly Message[], seq: Seq): number {
  let low = 0;
  let high = messages.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = messages[middle]!.seq;
    if (found === seq) return middle;
    if (found < seq) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Finds a message by its position. */
export function findMessage(messages: readonly Message[], seq: Seq): Message | undefined {
  return messages[indexOfMessage(messages, seq)];
}

/** Whether somebody of the other side has read up to this message. */
export function isSeen(state: ConversationState, message: Message): boolean {
  const mine = state.people[message.by]?.side;
  return Object.entries(state.cursors).some(
    ([who, seq]) => seq >= message.seq && who !== message.by && state.people[who]?.side !== mine && mine !== undefined,
  );
}

function messageOf({ seq, by, at }: EvFrame, { text, mentions = [], reply_to = null, attachments }: MessageSentBody, note: boolean): Message {
  return {
    seq, by, at, text, note, reply_to, mentions, edited: null, edits: 0, deleted: false, reactions: {},
    ...(attachments && { attachments }),
  };
}

/** The conversation and the visitor who began it go by another name. */
function rename(state: ConversationState, name: string): Effect {
  state.name = name;
  const visitor = state.visitor === null ? undefined : state.people[state.visitor];
  if (visitor) visitor.name = [...name].slice(0, SHOWN_NAME).join('').trimEnd();
  return FACTS;
}

function add(state: ConversationState, message: Message, me: Party): Effect {
  state.messages.push(message);
  if (isUnread(state, message, me)) state.unread += 1;
  return { kind: 'added', seq: message.seq };
}

function isUnread(state: ConversationState, message: Message, me: Party): boolean {
  return message.by !== me && !message.deleted && message.seq > (state.cursors[me] ?? 0);
}

function moveCursor(state: ConversationState, who: Party, seq: Seq, me: Party): void {
  if (seq <= (state.cursors[who] ?? 0)) return;
  state.cursors[who] = seq;
  if (who !== me) return;
  state.unread = state.messages.filter((message) => isUnread(state, message, me)).length;
  state.unread_more = false;
}
