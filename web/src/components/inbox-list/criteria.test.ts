import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Urgency } from '../due/due';
import { taking, narrowTo, type Criteria, type Sorted } from './criteria';

interface Case {
  criteria: Criteria;
  takes: Kind[];
  leaves: Kind[];
}
type Kind = Omit<Sorted, 'waiting_since'> & { waiting: boolean; due?: Urgency };

const { me, my_teams: mine, cases } = JSON.parse(readFileSync('../tests/cases/inbox-filters.json', 'utf8')) as { me: string; my_teams: string[]; cases: Case[] };
const OTHERS = 'tea_0000000000000000000000000c';
const TEAMS = Object.fromEntries([...mine, OTHERS].map((id) => [id, { name: id, members: id === OTHERS ? ['usr_00000000000000000000000002'] : [me] }]));
const NOW = Date.parse('2026-03-18T12:00:00Z');
const around = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();
/** Without a word of it, something is due much later. */
const DUES = { soon: { at: around(5), warn_at: around(-5) }, missed: { at: around(0), warn_at: around(-10) }, later: { at: around(60), warn_at: around(50) } };
const item = ({ waiting, due, ...kind }: Kind): Sorted => ({
  ...kind, waiting_since: waiting ? '2026-03-18T12:00:00Z' : null, ...(waiting ? { answer_due: DUES[due ?? 'later'] } : { resolution_due: DUES[due ?? 'later'] }),
});

describe('criteria', () => {
  it.each(cases.map((each) => [JSON.stringify(each.criteria), each] as const))('%s take in what the server counts', (_, { criteria, takes: yes, leaves }) => {
    expect(yes.map((kind) => taking(criteria, me, TEAMS, NOW)(item(kind)))).toEqual(yes.map(() => true));
    expect(leaves.map((kind) => taking(criteria, me, TEAMS, NOW)(item(kind)))).toEqual(leaves.map(() => false));
  });

  it('read what the list leaves out as what is usual', () => {
    const plain: Sorted = { status: 'open', waiting_since: null, assignee: null };
    expect(taking({ status: 'open', priority: 'normal' }, me)(plain)).toBe(true);
    expect(taking({ status: 'open', label: 'lbl_1' }, me)(plain)).toBe(false);
  });

  it('count what is a team’s that is no more as nobody’s', () => {
    const gone: Sorted = { status: 'open', waiting_since: null, assignee: null, team: 'tea_gone' };
    expect(taking({ status: 'open', team: 'none' }, me, TEAMS)(gone)).toBe(true);
    expect(taking({ status: 'open', team: 'tea_gone' }, me, TEAMS)(gone)).toBe(false);
  });

  it('can be narrowed by a label and a team', () => {
    expect(narrowTo({ status: 'open', waiting: true }, { label: '', team: '' })).toEqual({ status: 'open', waiting: true });
    expect(narrowTo({ status: 'open' }, { label: 'lbl_1', team: '' })).toEqual({ status: 'open', label: 'lbl_1' });
    expect(narrowTo({ status: 'open' }, { label: 'lbl_1', team: 'mine' })).toEqual({ status: 'open', label: 'lbl_1', team: 'mine' });
  });
});
