import { describe, expect, it } from 'vitest';
import type { Action } from './actions';
import { sectionsOf } from './sections';

const action = (label: string, more: Partial<Action> = {}): Action => ({ id: label, label, group: 'Things', run: () => undefined, ...more });
const shown = (actions: readonly Action[], search: string, recent: readonly string[] = []) =>
  sectionsOf(actions, search, recent).map(({ title, actions: those }) => `${title}: ${those.map(({ label }) => label as string).join(', ')}`);

describe('what the palette shows', () => {
  const all = [action('Assign'), action('Assign to me'), action('Inbox', { group: 'Go to' }), action('Labels')];

  it('is everything as it was declared when nothing is written', () => {
    expect(shown(all, '')).toEqual(['Things: Assign, Assign to me, Labels', 'Go to: Inbox']);
  });

  it('has what was done last first, and each thing once', () => {
    expect(shown(all, '', ['Inbox', 'gone', 'Assign'])).toEqual(['Recent: Inbox, Assign', 'Things: Assign to me, Labels']);
  });

  it('does not put what cannot be done among what was done last', () => {
    expect(shown([action('Snooze', { refusal: () => 'It is resolved.' })], '', ['Snooze'])).toEqual(['Things: Snooze']);
  });

  it('is what has all words, the best first, under its heading', () => {
    const actions = [action('Where'), action('Canned reply'), action('Resolve', { group: 'Sort' })];
    expect(shown(actions, 're')).toEqual(['Sort: Resolve', 'Things: Canned reply, Where']);
    expect(shown(actions, 'reply can')).toEqual(['Things: Canned reply']);
    expect(shown(actions, 'zeppelin')).toEqual([]);
  });

  it('is found by other words after what is called so', () => {
    const actions = [action('Snooze', { words: 'put off later' }), action('Switch keys off')];
    expect(shown(actions, 'off')).toEqual(['Things: Switch keys off, Snooze']);
    expect(shown(actions, 'later sno')).toEqual(['Things: Snooze']);
  });

  it('has of what fits as well first what was done last', () => {
    expect(shown([action('Set a'), action('Set b'), action('Set c')], 'set', ['Set c', 'Set b'])).toEqual(['Things: Set c, Set b, Set a']);
  });

  it('ends with what is for any words', () => {
    const find = action('Find “lab” in what was said', { group: 'Find', last: true });
    expect(shown([find, ...all, action('Collaborate')], 'lab')).toEqual(['Things: Labels, Collaborate', 'Find: Find “lab” in what was said']);
  });
});
