// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ReplyShelf, type CannedReply } from '../../api/replies';
import { Composer } from './composer';
import { Drafts } from './drafts';
import { MentionPicker } from './mention-picker';
import { allOf, fillIn, matching, ReplyPicker, type Names } from './reply-picker';
import { handsOn } from './testing/hands';

const reply = (shortcut: string, text: string): CannedReply => ({ id: `rep_${shortcut}`, rev: 1, shortcut, text });
const NAMES: Names = { customer: 'Maya Lindqvist', agent: 'Amara Okafor', business: 'Balance Kitchen' };

describe('what is filled in', () => {
  it('is who writes to whom, and something kind where that is not known', () => {
    expect(fillIn('{{customer.name}}, {{ customer.first_name }}: {{agent.name}}, {{agent.first_name}} of {{business.name}}', NAMES))
      .toBe('Maya Lindqvist, Maya: Amara Okafor, Amara of Balance Kitchen');
    const nobody = { ...NAMES, customer: undefined };
    expect(fillIn('Hi {{customer.first_name}}, {{customer.first_name|friend}}, {{customer.name| }}.', nobody)).toBe('Hi there, friend, .');
  });

  it('is put in as it is: a name is no pattern and no variable', () => {
    expect(fillIn('Hi {{customer.name}}', { ...NAMES, customer: "$& {{agent.name}} <b>'" })).toBe("Hi $& {{agent.name}} <b>'");
  });
});

it('shortcuts that begin with it come first, then those that have it, then words', () => {
  const all = [reply('a-hi', 'x'), reply('bye', 'Say HI to all'), reply('hi', 'x'), reply('other', 'this is no match')];
  expect(matching(all, 'hi').map(({ shortcut }) => shortcut)).toEqual(['hi', 'a-hi', 'bye']);
  expect(matching(all, '').length).toBe(4);
});

describe('canned replies in the composer', () => {
  let composer: Composer;
  let answer: () => Promise<CannedReply[]>;
  let asked: number;

  const { input, write, press } = handsOn(() => composer);
  const list = () => composer.root.querySelector<HTMLElement>('[role=listbox][aria-label="Canned replies"]')!;
  const box = () => list().parentElement!;
  const shown = () => (box().hidden ? [] : [...list().children].map((option) => option.firstElementChild!.textContent));

  beforeEach(() => {
    sessionStorage.clear();
    asked = 0;
    answer = () => Promise.resolve([reply('bye', 'Goodbye, {{customer.first_name}}.'), reply('hours', 'We are here from 9 to 17.')]);
    const shelf = new ReplyShelf(() => {
      asked += 1;
      return answer();
    });
    composer = new Composer({
      placeholder: 'Write', drafts: new Drafts('usr_me', 'cnv_1'),
      picker: (field, root) => allOf(new MentionPicker(field, root, () => [{ id: 'usr_a', name: 'Anna' }]), new ReplyPicker(field, root, shelf, () => NAMES)),
    });
    document.body.append(composer.root);
  });
  afterEach(() => {
    composer.dispose();
    vi.useRealTimers();
  });

  it('are asked for when they are first wanted, and several go into one message', async () => {
    expect(asked).toBe(0);
    write('Thanks! /');
    expect(box().textContent).toContain('Loading');
    await vi.waitFor(() => expect(shown()).toEqual(['/bye', '/hours']));
    write('Thanks! /ho');
    expect(shown()).toEqual(['/hours']);
    press('Enter', { shiftKey: true });
    expect(input().value).toBe('Thanks! We are here from 9 to 17.\n/');
    expect(shown()).toEqual(['/bye', '/hours']);
    press('Enter');
    expect(input().value).toBe('Thanks! We are here from 9 to 17.\nGoodbye, Maya.');
    expect(box().hidden).toBe(true);
    expect(asked).toBe(1);
  });

  it('are offered to who types faster than they come', async () => {
    write('/');
    write('/ho');
    await vi.waitFor(() => expect(shown()).toEqual(['/hours']));
  });

  it('leave alone what is no request for one', async () => {
    write('/');
    await vi.waitFor(() => expect(shown()).toHaveLength(2));
    for (const text of ['and/or', 'https://example.com/', '/nothing-like-it', '/hours ']) {
      write(text);
      expect(box().hidden, text).toBe(true);
    }
    write('/');
    press('Escape');
    expect(box().hidden).toBe(true);
    expect(input().value).toBe('/');
  });

  it('say when there are none and when they cannot be had, and are asked for again then', async () => {
    answer = () => Promise.reject(new Error('away'));
    write('/');
    await vi.waitFor(() => expect(box().textContent).toContain('could not be loaded'));
    answer = () => Promise.resolve([]);
    write('/');
    await vi.waitFor(() => expect(box().textContent).toContain('There are no canned replies yet'));
    press('Enter');
    expect(input().value, 'with nothing to take, Enter sends').toBe('');
  });

  it('are offered by a button too, where one is writing', async () => {
    write('Hello');
    composer.root.querySelector<HTMLElement>('[aria-label^="Canned replies ("]')!.click();
    expect(input().value).toBe('Hello /');
    await vi.waitFor(() => expect(shown()).toHaveLength(2));
    composer.root.querySelector<HTMLElement>('[aria-label^="Canned replies ("]')!.click();
    expect(input().value, 'not a second slash').toBe('Hello /');
  });
});
