import { describe, expect, it } from 'vitest';
import type { AccountLine } from '../../api/accounts';
import { lineText } from './history';

const names: Record<string, string> = { usr_a: 'Anthony', usr_b: 'Beth' };
const says = (by: string, event: { type: string; body: unknown }) => lineText({ seq: 1, at: '2026-03-18T12:00:00Z', by, ...event } as AccountLine, (who) => names[who]);

describe('what happened to an account', () => {
  it('says who did what', () => {
    expect(says('usr_a', { type: 'manager_set', body: { manager: 'usr_b' } })).toBe('Anthony made Beth the account manager.');
    expect(says('usr_a', { type: 'manager_set', body: { manager: 'usr_a' } })).toBe('Anthony took the account on.');
    expect(says('system', { type: 'manager_set', body: { manager: 'usr_b' } })).toBe('Beth became the account manager.');
    expect(says('usr_a', { type: 'manager_set', body: { manager: null } })).toBe('Anthony left the account without an account manager.');
    expect(says('usr_a', { type: 'advanced', body: { from: 'conversation', to: 'onboarding', onboarding: 'assisted' } })).toBe('Anthony took it from “In conversation” to “Onboarding”, assisted.');
    expect(says('system', { type: 'advanced', body: { from: 'visitor', to: 'conversation' } })).toBe('It came from “Visitor” to “In conversation”.');
    expect(says('usr_a', { type: 'member_removed', body: { user: 'usr_b' } })).toBe('Anthony took Beth out of the account.');
    expect(says('usr_x', { type: 'renamed', body: { name: 'Ruth & Co' } })).toBe('Somebody who has left called it Ruth & Co.');
  });

  it('is silent on what one may not see', () => {
    expect(says('usr_a', { type: 'hidden', body: null })).toBeUndefined();
  });
});
