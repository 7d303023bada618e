import { Disposables } from '../../base/disposables';
import { button } from '../../components/button/button';
import { choiceField, field, mayBeEmail } from '../../components/field/field';
import type { VisitorAnswer, VisitorQuestion } from '../../live/protocol.gen';
import { el, fill } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import { say } from '../../words/say';
import styles from './frame.module.css';

const c = mustClass(styles);
const LONGEST = 500;
const LONGEST_NAME = 200;

/** Asks what the business wants to know before the first message. Loaded where it wants to know something. */
export function askFirst(questions: readonly VisitorQuestion[], body: HTMLElement, greeting: HTMLElement): Promise<VisitorAnswer[]> {
  const owned = new Disposables();
  const fields = questions.map((question) => ({ question, field: fieldOf(question) }));
  const form = el(
    'form', { class: c('card'), novalidate: true, 'aria-label': say('ask.title') },
    ...fields.map((each) => each.field.root), button({ label: say('ask.start'), kind: 'primary' }, { type: 'submit' }));
  fill(body, el('div', { class: c('start') }, greeting, form));
  return new Promise((resolve) => owned.listen(form, 'submit', (event) => {
    event.preventDefault();
    const wrong = fields.filter(({ question, field: { input, setProblem } }) => {
      const problem = problemOf(question, input.value.trim());
      setProblem(problem);
      return problem !== null;
    });
    if (wrong[0]) return wrong[0].field.input.focus();
    owned.dispose();
    resolve(fields.map(({ question: { question }, field: { input } }) => ({ question, answer: input.value.trim() })).filter(({ answer }) => answer !== ''));
  }));
}

function fieldOf({ question, kind, required, choices }: VisitorQuestion) {
  const look = { label: required ? question : say('ask.optional', { question }), name: 'answer' };
  if (kind === 'choice') return choiceField(look, ['', ...(choices ?? [])].map((value) => ({ value, label: value || say('ask.choose') })), { required });
  return field(look, { required, maxlength: LONGEST, dir: 'auto', ...(kind === 'email' && { type: 'email', autocomplete: 'email' }), ...(kind === 'name' && { autocomplete: 'name', maxlength: LONGEST_NAME }) });
}

function problemOf({ kind, required }: VisitorQuestion, answer: string): string | null {
  if (answer === '') return required ? say('ask.missing') : null;
  return kind === 'email' && !mayBeEmail(answer) ? say('email.wrong') : null;
}
