// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from 'vitest';
import type { SavedView } from '../../api/views';
import { Chooser } from './chooser';
import { wordsOf } from './view-words';

const view = (id: string, more: Partial<SavedView> = {}): SavedView => ({ id, rev: 1, shared: false, name: `View ${id}`, criteria: { status: 'open', assignee: 'me', label: 'lbl_1' }, order: 'urgent', ...more });

let chooser: Chooser;
let chosen: string[];
let edited: (string | null)[];

beforeEach(() => {
  localStorage.clear();
  [chosen, edited] = [[], []];
  chooser = new Chooser((who) => (who === 'usr_2' ? 'Theo' : undefined));
  chooser.chosen.on(() => chosen.push(chooser.key));
  chooser.editing.on((each) => edited.push(each?.id ?? null));
});

const pressed = () => [...chooser.root.querySelectorAll('[aria-pressed=true]')].map((each) => each.textContent);
const named = (label: string) => [...chooser.root.querySelectorAll('button')].find((each) => (each.getAttribute('aria-label') ?? each.textContent) === label)!;

describe('the lists to choose from', () => {
  it('shows no views where there are none', () => {
    expect(chooser.root.querySelector<HTMLElement>('[aria-label="Saved views"]')!.hidden).toBe(true);
    expect(pressed()).toEqual(['Open']);
  });

  it('shows a view by its own label and order, and what is shown besides by those that were chosen', () => {
    chooser.setLabel('lbl_2');
    chooser.setViews([view('vew_1')]);
    named('View vew_1').click();
    expect([chooser.criteria, chooser.order, chooser.label]).toEqual([{ status: 'open', assignee: 'me', label: 'lbl_1' }, 'urgent', '']);
    chooser.choose('mine');
    expect([chooser.criteria, chooser.order, chooser.label]).toEqual([{ status: 'open', assignee: 'me', label: 'lbl_2' }, 'newest', 'lbl_2']);
    expect(chosen).toEqual(['vew_1', 'mine']);
    chooser.choose('vew_1');
    chooser.setLabel('lbl_3');
    expect([chooser.key, chooser.criteria]).toEqual(['open', { status: 'open', label: 'lbl_3' }]);
  });

  it('narrows them by a team too, where there are any', () => {
    const select = chooser.root.querySelector<HTMLSelectElement>('[aria-label=Team]')!;
    expect(select.hidden).toBe(true);
    chooser.setTeams({ tea_2: { name: 'Weddings', members: [] }, tea_1: { name: 'Kitchen', members: [] } });
    expect([select.hidden, [...select.options].map(({ text }) => text)]).toEqual([false, ['All teams', 'My teams', 'No team', 'Kitchen', 'Weddings']]);
    select.value = 'mine';
    select.dispatchEvent(new Event('change', { bubbles: true }));
    expect([chooser.criteria, chooser.narrowing]).toEqual([{ status: 'open', team: 'mine' }, { label: '', team: 'mine' }]);
    chooser.setTeam('tea_gone');
    expect([select.value, select.selectedOptions[0]?.text]).toEqual(['tea_gone', 'A team']);
    chooser.setViews([view('vew_1')]);
    chooser.choose('vew_1');
    expect([chooser.team, select.hidden]).toEqual(['', true]);
  });

  it('waits for a view that is meant and not known yet', () => {
    chooser.choose('vew_2');
    expect([chooser.key, pressed()]).toEqual(['vew_2', ['Open']]);
    chooser.setViews([view('vew_1'), view('vew_2')]);
    expect([chooser.key, pressed()]).toEqual(['vew_2', ['View vew_2']]);
  });

  it('shows everything when the view that is meant is not there, or goes', () => {
    chooser.choose('vew_9');
    chooser.setViews([view('vew_1')]);
    expect(chooser.key).toBe('open');
    chooser.choose('vew_1');
    chooser.setViews([]);
    expect([chooser.key, pressed()]).toEqual(['open', ['Open']]);
  });

  it('takes a change of the view that is shown, and leaves alone what has not changed', () => {
    chooser.setViews([view('vew_1')]);
    chooser.choose('vew_1');
    chooser.setViews([view('vew_1')]);
    expect(chosen).toEqual(['vew_1']);
    chooser.setViews([view('vew_1', { rev: 2, criteria: { status: 'snoozed' } })]);
    expect([chosen, chooser.criteria]).toEqual([['vew_1', 'vew_1'], { status: 'snoozed' }]);
  });

  it('keeps what is shown as a view, and changes the one that is', () => {
    named('Save as a view').click();
    chooser.setViews([view('vew_1')]);
    chooser.choose('vew_1');
    named('Change this view').click();
    expect(edited).toEqual([null, 'vew_1']);
  });

  it('says how many there are, but not of what is resolved', () => {
    chooser.setViews([view('vew_1'), view('vew_2', { criteria: { status: 'resolved' } })]);
    chooser.setNumbers((key) => `${key}!`);
    expect([...chooser.root.querySelectorAll('[data-list]')].map((each) => each.lastElementChild!.textContent)).toEqual(['open!', 'waiting!', 'mine!', 'due!', 'snoozed!', '', 'vew_1!', '']);
  });

  it('says in words what a view shows', () => {
    const words = (more: Partial<SavedView>) => wordsOf(view('vew_1', more), { lbl_1: { name: 'Allergy', color: 'red' } }, (who) => (who === 'usr_2' ? 'Theo' : undefined));
    expect(words({})).toBe('Open · mine · Allergy · most urgent');
    expect(words({ criteria: { status: 'open', waiting: true, assignee: 'usr_2', label: 'lbl_9', priority: 'high' }, order: 'newest' })).toBe('Open · waiting · Theo · a label that is gone · high');
    expect(words({ criteria: { status: 'snoozed', assignee: 'none' } })).toBe('Snoozed · nobody’s');
  });
});
