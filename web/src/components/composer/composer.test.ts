// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { staffModes } from './modes';
import { Composer, MAX_CHARACTERS, type Enclosure, type Written } from './composer';
import { Drafts } from './drafts';
import { MentionPicker } from './mention-picker';
import { handsOn } from './testing/hands';

let composer: Composer;
let heard: Written[];
let typed: string[];

function start() {
  composer = new Composer({
    placeholder: 'Write', modes: staffModes, drafts: new Drafts('usr_me', 'cnv_1'),
    picker: (input, root) => new MentionPicker(input, root, () => [{ id: 'usr_a', name: 'Anna Berg' }, { id: 'usr_b', name: 'Bo' }]),
  });
  heard = [];
  typed = [];
  composer.written.on((written) => heard.push(written));
  composer.typing.on((what) => typed.push(what));
  document.body.append(composer.root);
}
const { input, write, press } = handsOn(() => composer);

beforeEach(() => {
  sessionStorage.clear();
  start();
});
afterEach(() => composer.dispose());

describe('the composer', () => {
  it('sends with Enter, not with Shift and Enter, and not while a character is being composed', () => {
    write('  hello ');
    press('Enter', { shiftKey: true });
    press('Enter', { isComposing: true });
    expect(heard).toEqual([]);
    press('Enter');
    expect(heard).toEqual([{ kind: 'send', text: 'hello', mentions: [] }]);
    expect(input().value).toBe('');
    expect(typed).toEqual(['typing', 'sent']);
  });

  it('sends nothing that is empty or too long, and counts as the server does', () => {
    write('   ');
    press('Enter');
    write('🦀'.repeat(MAX_CHARACTERS + 1));
    press('Enter');
    expect(heard).toEqual([]);
    expect(composer.root.textContent).toContain('-1 left');
    write('🦀'.repeat(MAX_CHARACTERS));
    press('Enter');
    expect(heard).toHaveLength(1);
  });

  it('sends what goes along without a word, and nothing before all of it is there', () => {
    const file = { id: 'att_1', name: 'menu.pdf', type: 'application/pdf', size: 7 };
    const along: Enclosure = { state: 'waiting', take: () => [file] };
    const to = (state: Enclosure['state']) => composer.enclose(Object.assign(along, { state }));
    to('waiting');
    write('look');
    press('Enter');
    expect(heard).toEqual([]);
    to('ready');
    press('Enter');
    expect(heard).toEqual([{ kind: 'send', text: 'look', mentions: [], attachments: [file] }]);
    to('ready');
    composer.setMode('note');
    press('Enter');
    expect(heard[1]).toEqual({ kind: 'note', text: '', mentions: [], attachments: [file] });
    // Changing a message takes nothing along.
    composer.edit(7, 'old');
    write('new');
    press('Enter');
    expect(heard[2]).toEqual({ kind: 'edit', seq: 7, text: 'new' });
  });

  it('keeps what was begun over a reload, until it is sent', () => {
    write('half a thou');
    composer.dispose();
    start();
    expect(input().value).toBe('half a thou');
    press('Enter');
    composer.dispose();
    start();
    expect(input().value).toBe('');
  });

  it('answers a message once, and Escape leaves it', () => {
    composer.replyTo(7, 'Vera: hello');
    expect(composer.root.textContent).toContain('Answering Vera: hello');
    press('Escape');
    write('one');
    press('Enter');
    composer.replyTo(7, 'Vera: hello');
    write('two');
    press('Enter');
    write('three');
    press('Enter');
    expect(heard.map((each) => 'replyTo' in each && each.replyTo)).toEqual([false, 7, false]);
  });

  it('changes a message and gives back what was being written', () => {
    write('draft');
    composer.edit(5, 'helo');
    expect(input().value).toBe('helo');
    write('hello');
    press('Enter');
    expect(heard).toEqual([{ kind: 'edit', seq: 5, text: 'hello' }]);
    expect(input().value).toBe('draft');
  });

  it('writes notes when it is told to, also what was begun as an answer', () => {
    write('only');
    composer.setMode('note');
    write('only for us');
    press('Enter');
    expect(heard).toMatchObject([{ kind: 'note', text: 'only for us' }]);
    expect(typed).toEqual(['typing', 'typing', 'typing', 'sent']);
  });

  it('offers people after @ and remembers who is meant', () => {
    write('please @an');
    expect(composer.root.querySelector('[role=listbox]')?.textContent).toContain('Anna Berg');
    press('Enter');
    expect(input().value).toBe('please @Anna Berg ');
    press('Enter');
    expect(heard).toEqual([{ kind: 'send', text: 'please @Anna Berg', mentions: ['usr_a'] }]);
  });

  it('up in the empty field asks for the last own message', () => {
    let asked = 0;
    composer.editLast.on(() => (asked += 1));
    press('ArrowUp');
    write('x');
    press('ArrowUp');
    expect(asked).toBe(1);
  });
});
