import { describe, expect, it } from 'vitest';
import { backOf, isSo, stepsOf, type Sorted, type Wish } from './wish';

const NOW = Date.parse('2026-03-18T12:00:00Z');
const open: Sorted = { status: 'open', assignee: null };
const off: Sorted = { status: 'snoozed', assignee: 'usr_a', snoozed_until: '2026-03-19T09:00:00Z' };
const resolved: Sorted = { status: 'resolved', assignee: 'usr_a', priority: 'high', labels: ['lbl_1'] };

/** What is asked for, and what takes it back, each as `type value`. */
function plan(before: Sorted, wish: Wish, now = NOW) {
  const say = ({ type, body }: { type: string; body: object }) => [type, ...Object.values(body)].join(' ');
  const steps = stepsOf(before, wish);
  return [steps.map(({ command }) => say(command)), backOf(steps, now).map(say)];
}

describe('a wish', () => {
  it('is one command with its way back', () => {
    expect(plan(open, { type: 'assign', to: 'usr_b' })).toEqual([['assign usr_b'], ['assign ']]);
    expect(plan(open, { type: 'assign', to: 'usr_b', note: 'Knows the oven' })).toEqual([['assign usr_b Knows the oven'], ['assign ']]);
    expect(plan(open, { type: 'resolve' })).toEqual([['resolve'], ['reopen']]);
    expect(plan(resolved, { type: 'reopen' })).toEqual([['reopen'], ['resolve']]);
    expect(plan(open, { type: 'set_priority', priority: 'urgent' })).toEqual([['set_priority urgent'], ['set_priority normal']]);
    expect(plan(resolved, { type: 'set_priority', priority: 'low' })).toEqual([['set_priority low'], ['set_priority high']]);
    expect(plan(open, { type: 'snooze', until: '2026-03-20T09:00:00Z' })).toEqual([['snooze 2026-03-20T09:00:00Z'], ['reopen']]);
  });

  it('gives it to a team, and back to whoever had to let go of it', () => {
    expect(plan(open, { type: 'assign_team', team: 'tea_1' })).toEqual([['assign_team tea_1'], ['assign_team ']]);
    const held: Sorted = { ...open, assignee: 'usr_a', team: 'tea_1' };
    expect(plan(held, { type: 'assign_team', team: 'tea_2', note: 'Knows the oven' })).toEqual([['assign_team tea_2 Knows the oven'], ['assign_team tea_1', 'assign usr_a']]);
    expect(plan(held, { type: 'assign_team', team: 'tea_1' })).toEqual([[], []]);
    expect([isSo(held, { type: 'assign_team', body: { team: 'tea_1' } }), isSo(open, { type: 'assign_team', body: { team: null } })]).toEqual([true, true]);
  });

  it('puts what was put off back to where it was', () => {
    expect(plan(off, { type: 'resolve' })[1]).toEqual(['reopen', 'snooze 2026-03-19T09:00:00Z']);
    expect(plan(off, { type: 'reopen' })[1]).toEqual(['snooze 2026-03-19T09:00:00Z']);
    expect(plan(off, { type: 'snooze', until: '2026-03-20T09:00:00Z' })[1]).toEqual(['snooze 2026-03-19T09:00:00Z']);
  });

  it('does not put off to a time that has passed meanwhile', () => {
    const later = Date.parse('2026-03-19T09:00:01Z');
    expect(plan(off, { type: 'resolve' }, later)[1]).toEqual(['reopen']);
    expect(plan(off, { type: 'reopen' }, later)[1]).toEqual([]);
    expect(plan(off, { type: 'snooze', until: '2026-03-20T09:00:00Z' }, later)[1]).toEqual(['reopen']);
  });

  it('takes labels off before it puts others on, and goes back in turn', () => {
    expect(plan(resolved, { type: 'label', on: ['lbl_1', 'lbl_2'], off: ['lbl_1', 'lbl_3'] }))
      .toEqual([['label lbl_1 false', 'label lbl_2 true'], ['label lbl_2 false', 'label lbl_1 true']]);
  });

  it('asks for nothing where it is so already', () => {
    const wishes: [Sorted, Wish][] = [
      [open, { type: 'assign', to: null }], [open, { type: 'reopen' }], [resolved, { type: 'resolve' }], [open, { type: 'set_priority', priority: 'normal' }],
      [off, { type: 'snooze', until: '2026-03-19T09:00:00.000Z' }], [resolved, { type: 'label', on: ['lbl_1'], off: ['lbl_2'] }],
    ];
    for (const [before, wish] of wishes) expect(stepsOf(before, wish), wish.type).toEqual([]);
  });

  it('is known to hold or not to', () => {
    expect(isSo(off, { type: 'snooze', body: { until: '2026-03-19T10:00:00+01:00' } })).toBe(true);
    expect(isSo(open, { type: 'snooze', body: { until: '2026-03-19T09:00:00Z' } })).toBe(false);
    expect(isSo(resolved, { type: 'label', body: { label: 'lbl_1', on: false } })).toBe(false);
  });
});
