import { Disposables } from '../../base/disposables';
import { button } from '../../components/button/button';
import { choiceField, field } from '../../components/field/field';
import type { VisitorAnswer, VisitorQuestion } from '../../live/protocol.gen';
import { el, fill } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import styles from './frame.module.css';

const c = mustClass(styles);
const LONGEST = 500;

/** Asks what the business wants to know before the first message. Loaded where it wants to know something. */
export function askFirst(questions: readonly VisitorQuestion[], body: HTMLElement, greeting: HTMLElement): Promise<VisitorAnswer[]> {
  const owned = new Disposables();
  const fields = questions.map((question) => ({ question, field: fieldOf(question) }));
  const form = el(
    'form', { class: c('card'), novalidate: true, 'aria-label': 'Before we begin' },
    ...fields.map((each) => each.field.root), button({ label: 'Start the chat', kind: 'primary' }, { type: 'submit' }));
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
  const look = { label: required ? question : `${question} (optional)`, name: 'answer' };
  if (kind === 'choice') return choiceField(look, ['', ...(choices ?? [])].map((value) => ({ value, label: value || 'Choose' })), { required });
  return field(look, { required, maxlength: LONGEST, dir: 'auto', ...(kind === 'email' && { type: 'email', autocomplete: 'email' }) });
}

function problemOf({ kind, required }: VisitorQuestion, answer: string): string | null {
  if (answer === '') return required ? 'Please answer this.' : null;
  return kind === 'email' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(answer) ? 'This does not look like an e-mail address. It has an @ and a dot after it.' : null;
}
