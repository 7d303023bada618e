import { describe, expect, it } from 'vitest';
import type { AccountState } from '../../live/protocol.gen';
import { closedBecause, LIFECYCLE, openSteps, STRAIGHT, whatOpensNext } from './next';

const account = (more: Partial<AccountState>): AccountState => ({ id: 'acc_1', name: 'Maya', manager: 'usr_1', lifecycle: 'conversation', next: ['onboarding'], onboarding: null, conversations: ['cnv_1'], members: {}, ...more });

describe('what comes next for an account', () => {
  it('is open, or says what is missing', () => {
    expect(openSteps(account({}))).toEqual(['onboarding']);
    expect(openSteps(account({ manager: null }))).toEqual([]);
    expect(closedBecause(account({ manager: null }), 'onboarding')).toContain('account manager');
    expect(closedBecause(account({ conversations: [] }), 'conversation')).toContain('no conversation');
    expect(openSteps(account({ lifecycle: 'paused', next: ['reactivated', 'cancelled'], manager: null }))).toEqual(['reactivated', 'cancelled']);
  });

  it('is told to the client in each state', () => {
    const told = (Object.keys(LIFECYCLE) as AccountState['lifecycle'][]).map((lifecycle) => whatOpensNext({ lifecycle, manager: 'usr_1' }, 'Anthony'));
    expect(told.every((text) => text.length > 10)).toBe(true);
    expect(whatOpensNext({ lifecycle: 'conversation', manager: null }, undefined)).toContain('somebody');
    expect(whatOpensNext({ lifecycle: 'conversation', manager: 'usr_1' }, 'Anthony')).toContain('Anthony');
    expect(whatOpensNext({ lifecycle: 'onboarding', manager: 'usr_1' }, undefined)).toContain('Your account manager');
  });

  it('is a way of states that have names', () => {
    expect(STRAIGHT.map((state) => LIFECYCLE[state])).not.toContain(undefined);
  });
});
