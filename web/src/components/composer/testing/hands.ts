import type { Composer } from '../composer';

/** Writes and presses keys in the composer there is at that moment. */
export function handsOn(composer: () => Composer) {
  const input = () => composer().root.querySelector('textarea')!;
  return {
    input,
    write(text: string): void {
      input().value = text;
      input().setSelectionRange(text.length, text.length);
      input().dispatchEvent(new Event('input', { bubbles: true }));
    },
    press: (key: string, more: KeyboardEventInit = {}) => input().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more })),
  };
}
