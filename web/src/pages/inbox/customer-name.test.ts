import { expect, it } from 'vitest';
import type { ConversationState } from '../../live/protocol.gen';
import { customerName } from './conversation-pane';

const person = (name: string, side: 'customer' | 'staff') => ({ name, side });
const state = (some: Partial<ConversationState>) => ({ contact: null, people: {}, messages: [], ...some }) as unknown as ConversationState;

it('a customer is called what they said, else what their account says, and a visitor nothing', () => {
  expect(customerName(undefined)).toBeUndefined();
  expect(customerName(state({ people: { vis_1: person('Visitor 4F2A', 'customer'), usr_s: person('Amara', 'staff') } }))).toBeUndefined();
  expect(customerName(state({ contact: { name: 'Ada', email: 'a@example.com' } as ConversationState['contact'] }))).toBe('Ada');
  const people = { vis_1: person('Visitor 4F2A', 'customer'), usr_1: person('Maya', 'customer'), usr_2: person('Noah', 'customer') };
  expect(customerName(state({ people }))).toBe('Maya');
  const messages = [{ by: 'usr_2' }, { by: 'usr_s' }] as ConversationState['messages'];
  expect(customerName(state({ people, messages })), 'who wrote last').toBe('Noah');
});
