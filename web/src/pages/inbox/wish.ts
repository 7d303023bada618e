import type { ConversationCommand, Priority } from '../../live/protocol.gen';

/** What the staff want of a conversation, or of several. */
export type Wish =
  | { type: 'assign'; to: string | null; note?: string | undefined }
  | { type: 'assign_team'; team: string | null; note?: string | undefined }
  | { type: 'resolve' }
  | { type: 'reopen' }
  | { type: 'snooze'; until: string }
  | { type: 'set_priority'; priority: Priority }
  | { type: 'label'; on: readonly string[]; off: readonly string[] };

/** How a conversation is sorted, as its line in the list and its own state both say. */
export interface Sorted {
  status: 'open' | 'snoozed' | 'resolved';
  assignee: string | null;
  team?: string | null;
  snoozed_until?: string | null;
  priority?: Priority | null;
  labels?: readonly string[] | null;
}

/** A command, and what takes it back when it is `now`. */
export interface Step {
  command: ConversationCommand;
  back: (now: number) => ConversationCommand[];
}

/** What has to be asked for so that it is as wished; nothing when it is so already. */
export function stepsOf(before: Sorted, wish: Wish): Step[] {
  switch (wish.type) {
    case 'assign':
      return step({ type: 'assign', body: { to: wish.to, ...(wish.note && { note: wish.note }) } }, { type: 'assign', body: { to: before.assignee } }, before);
    case 'assign_team': {
      const command: ConversationCommand = { type: 'assign_team', body: { team: wish.team, ...(wish.note && { note: wish.note }) } };
      const back: ConversationCommand = { type: 'assign_team', body: { team: before.team ?? null } };
      // Who had it may have had to let go of it.
      const holder: ConversationCommand[] = before.assignee === null ? [] : [{ type: 'assign', body: { to: before.assignee } }];
      return isSo(before, command) ? [] : [{ command, back: () => [back, ...holder] }];
    }
    case 'resolve':
      return before.status === 'resolved' ? [] : [{ command: { type: 'resolve', body: {} }, back: (now) => [REOPEN, ...putOffAgain(before, now)] }];
    case 'reopen':
      if (before.status === 'open') return [];
      return [{ command: REOPEN, back: (now) => (before.status === 'resolved' ? [{ type: 'resolve', body: {} }] : putOffAgain(before, now)) }];
    case 'snooze': {
      const command: ConversationCommand = { type: 'snooze', body: { until: wish.until } };
      return isSo(before, command) ? [] : [{ command, back: (now) => orElse(putOffAgain(before, now), [REOPEN]) }];
    }
    case 'set_priority':
      return step({ type: 'set_priority', body: { priority: wish.priority } }, { type: 'set_priority', body: { priority: before.priority ?? 'normal' } }, before);
    case 'label':
      // First off, so that there is room.
      return [...wish.off.map((label) => ({ label, on: false })), ...wish.on.map((label) => ({ label, on: true }))]
        .flatMap(({ label, on }) => step({ type: 'label', body: { label, on } }, { type: 'label', body: { label, on: !on } }, before));
  }
}

/** Whether a conversation is as a command of a [`Step`] makes it. */
export function isSo(sorted: Sorted, command: ConversationCommand): boolean {
  switch (command.type) {
    case 'assign': return sorted.assignee === command.body.to;
    case 'assign_team': return (sorted.team ?? null) === command.body.team;
    case 'resolve': return sorted.status === 'resolved';
    case 'reopen': return sorted.status === 'open';
    case 'snooze': return sorted.status === 'snoozed' && Date.parse(sorted.snoozed_until ?? '') === Date.parse(command.body.until);
    case 'set_priority': return (sorted.priority ?? 'normal') === command.body.priority;
    case 'label': return (sorted.labels ?? []).includes(command.body.label) === command.body.on;
    default: return false;
  }
}

/** What takes these steps back, the last first. */
export function backOf(steps: readonly Step[], now: number): ConversationCommand[] {
  return steps.toReversed().flatMap(({ back }) => back(now));
}

const REOPEN: ConversationCommand = { type: 'reopen', body: {} };

function step(command: ConversationCommand, back: ConversationCommand, before: Sorted): Step[] {
  return isSo(before, command) ? [] : [{ command, back: () => [back] }];
}

/** What was put off goes back to where it was, unless its time has come since. */
function putOffAgain({ status, snoozed_until: until }: Sorted, now: number): ConversationCommand[] {
  return status === 'snoozed' && until && Date.parse(until) > now ? [{ type: 'snooze', body: { until } }] : [];
}

const orElse = <T>(some: T[], other: T[]): T[] => (some.length > 0 ? some : other);
