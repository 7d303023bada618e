import { Disposables } from '../../base/disposables';
import { el, freshId, type Child } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import { busy, button, type ButtonLook } from '../button/button';
import styles from './dialog.module.css';

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

/**
 * Opens a modal dialog. Resolves to whether it was submitted. Escape and Cancel close it, and the focus goes back to where it
 * was. (`<dialog>` keeps the focus inside and the rest of the page inert.)
 */
export function openDialog(look: DialogLook): Promise<boolean> {
  const owned = new Disposables();
  const titleId = freshId('dialog');
  const before = document.activeElement;
  const cancel = button({ label: look.cancel ?? (look.submit ? 'Cancel' : 'Close'), kind: look.submit ? 'quiet' : 'primary' });
  const submit = look.submit && button({ kind: 'primary', ...look.submit }, { type: 'submit' });
  const form = el(
    'form', { class: c('form'), method: 'dialog', novalidate: true },
    el('div', { class: c('head') }, el('h2', { class: c('title'), id: titleId }, look.title)),
    el('div', { class: c('body') }, ...look.body),
    el('div', { class: c('foot') }, cancel, submit ?? null),
  );
  const dialog = el('dialog', { class: c('dialog', look.wide && 'wide'), 'aria-labelledby': titleId }, form);
  return new Promise((resolve) => {
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
    owned.listen(dialog, 'close', () => {
      owned.dispose();
      dialog.remove();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
      resolve(submitted);
    });
    // Keys of the page behind are not for the dialog; one that is closed holds the focus until the page is drawn again.
    owned.listen(dialog, 'keydown', (event) => {
      if (dialog.open) event.stopPropagation();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Asks before something is lost. */
export function confirmLoss(question: { title: string; text: string; yes: string; no?: string }): Promise<boolean> {
  return openDialog({
    title: question.title,
    body: [el('p', {}, question.text)],
    submit: { label: question.yes, kind: 'danger' },
    cancel: question.no ?? 'Keep it',
  });
}
