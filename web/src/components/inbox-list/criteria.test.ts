import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { takes, narrowTo, type Criteria, type Sorted } from './criteria';

interface Case {
  criteria: Criteria;
  takes: Kind[];
  leaves: Kind[];
}
type Kind = Omit<Sorted, 'waiting_since'> & { waiting: boolean };

const { me, cases } = JSON.parse(readFileSync('../tests/cases/inbox-filters.json', 'utf8')) as { me: string; cases: Case[] };
const item = ({ waiting, ...kind }: Kind): Sorted => ({ ...kind, waiting_since: waiting ? '2026-03-18T12:00:00Z' : null });

describe('criteria', () => {
  it.each(cases.map((each) => [JSON.stringify(each.criteria), each] as const))('%s take in what the server counts', (_, { criteria, takes: yes, leaves }) => {
    expect(yes.map((kind) => takes(criteria, item(kind), me))).toEqual(yes.map(() => true));
    expect(leaves.map((kind) => takes(criteria, item(kind), me))).toEqual(leaves.map(() => false));
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
