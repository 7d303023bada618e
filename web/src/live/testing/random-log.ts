import { applyToConversation } from '../conversation';
import { applyForStaff } from '../desk';
import type { ConversationEvent, ConversationState, EvFrame, Party } from '../protocol.gen';

/** A small seeded generator (mulberry32), so that a failing run can be repeated. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const TOPIC = 'conversation:cnv_1';
const PARTIES: Party[] = ['usr_me', 'usr_other', 'vis_1'];

/** A conversation before anything happened. */
export function emptyConversation(): ConversationState {
  return {
    id: 'cnv_1', kind: 'site', status: 'open', assignee: null, account: null, visitor: 'vis_1', name: 'Visitor', page: null,
    contact: null, identity: null, people: {}, messages: [], more: false, cursors: {}, unread: 0, unread_more: false, invited: null,
    snoozed_until: null, priority: 'normal', labels: [], due: {}, routed: null, team: null, team_changes: [], feedback: null, blocked: null, answers: [], form: null, transcript: null, scheduled: [], writing_stopped: false,
  };
}

/** A log of `length` entries of every type, such as the server could have written. */
export function randomLog(length: number, random: () => number): EvFrame[] {
  const log: EvFrame[] = [];
  const messages: number[] = [];
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  for (let seq = 1; seq <= length; seq += 1) {
    const event = randomEvent(seq, messages, random, pick);
    if (event.type === 'message_sent' || event.type === 'note_added') messages.push(seq);
    const at = new Date(1_700_000_000_000 + seq * 1000).toISOString();
    log.push({ t: 'ev', topic: TOPIC, seq, type: event.type, body: event.body, by: pick(PARTIES), at, id: `id-${seq}` });
  }
  return log;
}

function randomEvent(
  seq: number, messages: number[], random: () => number, pick: <T>(list: readonly T[]) => T,
): ConversationEvent {
  if (seq === 1) return { type: 'opened', body: { kind: 'site', visitor: 'vis_1', name: 'Visitor 1' } };
  const target = messages.length > 0 ? pick(messages) : 0;
  const choices: ConversationEvent[] = [
    { type: 'message_sent', body: { text: `message ${seq}`, reply_to: target || null } },
    { type: 'message_sent', body: { text: `another ${seq}` } },
    { type: 'message_sent', body: { text: '', attachments: [{ id: `att_${seq}`, name: `${seq}.pdf`, type: 'application/pdf', size: seq }] } },
    { type: 'note_added', body: { text: `note ${seq}`, mentions: ['usr_other'] } },
    { type: 'joined', body: { party: pick(PARTIES), name: `Name ${seq}`, side: 'staff' } },
    { type: 'read_up_to', body: { seq: Math.ceil(random() * seq), side: 'staff' } },
    { type: 'assigned', body: { to: pick(['usr_me', 'usr_other', null]) } },
    { type: 'routed', body: { to: pick(['usr_me', null]) } },
    { type: 'team_assigned', body: { team: pick(['tea_1', 'tea_2', null]) } },
    { type: 'resolved', body: {} },
    { type: 'reopened', body: {} },
    { type: 'snoozed', body: { until: new Date(1_800_000_000_000 + seq).toISOString() } },
    { type: 'woken', body: {} },
    { type: 'priority_set', body: { priority: pick(['low', 'urgent']) } },
    { type: 'due_set', body: random() < 0.5 ? {} : { answer: { at: new Date(1_800_000_000_000 + seq).toISOString(), warn_at: new Date(1_800_000_000_000).toISOString() } } },
    { type: 'label_changed', body: { label: pick(['lbl_1', 'lbl_2']), on: random() < 0.6 } },
    { type: 'feedback_asked', body: { question: `How was ${seq}?` } },
    { type: 'feedback_given', body: { asked: 1, given: { score: pick([1, 5]), comment: `words ${seq}` } } },
    { type: 'answers_given', body: { answers: [{ question: 'Why?', answer: `because ${seq}` }], ...(random() < 0.5 && { form: pick(['enquiry', 'access']) }) } },
    { type: 'transcript_asked', body: { to: { address: `v${seq}@example.org` } } },
    { type: 'message_scheduled', body: { text: `later ${seq}`, send_at: new Date(1_800_000_000_000 - seq).toISOString() } },
    { type: 'message_rescheduled', body: { item: Math.ceil(random() * seq), text: `much later ${seq}`, send_at: new Date(1_800_000_000_000 + seq).toISOString(), unless_reply_after: 1 } },
    { type: 'scheduled_held', body: { item: Math.ceil(random() * seq), author: 'usr_me', reason: 'customer_wrote' } },
    { type: pick(['message_unscheduled', 'scheduled_sent']), body: { item: Math.ceil(random() * seq) } },
    { type: 'visitor_blocked', body: { reason: `because ${seq}` } },
    { type: 'writing_allowed', body: { on: random() < 0.5 } },
    { type: 'contact_left', body: { email: `v${seq}@example.org` } },
    { type: 'identified', body: { id: 'p1', name: `Person ${seq}` } },
    { type: 'invited', body: { invitation: 'inv_1', email: 'v@example.org', name: 'V' } },
    { type: 'handed_over', body: { account: 'acc_1', name: 'Client' } },
    { type: 'taken_back', body: { account: 'acc_1', name: 'Visitor 1' } },
    { type: 'hidden', body: null },
  ];
  if (target) {
    choices.push(
      { type: 'message_edited', body: { seq: target, text: `edited ${seq}` } },
      { type: 'message_deleted', body: { seq: target } },
      { type: 'reaction_changed', body: { seq: target, emoji: pick(['👍', '🎉']), on: random() < 0.6 } },
      { type: 'reaction_changed', body: { seq: target, emoji: '👍', on: true } },
    );
  }
  return pick(choices);
}

/** The state after the first `count` entries, the simple way. */
export function stateAfter(log: readonly EvFrame[], count: number, me: Party = 'usr_me'): ConversationState {
  const state = emptyConversation();
  for (const entry of log.slice(0, count)) applyToConversation(state, structuredClone(entry), me, applyForStaff);
  return state;
}
