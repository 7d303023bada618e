import { Disposables } from '../../base/disposables';
import { el, freshId, type Child } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import { say } from '../../words/say';
import { busy, button, type ButtonLook } from '../button/button';
import styles from './dialog.module.css';
import { showModal } from './modal';

const c = mustClass(styles);

/** A question or a small form over the page. */
export interface DialogLook {
  title: string;
  body: Child[];
  /** The button that does it; without one there is only Close. */
  submit?: ButtonLook;
  cancel?: string;
  wide?: boolean;
  /** Runs on submit; the dialog stays open when it returns `false`. */
  run?: () => boolean | Promise<boolean>;
}

/** Opens a modal dialog. Resolves to whether it was submitted. Escape and Cancel close it, and the focus goes back to where it was. */
export async function openDialog(look: DialogLook): Promise<boolean> {
  const owned = new Disposables();
  const titleId = freshId('dialog');
  const cancel = button({ label: look.cancel ?? (look.submit ? say('cancel') : say('close')), kind: look.submit ? 'quiet' : 'primary' });
  const submit = look.submit && button({ kind: 'primary', ...look.submit }, { type: 'submit' });
  const form = el(
    'form', { class: c('form'), method: 'dialog', novalidate: true },
    el('div', { class: c('head') }, el('h2', { class: c('title'), id: titleId }, look.title)),
    el('div', { class: c('body') }, ...look.body),
    el('div', { class: c('foot') }, cancel, submit ?? null),
  );
  const dialog = el('dialog', { class: c('dialog', look.wide && 'wide'), 'aria-labelledby': titleId }, form);
  let submitted = false;
  owned.listen(cancel, 'click', () => dialog.close());
  owned.listen(form, 'submit', (event) => {
    event.preventDefault();
    if (!submit || submit.disabled) return;
    void busy(submit, async () => (look.run ? look.run() : true)).then((done) => {
      submitted = done;
      if (done) dialog.close();
    });
  });
  await showModal(dialog, owned);
  return submitted;
}

/** Asks before something is lost. */
export function confirmLoss(question: { title: string; text: string; yes: string; no?: string }): Promise<boolean> {
  return openDialog({
    title: question.title,
    body: [el('p', {}, question.text)],
    submit: { label: question.yes, kind: 'danger' },
    cancel: question.no ?? say('keep'),
  });
}
