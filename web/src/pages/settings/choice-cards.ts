import { el, freshId } from '../../ui/dom';
import { c } from './parts';

/** One of a few ways, each with what it means. */
export interface ChoiceCards<T extends string> {
  readonly root: HTMLFieldSetElement;
  value(): T;
}

/** A few ways to choose from. With `quiet` the title is only read out: the box around says it already. */
export function choiceCards<T extends string>(title: string, ways: readonly { value: T; label: string; text: string }[], chosen: T, quiet = false): ChoiceCards<T> {
  const name = freshId('choice');
  const cards = ways.map(({ value, label, text }) => {
    const input = el('input', { type: 'radio', name, value, checked: value === chosen });
    return { value, input, root: el('label', { class: c('choice') }, input, el('span', { class: c('choiceName') }, label), el('span', { class: c('soft') }, text)) };
  });
  const root = el('fieldset', { class: c('choices') }, el('legend', { class: quiet ? 'visually-hidden' : c('choiceTitle') }, title), ...cards.map((card) => card.root));
  return { root, value: () => cards.find(({ input }) => input.checked)?.value ?? chosen };
}
