// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from 'vitest';
import { pick } from './picker';

const choices = (count: number) => Array.from({ length: count }, (_, n) => ({ value: n, label: `${n % 2 ? 'Odd' : 'Even'} ${n}` }));
const press = (key: string) => document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
const shown = () => [...document.querySelectorAll<HTMLElement>('dialog li')].filter((item) => !item.hidden).map((item) => item.textContent);

function look(words: string): void {
  const input = document.querySelector<HTMLInputElement>('dialog input')!;
  input.value = words;
  input.dispatchEvent(new Event('input', { bubbles: true }));
}

beforeEach(() => document.body.replaceChildren());

describe('choosing one', () => {
  it('has no field to find it where there are few', () => {
    void pick('Which?', choices(4));
    expect(document.querySelector('dialog input')).toBeNull();
    press('ArrowDown');
    expect(document.activeElement?.textContent).toBe('Odd 1');
  });

  it('finds it where there are many: arrows pass over what is not found, and Enter takes the first', async () => {
    const chosen = pick('Which?', choices(12));
    expect(document.activeElement).toBe(document.querySelector('dialog input'));
    look('odd 1');
    expect(shown()).toEqual(['Odd 1', 'Odd 11']);
    press('ArrowDown');
    press('ArrowDown');
    expect(document.activeElement?.textContent).toBe('Odd 11');
    press('ArrowDown');
    expect(document.activeElement?.textContent).toBe('Odd 1');
    look('even');
    document.querySelector<HTMLInputElement>('dialog input')!.focus();
    press('Enter');
    expect(await chosen).toBe(0);
  });
});
