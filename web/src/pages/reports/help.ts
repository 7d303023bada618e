import { el } from '../../ui/dom';
import { c } from './parts';

const WORDS: readonly (readonly [name: string, text: string])[] = [
  ['Matter', 'Begins when a customer writes and nothing is under way, and ends when the conversation is resolved. Who writes again after that comes with a new matter.'],
  ['Which ones', 'The matters that began in the period, whenever they were answered or resolved. So the figures of the last days still change.'],
  ['First answer', 'The first message of a person or program of yours in a matter. Internal notes, routing and what Brigade does by itself are no answers.'],
  ['Half, nine of ten', 'Half of the matters took no longer (the median), nine of ten took no longer (the 90th percentile). One that took very long does not spoil these, as it would an average.'],
  ['While we are open', 'Counted in your opening hours as they are today.'],
  ['In time', 'Of the matters for which a target was set when they were under way: done by then. What is not done yet and should be counts as late.'],
  ['Content', 'Of the customers who said how they were served, those who said good or very good. Whoever was answered is asked when the matter is resolved, if that is switched on under Settings, Feedback.'],
  ['From enquiry to client', 'The conversations that began on the site in the period, with the chat or a form, and what became of them until now. Each step is counted for itself, and its time in all hours. A client who was taken back is none.'],
  ['Person', 'A matter is of whoever had it when it was resolved or, until then, of who has it. Who answered first and who resolved it are counted each for themselves.'],
  ['Label', 'As it was when the matter was resolved. A matter with two labels counts for both.'],
];

/** What the words mean, where the numbers are. */
export function definitions(): HTMLElement {
  return el('details', { class: c('help') }, el('summary', {}, 'What is counted?'),
    el('dl', { class: c('words') }, ...WORDS.flatMap(([name, text]) => [el('dt', {}, name), el('dd', {}, text)])));
}
