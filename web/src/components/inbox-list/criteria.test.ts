import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Urgency } from '../due/due';
import { takes, narrowTo, type Criteria, type Sorted } from './criteria';

interface Case {
  criteria: Criteria;
  takes: Kind[];
  leaves: Kind[];
}
type Kind = Omit<Sorted, 'waiting_since'> & { waiting: boolean; due?: Urgency };

const { me, cases } = JSON.parse(readFileSync('../tests/cases/inbox-filters.json', 'utf8')) as { me: string; cases: Case[] };
const NOW = Date.parse('2026-03-18T12:00:00Z');
const around = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();
/** Without a word of it, something is due much later. */
const DUES = { soon: { at: around(5), warn_at: around(-5) }, missed: { at: around(0), warn_at: around(-10) }, later: { at: around(60), warn_at: around(50) } };
const item = ({ waiting, due, ...kind }: Kind): Sorted => ({
  ...kind, waiting_since: waiting ? '2026-03-18T12:00:00Z' : null, ...(waiting ? { answer_due: DUES[due ?? 'later'] } : { resolution_due: DUES[due ?? 'later'] }),
});

describe('criteria', () => {
  it.each(cases.map((each) => [JSON.stringify(each.criteria), each] as const))('%s take in what the server counts', (_, { criteria, takes: yes, leaves }) => {
    expect(yes.map((kind) => takes(criteria, item(kind), me, NOW))).toEqual(yes.map(() => true));
    expect(leaves.map((kind) => takes(criteria, item(kind), me, NOW))).toEqual(leaves.map(() => false));
  });

  it('read what the list leaves out as what is usual', () => {
    const plain: Sorted = { status: 'open', waiting_since: null, assignee: null };
    expect(takes({ status: 'open', priority: 'normal' }, plain, me)).toBe(true);
    expect(takes({ status: 'open', label: 'lbl_1' }, plain, me)).toBe(false);
  });

  it('can be narrowed by a label', () => {
    expect(narrowTo({ status: 'open', waiting: true }, '')).toEqual({ status: 'open', waiting: true });
    expect(narrowTo({ status: 'open' }, 'lbl_1')).toEqual({ status: 'open', label: 'lbl_1' });
  });
});
