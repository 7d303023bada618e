import { describe, expect, it } from 'vitest';
import type { EvFrame, TenantEvent, TenantState } from './protocol.gen';
import { applyToTenant } from './state-store';

function after(state: Partial<TenantState>, ...events: TenantEvent[]): TenantState {
  const tenant = { id: 'ten_1', name: 'Balance', ...state } as TenantState;
  events.forEach(({ type, body }, index) => applyToTenant(tenant, { t: 'ev', topic: 'tenant:ten_1', seq: index + 1, type, body, by: 'usr_1', at: '2026-03-18T12:00:00Z' } as EvFrame));
  return tenant;
}

describe('the teams of a business', () => {
  const teams = { tea_1: { name: 'Kitchen', members: ['usr_a', 'usr_b'] } };

  it('are made, changed and removed', () => {
    const state = after({ teams: structuredClone(teams) }, { type: 'team_set', body: { team: 'tea_2', name: 'Weddings', members: ['usr_b'] } }, { type: 'team_removed', body: { team: 'tea_1' } });
    expect(state.teams).toEqual({ tea_2: { name: 'Weddings', members: ['usr_b'] } });
  });

  it('lose who leaves the staff', () => {
    expect(after({ teams: structuredClone(teams) }, { type: 'staff_removed', body: { user: 'usr_a' } }).teams?.['tea_1']?.members).toEqual(['usr_b']);
  });
});

describe('how a business gives conversations out', () => {
  const routing = { mode: 'by_hand' as const, capacity: 5, people: { usr_a: 8 } };

  it('changes as a whole, and for one person', () => {
    const state = after({ routing: structuredClone(routing) }, { type: 'routing_set', body: { mode: 'least_busy', capacity: 3 } }, { type: 'capacity_set', body: { user: 'usr_b', capacity: 2 } });
    expect(state.routing).toEqual({ mode: 'least_busy', capacity: 3, people: { usr_a: 8, usr_b: 2 } });
  });

  it('forgets what was said of somebody who takes as many as everybody, or has left', () => {
    const state = after({ routing: structuredClone(routing) }, { type: 'capacity_set', body: { user: 'usr_a', capacity: null } });
    expect(state.routing?.people).toEqual({});
    expect(after({ routing: structuredClone(routing) }, { type: 'staff_removed', body: { user: 'usr_a' } }).routing?.people).toEqual({});
  });

  it('is not there for customers, whatever happens', () => {
    expect(after({}, { type: 'hidden', body: null }).routing).toBeUndefined();
  });
});
