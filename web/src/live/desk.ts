import { FACTS, NONE, type Effect, type StaffEvent } from './conversation';
import type { ConversationState, EvFrame, Scheduled, Seq } from './protocol.gen';

/** Applies what only the staff get to know of a conversation, by the server's rules. */
export function applyForStaff(state: ConversationState, event: StaffEvent, { at, by, seq }: EvFrame): Effect {
  switch (event.type) {
    case 'contact_left':
      state.contact = { email: event.body.email, name: event.body.name ?? null };
      return FACTS;
    case 'identified':
      state.identity = event.body;
      state.name = (state.account === null ? event.body.name : undefined) ?? state.name;
      return FACTS;
    case 'invited':
      state.invited = { ...event.body, inviter: event.body.inviter ?? null, at };
      return FACTS;
    case 'visitor_blocked':
      state.blocked = { by, at, reason: event.body.reason, email: event.body.email ?? null };
      state.writing_stopped = true;
      return FACTS;
    case 'answers_given':
      state.answers = event.body.answers;
      state.form = event.body.form ?? null;
      return FACTS;
    case 'transcript_asked':
      state.transcript = { by, at, to: event.body.to };
      return FACTS;
    case 'message_scheduled': {
      const { text, send_at, reply_to = null, mentions = [], unless_reply_after = null } = event.body;
      return schedule(state, [...(state.scheduled ?? []), { item: seq, by, at, text, send_at, reply_to, mentions, unless_reply_after, held: null }]);
    }
    case 'message_rescheduled': {
      const { item, text, send_at, unless_reply_after = null } = event.body;
      return reschedule(state, item, { text, send_at, unless_reply_after, held: null });
    }
    case 'scheduled_held':
      return reschedule(state, event.body.item, { held: event.body.reason });
    case 'message_unscheduled':
    case 'scheduled_sent':
      return schedule(state, (state.scheduled ?? []).filter(({ item }) => item !== event.body.item));
    case 'snoozed':
      state.status = 'snoozed';
      state.snoozed_until = event.body.until;
      return FACTS;
    case 'woken':
      state.status = 'open';
      state.snoozed_until = null;
      return FACTS;
    case 'priority_set':
      state.priority = event.body.priority;
      return FACTS;
    case 'due_set':
      state.due = event.body;
      return FACTS;
    case 'routed':
      state.routed = event.body.to;
      return FACTS;
    case 'team_assigned':
      state.team = event.body.team;
      state.team_changes = [...(state.team_changes ?? []), { seq, by, at, team: event.body.team }];
      return FACTS;
    case 'label_changed':
      state.labels = withLabel(state.labels, event.body.label, event.body.on);
      return FACTS;
    default:
      // A later server may know more than this page: what it does not know it leaves alone.
      return unknownEvent(event);
  }
}

/** What is sent first comes first. */
function schedule(state: ConversationState, scheduled: Scheduled[]): Effect {
  state.scheduled = scheduled.sort((one, other) => Date.parse(one.send_at) - Date.parse(other.send_at) || one.item - other.item);
  return FACTS;
}

function reschedule(state: ConversationState, which: Seq, change: Partial<Scheduled>): Effect {
  return schedule(state, (state.scheduled ?? []).map((each) => (each.item === which ? { ...each, ...change } : each)));
}

const unknownEvent = (_: never): Effect => NONE;

/** Where a visitor can be written to: as they say themselves, or as the business's site has signed. */
export const addressOf = (state: ConversationState): string | undefined => state.contact?.email ?? state.identity?.email;

/** The labels with this one put on or taken off. */
export function withLabel(labels: readonly string[] | null, label: string, on: boolean): string[] {
  return [...(labels ?? []).filter((each) => each !== label), ...(on ? [label] : [])].sort();
}
