import { expect, test } from 'vitest';
import { applyToConversation } from './conversation';
import { applyForStaff } from './desk';
import { emptyConversation, TOPIC } from './testing/random-log';
import type { ConversationEvent } from './protocol.gen';

test('what is scheduled is followed as the server has it, and not by customers', () => {
  const [staff, customer] = [emptyConversation(), { ...emptyConversation(), scheduled: null }];
  let seq = 10;
  const happens = ({ type, body }: ConversationEvent) => {
    const entry = { t: 'ev' as const, topic: TOPIC, seq: seq += 1, type, body, by: 'usr_me', at: '2026-03-18T09:00:00Z', id: 'x' };
    applyToConversation(staff, entry, 'usr_me', applyForStaff);
    applyToConversation(customer, { ...entry, type: 'hidden', body: null }, 'vis_1');
  };
  const shown = () => staff.scheduled!.map(({ item, text, held }) => `${item} ${text} ${held}`);
  happens({ type: 'message_scheduled', body: { text: 'late', send_at: '2026-03-20T09:00:00Z' } });
  happens({ type: 'message_scheduled', body: { text: 'early', send_at: '2026-03-19T09:00:00Z', mentions: ['usr_2'], unless_reply_after: 3 } });
  expect(shown()).toEqual(['12 early null', '11 late null']);
  expect(staff.scheduled![0]).toEqual({
    item: 12, by: 'usr_me', at: '2026-03-18T09:00:00Z', text: 'early', send_at: '2026-03-19T09:00:00Z', reply_to: null, mentions: ['usr_2'], unless_reply_after: 3, held: null,
  });
  happens({ type: 'scheduled_held', body: { item: 12, author: 'usr_me', reason: 'customer_wrote' } });
  expect(shown()).toEqual(['12 early customer_wrote', '11 late null']);
  happens({ type: 'message_rescheduled', body: { item: 12, text: 'latest', send_at: '2026-03-21T09:00:00Z' } });
  expect(shown()).toEqual(['11 late null', '12 latest null']);
  happens({ type: 'scheduled_sent', body: { item: 11 } });
  happens({ type: 'message_unscheduled', body: { item: 12 } });
  expect([staff.scheduled, customer.scheduled]).toEqual([[], null]);
});
