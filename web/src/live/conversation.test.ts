import { describe, expect, it } from 'vitest';
import { applyToConversation, findMessage, isSeen } from './conversation';
import { applyForStaff } from './desk';
import type { ConversationEvent, EvFrame, Party } from './protocol.gen';
import { emptyConversation, randomLog, seeded, stateAfter, TOPIC } from './testing/random-log';

let seq = 0;
function entry(event: ConversationEvent, by: Party = 'vis_1'): EvFrame {
  seq += 1;
  return { t: 'ev', topic: TOPIC, seq, type: event.type, body: event.body, by, at: new Date(seq * 1000).toISOString() };
}

function conversationOf(...entries: EvFrame[]) {
  const state = emptyConversation();
  for (const each of entries) applyToConversation(state, each, 'usr_me', applyForStaff);
  return state;
}

describe('applying entries', () => {
  it('keeps a deleted message in its place, without its text', () => {
    const sent = entry({ type: 'message_sent', body: { text: 'hello' } });
    const state = conversationOf(sent, entry({ type: 'message_deleted', body: { seq: sent.seq } }));
    expect(state.messages).toMatchObject([{ seq: sent.seq, deleted: true, text: '' }]);
    expect(state.unread).toBe(0);
  });

  it('edits once per edit, however often the entry is applied', () => {
    const sent = entry({ type: 'message_sent', body: { text: 'helo' } });
    const edited = entry({ type: 'message_edited', body: { seq: sent.seq, text: 'hello' } });
    expect(conversationOf(sent, edited, edited).messages).toMatchObject([{ text: 'hello', edits: 1, edited: edited.at }]);
  });

  it('counts as unread what others wrote after the own cursor', () => {
    const one = entry({ type: 'message_sent', body: { text: '1' } });
    const own = entry({ type: 'message_sent', body: { text: 'own' } }, 'usr_me');
    const two = entry({ type: 'message_sent', body: { text: '2' } });
    const read = entry({ type: 'read_up_to', body: { seq: one.seq, side: 'staff' } }, 'usr_me');
    expect(conversationOf(one, own, two).unread).toBe(2);
    expect(conversationOf(one, own, two, read).unread).toBe(1);
  });

  it('never moves a cursor back', () => {
    const state = conversationOf(
      entry({ type: 'read_up_to', body: { seq: 9, side: 'staff' } }, 'usr_me'),
      entry({ type: 'read_up_to', body: { seq: 4, side: 'staff' } }, 'usr_me'),
    );
    expect(state.cursors['usr_me']).toBe(9);
  });

  it('a message is seen when the other side has read it, not a colleague', () => {
    const joins = [
      entry({ type: 'joined', body: { party: 'usr_me', name: 'Me', side: 'staff' } }),
      entry({ type: 'joined', body: { party: 'usr_other', name: 'Other', side: 'staff' } }),
      entry({ type: 'joined', body: { party: 'vis_1', name: 'Visitor', side: 'customer' } }),
    ];
    const sent = entry({ type: 'message_sent', body: { text: 'hello' } }, 'usr_me');
    const state = conversationOf(...joins, sent, entry({ type: 'read_up_to', body: { seq: sent.seq, side: 'staff' } }, 'usr_other'));
    const message = findMessage(state.messages, sent.seq)!;
    expect(isSeen(state, message)).toBe(false);
    applyToConversation(state, entry({ type: 'read_up_to', body: { seq: sent.seq, side: 'customer' } }, 'vis_1'), 'usr_me');
    expect(isSeen(state, message)).toBe(true);
  });

  it('knows what the staff sort by, and forgets when it was put off to once it is back', () => {
    const until = '2026-06-01T09:00:00Z';
    const put = [
      entry({ type: 'snoozed', body: { until } }), entry({ type: 'priority_set', body: { priority: 'urgent' } }),
      entry({ type: 'label_changed', body: { label: 'lbl_2', on: true } }), entry({ type: 'label_changed', body: { label: 'lbl_1', on: true } }),
      entry({ type: 'label_changed', body: { label: 'lbl_2', on: true } }),
    ];
    expect(conversationOf(...put)).toMatchObject({ status: 'snoozed', snoozed_until: until, priority: 'urgent', labels: ['lbl_1', 'lbl_2'] });
    for (const [event, status] of [[{ type: 'woken', body: {} }, 'open'], [{ type: 'resolved', body: {} }, 'resolved']] as const) {
      expect(conversationOf(...put, entry(event))).toMatchObject({ status, snoozed_until: null });
    }
    expect(conversationOf(...put, entry({ type: 'label_changed', body: { label: 'lbl_2', on: false } })).labels).toEqual(['lbl_1']);
  });

  it('knows which team it is given to', () => {
    expect(conversationOf(entry({ type: 'team_assigned', body: { team: 'tea_1' } })).team).toBe('tea_1');
    expect(conversationOf(entry({ type: 'team_assigned', body: { team: 'tea_1' } }), entry({ type: 'team_assigned', body: { team: null } })).team).toBeNull();
  });

  it('keeps who gave it to which team, for the staff only', () => {
    const [one, none] = [entry({ type: 'team_assigned', body: { team: 'tea_1' } }, 'usr_other'), entry({ type: 'team_assigned', body: { team: null } }, 'usr_me')];
    expect(conversationOf(one, none).team_changes).toEqual([{ seq: one.seq, by: 'usr_other', at: one.at, team: 'tea_1' }, { seq: none.seq, by: 'usr_me', at: none.at, team: null }]);
    const customers = { ...emptyConversation(), team_changes: null };
    expect(applyToConversation(customers, one, 'vis_1')).toEqual({ kind: 'none' });
    expect(customers.team_changes).toBeNull();
  });

  it('leaves alone what it does not know', () => {
    const state = emptyConversation();
    const later = { ...entry({ type: 'resolved', body: {} }), type: 'from_the_future' };
    expect(applyToConversation(state, later, 'usr_me')).toEqual({ kind: 'none' });
    expect(applyToConversation(state, later, 'usr_me', applyForStaff)).toEqual({ kind: 'none' });
    expect(state).toEqual(emptyConversation());
  });

  it('snapshot anywhere plus the rest equals everything, for every type of event', () => {
    for (let run = 0; run < 200; run += 1) {
      const random = seeded(run);
      const log = randomLog(60, random);
      const cut = Math.floor(random() * 60);
      const state = stateAfter(log, cut);
      for (const each of log.slice(cut)) applyToConversation(state, each, 'usr_me', applyForStaff);
      expect(state, `seed ${run}`).toEqual(stateAfter(log, 60));
    }
  });
});
