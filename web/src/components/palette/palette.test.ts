// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Disposables } from '../../base/disposables';
import { Toasts } from '../toast/toast';
import { Actions, type Action } from './actions';
import { listenForKeys, switchSingleKeys } from './keys';
import { paletteButton } from './opener';
import './palette';
import { recentActions, rememberAction } from './recent';

let owned: Disposables;
let actions: Actions;
let done: string[];

const action = (id: string, more: Partial<Action> = {}): Action => ({ id, label: id, group: 'Things', run: () => void done.push(id), ...more });
const press = (key: string, more: KeyboardEventInit = {}, target: Element = document.activeElement ?? document.body) => {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  target.dispatchEvent(event);
  return event;
};
const dialog = () => document.querySelector('dialog');
const input = () => dialog()!.querySelector('input')!;
const options = () => [...dialog()!.querySelectorAll('[role=option]')];
const names = () => options().map((option) => option.querySelector('.label')!.textContent);
const active = () => document.getElementById(input().getAttribute('aria-activedescendant')!)?.querySelector('.label')?.textContent;
const write = (text: string) => {
  input().value = text;
  input().dispatchEvent(new Event('input', { bubbles: true }));
};
const open = () => press('k', { ctrlKey: true });
/** The palette comes when it is wanted. */
const here = () => vi.waitFor(() => expect(dialog()).not.toBeNull());
/** Lets what was closed go on. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  localStorage.clear();
  document.body.replaceChildren();
  owned = new Disposables();
  actions = new Actions();
  done = [];
  document.body.append(paletteButton({ actions, owned, toasts: owned.add(new Toasts()) }));
});
afterEach(() => {
  dialog()?.close();
  owned.dispose();
});

describe('the palette', () => {
  it('opens with Ctrl-K and with ⌘K, in a text field too, and goes back there', async () => {
    actions.add([action('a')]);
    const field = document.createElement('textarea');
    document.body.append(field);
    field.focus();
    expect(open().defaultPrevented).toBe(true);
    await here();
    expect(document.activeElement).toBe(input());
    open();
    await settle();
    expect(dialog()).toBeNull();
    expect(document.activeElement).toBe(field);
    press('k', { metaKey: true });
    await here();
  });

  it('takes what is typed before it is here, and goes away again before it is', async () => {
    const field = document.createElement('textarea');
    document.body.append(field);
    field.focus();
    const heard: string[] = [];
    field.addEventListener('keydown', ({ key }) => heard.push(key));
    actions.add([action('abc'), action('xyz')]);
    open();
    for (const key of ['x', 'Q', 'Backspace', 'Tab', 'y']) expect(press(key).defaultPrevented, key).toBe(true);
    await here();
    expect([input().value, names()]).toEqual(['xy', ['xyz']]);
    dialog()!.close();
    await settle();
    for (const leave of [() => open(), () => press('Escape')]) {
      open();
      press('a');
      leave();
      press('b');
      await settle();
      await settle();
      expect(dialog()).toBeNull();
    }
    expect(heard).toEqual(['b', 'b']);
  });

  it('stays away while a word is put together, with other keys held, and over another dialog', async () => {
    press('k', { ctrlKey: true, isComposing: true });
    press('k', { ctrlKey: true, shiftKey: true });
    press('k', { ctrlKey: true, altKey: true });
    press('k');
    expect(dialog()).toBeNull();
    const other = document.createElement('dialog');
    document.body.append(other);
    other.showModal();
    expect(open().defaultPrevented, 'the browser keeps its search to itself').toBe(true);
    await settle();
    expect(document.querySelectorAll('dialog').length).toBe(1);
    other.remove();
  });

  it('opens where the letters are not Latin, and not with another letter in that place', async () => {
    press('v', { ctrlKey: true, code: 'KeyK' });
    expect(dialog()).toBeNull();
    press('л', { ctrlKey: true, code: 'KeyK' });
    await here();
  });

  it('chooses with arrows, round and round, and does it when it is closed and the focus is back', async () => {
    const field = document.createElement('input');
    document.body.append(field);
    field.focus();
    actions.add([action('a'), action('b', { run: () => void done.push(document.activeElement === field ? 'b with the focus back' : 'b') }), action('c')]);
    open();
    await here();
    expect(active()).toBe('a');
    press('ArrowDown');
    expect(active()).toBe('b');
    press('ArrowUp');
    press('ArrowUp');
    expect(active()).toBe('c');
    press('ArrowDown');
    press('ArrowDown');
    press('Enter');
    await settle();
    expect(done).toEqual(['b with the focus back']);
    expect(recentActions()).toEqual(['b']);
  });

  it('leaves Enter to a word that is being put together', async () => {
    actions.add([action('a')]);
    open();
    await here();
    press('Enter', { isComposing: true });
    await settle();
    expect(done).toEqual([]);
    expect(dialog()).not.toBeNull();
  });

  it('offers what is declared later where a place was kept for it, with its key', async () => {
    const kept = actions.place();
    actions.add([action('go', { key: 'g' })]);
    kept.add([action('do', { key: 'd' }), action('not now', { when: () => false })]);
    open();
    await here();
    expect(names()).toEqual(['do', 'go']);
    expect(actions.keyed.map(({ key }) => key)).toEqual(['d', 'g']);
  });

  it('finds, marks, and says kindly when there is nothing', async () => {
    actions.add([action('Résolve'), action('Snooze')]);
    open();
    await here();
    write('res');
    expect(names()).toEqual(['Résolve']);
    expect(dialog()!.querySelector('mark')!.textContent).toBe('Rés');
    expect(dialog()!.querySelector('[role=status]')!.textContent).toBe('1 action');
    write('zeppelin');
    expect(names()).toEqual([]);
    expect(input().getAttribute('aria-expanded')).toBe('false');
    expect(input().hasAttribute('aria-activedescendant')).toBe(false);
    expect(dialog()!.querySelector('[role=status]')!.textContent).toContain('Nothing here is called “zeppelin”');
    press('Enter');
    expect(dialog()).not.toBeNull();
  });

  it('shows what cannot be done with its reason, and does not do it', async () => {
    actions.add([action('no', { refusal: () => 'It is resolved.' }), action('yes'), action('never', { when: () => false })]);
    open();
    await here();
    expect(names()).toEqual(['no', 'yes']);
    expect(active(), 'the first that can be done').toBe('yes');
    press('ArrowUp');
    expect(options()[0]!.getAttribute('aria-disabled')).toBe('true');
    expect(options()[0]!.textContent).toContain('It is resolved.');
    press('Enter');
    (options()[0] as HTMLElement).click();
    await settle();
    expect(done).toEqual([]);
    expect(dialog()).not.toBeNull();
  });

  it('does what is clicked, and closes with a click beside it', async () => {
    actions.add([action('a'), action('b')]);
    open();
    await here();
    (options()[1]!.querySelector('.label') as HTMLElement).click();
    await settle();
    expect(done).toEqual(['b']);
    document.querySelector<HTMLElement>('[aria-haspopup=dialog]')!.click();
    await here();
    dialog()!.click();
    await settle();
    expect(dialog()).toBeNull();
  });

  it('asks what depends on the words anew', async () => {
    actions.add((search) => (search === '' ? [] : [{ label: `Find “${search}”`, group: 'Find', last: true, run: () => undefined }]));
    open();
    await here();
    expect(names()).toEqual([]);
    write('pear');
    expect(names()).toEqual(['Find “pear”']);
  });

  it('shows a key beside what it does, unless single keys are off', async () => {
    actions.add([action('a', { key: 'e' })]);
    open();
    await here();
    expect(options()[0]!.getAttribute('aria-keyshortcuts')).toBe('e');
    open();
    await settle();
    switchSingleKeys(false);
    open();
    await here();
    expect(options()[0]!.hasAttribute('aria-keyshortcuts')).toBe(false);
  });
});

describe('what was done last', () => {
  it('is remembered five deep, each once, the newest first', () => {
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'b']) rememberAction(id);
    expect(recentActions()).toEqual(['b', 'f', 'e', 'd', 'c']);
  });

  it('leaves out what comes and goes', async () => {
    actions.add([{ label: 'Maya', group: 'Conversations', run: () => void done.push('maya') }]);
    open();
    await here();
    press('Enter');
    await settle();
    expect(done).toEqual(['maya']);
    expect(recentActions()).toEqual([]);
  });
});

describe('single keys', () => {
  beforeEach(() => void owned.add(listenForKeys(actions)));

  it('do what was declared once for them and for the palette', async () => {
    actions.add([action('settle', { key: 'e' })]);
    press('e');
    expect(done).toEqual(['settle']);
    open();
    await here();
    press('e');
    press('Enter');
    await settle();
    expect(done).toEqual(['settle', 'settle']);
  });

  it('do nothing while it makes no sense, so that another with the same key may', () => {
    let first = true;
    actions.add([action('resolve', { key: 'e', when: () => first }), action('reopen', { key: 'e', when: () => !first })]);
    press('e');
    first = false;
    press('e');
    expect(done).toEqual(['resolve', 'reopen']);
  });

  it('are for nobody who writes, and can be switched off, but for the one that switches them on', () => {
    actions.add([action('settle', { key: 'e' }), action('keys', { key: '?' })]);
    const field = document.createElement('textarea');
    document.body.append(field);
    press('e', {}, field);
    switchSingleKeys(false);
    press('e');
    press('?');
    expect(done).toEqual(['keys']);
  });
});
