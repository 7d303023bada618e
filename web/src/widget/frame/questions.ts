import { Disposables } from '../../base/disposables';
import { button } from '../../components/button/button';
import { choiceField, field, mayBeEmail, type AnyField } from '../../components/field/field';
import type { VisitorAnswer, VisitorQuestion } from '../../live/protocol.gen';
import { el, fill } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import { say } from '../../words/say';
import styles from './frame.module.css';
import type { PageLink } from './page-link';
import { saidIn } from './said';

const c = mustClass(styles);
const LONGEST = 500;
const LONGEST_NAME = 200;

type Asked = { question: VisitorQuestion; field: AnyField };

/**
 * Asks what the business wants to know before the first message, and not what the site has said already of who is here. Loaded where it wants to
 * know something.
 */
export function askFirst(questions: readonly VisitorQuestion[], link: PageLink, body: HTMLElement, greeting: HTMLElement): Promise<VisitorAnswer[]> {
  const owned = new Disposables();
  const fields: Asked[] = questions.map((question) => ({ question, field: fieldOf(question) }));
  const form = el(
    'form', { class: c('card'), novalidate: true, 'aria-label': say('ask.title') },
    ...fields.map((each) => each.field.root), button({ label: say('ask.start'), kind: 'primary' }, { type: 'submit' }));
  fill(body, el('div', { class: c('start') }, greeting, form));
  return new Promise((resolve) => {
    const answered = () => {
      owned.dispose();
      resolve(fields.map(({ question: { question }, field: { input } }) => ({ question, answer: input.value.trim() })).filter(({ answer }) => answer !== ''));
    };
    owned.listen(form, 'submit', (event) => {
      event.preventDefault();
      const wrong = fields.filter(({ question, field: { input, setProblem } }) => {
        const problem = problemOf(question, input.value.trim());
        setProblem(problem);
        return problem !== null;
      });
      if (wrong[0]) wrong[0].field.input.focus();
      else answered();
    });
    // A busy page says late who is here; by then somebody else's chat may have been forgotten, and this form with it.
    owned.add(link.said.on(() => form.isConnected && fillIn(fields, link.who) && answered()));
    if (fillIn(fields, link.who)) answered();
  });
}

/** Answers what the site has said, out of sight. Returns whether nothing is left to ask. */
function fillIn(fields: Asked[], who: string | null | undefined): boolean {
  const said = who ? saidIn(who) : {};
  for (const { question, field: { root, input } } of fields) {
    const known = question.kind === 'name' || question.kind === 'email' ? said[question.kind]?.trim() : undefined;
    const taken = Boolean(known) && known!.length <= LONGEST_NAME && problemOf(question, known!) === null;
    // What was answered for somebody who has gone is not for whoever comes.
    if (taken || root.hidden) input.value = taken ? known! : '';
    root.hidden = taken;
  }
  return fields.every(({ field: { root } }) => root.hidden);
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
