import { FACTS, NONE, type Effect, type StaffEvent } from './conversation';
import type { ConversationState, EvFrame } from './protocol.gen';

/** Applies what only the staff get to know of a conversation, by the server's rules. */
export function applyForStaff(state: ConversationState, event: StaffEvent, { at, by }: EvFrame): Effect {
  switch (event.type) {
    case 'contact_left':
      state.contact = { email: event.body.email, name: event.body.name ?? null };
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
      return FACTS;
    case 'label_changed':
      state.labels = withLabel(state.labels, event.body.label, event.body.on);
      return FACTS;
    default:
      // A later server may know more than this page: what it does not know it leaves alone.
      return unknownEvent(event);
  }
}

const unknownEvent = (_: never): Effect => NONE;

/** The labels with this one put on or taken off. */
export function withLabel(labels: readonly string[] | null, label: string, on: boolean): string[] {
  return [...(labels ?? []).filter((each) => each !== label), ...(on ? [label] : [])].sort();
}
