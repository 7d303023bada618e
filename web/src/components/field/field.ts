import { ApiError } from '../../api/http';
import { el, fill, freshId, type Attributes } from '../../ui/dom';
import { icon, alertIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { say } from '../../words/say';
import styles from './field.module.css';

const c = mustClass(styles);

type Input = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** A labelled input with its hint and what is wrong with it. */
export interface Field<T extends Input = HTMLInputElement> {
  readonly root: HTMLElement;
  readonly input: T;
  /** Says what is wrong, or that nothing is. */
  setProblem(text: string | null): void;
}

/** A field of any kind. */
export type AnyField = Field<HTMLInputElement> | Field<HTMLTextAreaElement> | Field<HTMLSelectElement>;

export interface FieldLook {
  label: string;
  name: string;
  hint?: string;
}

function around<T extends Input>(input: T, look: FieldLook): Field<T> {
  const id = freshId(look.name);
  const problem = el('p', { class: c('problem'), id: `${id}-problem`, hidden: true });
  const hint = look.hint ? el('p', { class: c('hint'), id: `${id}-hint` }, look.hint) : null;
  input.id = id;
  input.classList.add(c('input'));
  input.setAttribute('aria-describedby', hint ? `${id}-hint ${id}-problem` : `${id}-problem`);
  return {
    root: el('div', { class: c('field') }, el('label', { class: c('label'), for: id }, look.label), hint, input, problem),
    input,
    setProblem(text) {
      fill(problem, text ? icon(alertIcon) : null, text ? el('span', {}, text) : null);
      problem.hidden = text === null;
      if (text === null) input.removeAttribute('aria-invalid');
      else input.setAttribute('aria-invalid', 'true');
    },
  };
}

/** One line. */
export function field(look: FieldLook, attributes: Attributes = {}): Field {
  return around(el('input', { type: 'text', name: look.name, ...attributes }), look);
}

/** Several lines. */
export function textField(look: FieldLook, attributes: Attributes = {}): Field<HTMLTextAreaElement> {
  return around(el('textarea', { name: look.name, ...attributes }), look);
}

/** Whether it may be an e-mail address; only a letter finds out. */
export const mayBeEmail = (text: string) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);

/** One of several. */
export function choiceField(look: FieldLook, options: readonly { value: string; label: string }[], attributes: Attributes = {}): Field<HTMLSelectElement> {
  const select = el('select', { name: look.name, ...attributes }, ...options.map(({ value, label }) => el('option', { value }, label)));
  return around(select, look);
}

/** What went wrong with a whole form, read out when it appears. */
export function problemSummary(): { root: HTMLElement; show(text: string | null): void } {
  const root = el('p', { class: c('summary'), role: 'alert', hidden: true });
  return {
    root,
    show(text) {
      root.hidden = text === null;
      root.textContent = text ?? '';
    },
  };
}

/** Puts a refusal where it belongs: beside the field it is about, otherwise above the form. Returns whether it was an answer. */
export function showProblem(error: unknown, fields: Record<string, AnyField>, summary: { show(text: string | null): void }): void {
  if (!(error instanceof ApiError)) throw error;
  const where = error.field === undefined ? undefined : fields[error.field];
  if (where) {
    where.setProblem(error.message);
    where.input.focus();
  } else {
    const { message: problem, retryAfter } = error;
    summary.show(retryAfter === undefined ? problem : say('http.wait', { problem, n: Math.max(1, Math.ceil(retryAfter)) }));
  }
}

/** Forgets what was wrong before. */
export function clearProblems(fields: Record<string, AnyField>, summary: { show(text: string | null): void }): void {
  for (const each of Object.values(fields)) each.setProblem(null);
  summary.show(null);
}
