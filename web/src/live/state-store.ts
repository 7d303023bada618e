import { Emitter } from '../base/emitter';
import type { LogTarget } from './log-topic';
import type { AccountEvent, AccountState, ErrFrame, EvFrame, TenantEvent, TenantState } from './protocol.gen';

/** The state of an entity that is small enough to be drawn again whenever it changes. */
export class StateStore<S> implements LogTarget {
  readonly changed = new Emitter<undefined>();
  readonly refusals = new Emitter<ErrFrame>();
  state: S | undefined;
  #apply: (state: S, entry: EvFrame) => void;

  constructor(apply: (state: S, entry: EvFrame) => void) {
    this.#apply = apply;
  }

  reset(state: unknown): void {
    this.state = structuredClone(state) as S;
    this.changed.emit(undefined);
  }

  apply(entry: EvFrame): void {
    if (!this.state) return;
    this.#apply(this.state, entry);
    this.changed.emit(undefined);
  }

  caughtUp(): void {}

  refused(error: ErrFrame): void {
    this.refusals.emit(error);
  }
}

/** Applies an entry to a tenant, by the server's rules. */
export function applyToTenant(state: TenantState, entry: EvFrame): void {
  const event = { type: entry.type, body: entry.body } as TenantEvent;
  switch (event.type) {
    case 'created':
      Object.assign(state, { name: event.body.name, slug: event.body.slug, zone: event.body.zone });
      return;
    case 'hours_set':
      state.zone = event.body.zone;
      state.hours = { week: event.body.week, closed: event.body.closed };
      return;
    case 'greeting_set':
      state.greeting = event.body;
      return;
    case 'feedback_set':
      state.feedback = event.body.question;
      return;
    case 'look_set':
      state.look = event.body;
      return;
    case 'questions_set':
      state.questions = event.body.questions;
      return;
    case 'targets_set':
      state.targets = event.body;
      return;
    case 'renamed':
      state.name = event.body.name;
      return;
    case 'label_set': {
      const { label, name, color } = event.body;
      state.labels = { ...state.labels, [label]: { name, color } };
      return;
    }
    case 'label_removed':
      delete state.labels?.[event.body.label];
      return;
    case 'team_set': {
      const { team, name, members } = event.body;
      state.teams = { ...state.teams, [team]: { name, members } };
      return;
    }
    case 'team_removed':
      delete state.teams?.[event.body.team];
      return;
    case 'availability_set':
      state.staff = { ...state.staff, [event.body.user]: { available: event.body.available } };
      return;
    case 'staff_removed':
      delete state.staff?.[event.body.user];
      delete state.routing?.people[event.body.user];
      for (const team of Object.values(state.teams ?? {})) team.members = team.members.filter((id) => id !== event.body.user);
      return;
    case 'routing_set':
      state.routing = { ...event.body, people: state.routing?.people ?? {} };
      return;
    case 'capacity_set': {
      const { user, capacity } = event.body;
      if (capacity === null) delete state.routing?.people[user];
      else if (state.routing) state.routing.people[user] = capacity;
      return;
    }
    case 'enqueued': {
      const others = (state.queue ?? []).filter(({ conversation }) => conversation !== event.body.conversation);
      state.queue = [...others, { conversation: event.body.conversation, since: event.body.since }];
      return;
    }
    case 'dequeued':
      state.queue = (state.queue ?? []).filter(({ conversation }) => conversation !== event.body.conversation);
      return;
    case 'hidden':
  }
}

const NEXT: Record<AccountState['lifecycle'], AccountState['lifecycle'][]> = {
  visitor: ['conversation'],
  conversation: ['onboarding'],
  onboarding: ['pack_purchase'],
  pack_purchase: ['subscription_applied'],
  subscription_applied: ['weekly_ordering', 'paused', 'cancelled'],
  weekly_ordering: ['consumption', 'paused', 'cancelled'],
  consumption: ['weekly_ordering', 'paused', 'cancelled'],
  paused: ['reactivated', 'cancelled'],
  reactivated: ['weekly_ordering', 'paused', 'cancelled'],
  cancelled: ['pack_purchase'],
};

/** Applies an entry to an account, by the server's rules. */
export function applyToAccount(state: AccountState, entry: EvFrame): void {
  const event = { type: entry.type, body: entry.body } as AccountEvent;
  switch (event.type) {
    case 'opened':
      state.name = event.body.name;
      if (event.body.conversation) state.conversations = [event.body.conversation];
      return;
    case 'member_added':
      state.members[event.body.user] = { name: event.body.name };
      return;
    case 'member_removed':
      delete state.members[event.body.user];
      return;
    case 'manager_set':
      state.manager = event.body.manager;
      return;
    case 'advanced':
      state.lifecycle = event.body.to;
      state.next = NEXT[event.body.to];
      if (event.body.onboarding) state.onboarding = event.body.onboarding;
      return;
    case 'renamed':
      state.name = event.body.name;
      return;
    case 'conversation_linked':
      state.conversations = [...state.conversations.filter((id) => id !== event.body.conversation), event.body.conversation];
      return;
    case 'conversation_unlinked':
      state.conversations = state.conversations.filter((id) => id !== event.body.conversation);
      return;
    case 'hidden':
  }
}
