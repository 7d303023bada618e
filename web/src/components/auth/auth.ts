import { Disposables } from '../../base/disposables';
import { el, fill, type Child } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import { brand } from '../brand/brand';
import { busy, button, type ButtonLook } from '../button/button';
import { clearProblems, problemSummary, showProblem, type Field } from '../field/field';
import styles from './auth.module.css';

const c = mustClass(styles);

/** The frame of the pages before a sign-in. */
export function authPage(card: HTMLElement): HTMLElement {
  return el(
    'div', { class: c('page') },
    el('header', { class: c('head') }, brand()),
    el('main', { class: c('middle') }, card),
    el('footer', { class: c('foot') }, 'Brigade: one place for everybody you work for.'),
  );
}

/** A card with a title, what it is about, and whatever is in it. */
export function authCard(title: string, lead: Child, ...inside: Child[]): HTMLElement {
  return el('div', { class: c('card') }, el('div', {}, el('h1', { class: c('title') }, title), lead && el('p', { class: c('lead') }, lead)), ...inside);
}

/** A line below a form. */
export function aside(...inside: Child[]): HTMLElement {
  return el('p', { class: c('aside') }, ...inside);
}

/** A form that sends itself once, shows what was refused beside the field it is about, and stays usable. */
export function authForm(parts: {
  fields: Record<string, Field>;
  submit: ButtonLook;
  run: (values: Record<string, string>) => Promise<void>;
  extra?: Child;
}): HTMLFormElement {
  const summary = problemSummary();
  const submit = button({ kind: 'primary', ...parts.submit }, { type: 'submit' });
  const form = el('form', { class: c('form'), novalidate: true }, summary.root, ...Object.values(parts.fields).map((field) => field.root), parts.extra ?? null, submit);
  new Disposables().listen(form, 'submit', (event) => {
    event.preventDefault();
    if (submit.disabled) return;
    clearProblems(parts.fields, summary);
    const empty = Object.values(parts.fields).find((field) => field.input.required && field.input.value.trim() === '');
    if (empty) {
      empty.setProblem('This is needed.');
      empty.input.focus();
      return;
    }
    const values = Object.fromEntries(Object.entries(parts.fields).map(([name, { input }]) => [name, input.value]));
    void busy(submit, () => parts.run(values)).catch((error: unknown) => showProblem(error, parts.fields, summary));
  });
  return form;
}

/** Shows how good a password is while it is being chosen, by the server's own measure. */
export function passwordMeter(field: Field, check: (password: string) => Promise<{ score: number; warning: string; suggestions: string[] }>): HTMLElement {
  const steps = Array.from({ length: 4 }, () => el('span', { class: c('step') }));
  const words = el('p', { class: c('aside'), 'aria-live': 'polite' });
  const owned = new Disposables();
  let timer: { dispose(): void } | undefined;
  const show = async () => {
    const password = field.input.value;
    if (password === '') return draw(0, '');
    const { score, warning, suggestions } = await check(password);
    if (password === field.input.value) draw(Math.max(1, score), score >= 3 ? 'A good password.' : [warning, ...suggestions].filter(Boolean).join(' ') || 'Make it longer, or use several words.');
  };
  const draw = (score: number, text: string) => {
    const grade = score <= 1 ? 'weak' : score <= 2 ? 'fair' : 'strong';
    steps.forEach((step, index) => (step.className = c('step', index < score && grade)));
    fill(words, text);
  };
  owned.listen(field.input, 'input', () => {
    owned.drop(timer);
    timer = owned.after(350, () => void show().catch(() => draw(0, '')));
  });
  return el('div', { class: c('form') }, el('div', { class: c('meter'), 'aria-hidden': 'true' }, ...steps), words);
}
