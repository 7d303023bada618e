import { Disposables } from '../../base/disposables';
import { el, fill, freshId } from '../../ui/dom';
import { copyIcon, fileIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { button } from '../button/button';
import styles from './second-factor.module.css';

const c = mustClass(styles);

/** What is written into the file. */
export function codesText(codes: readonly string[], address: string, at = new Date()): string {
  const lines = [`Brigade recovery codes for ${address}`, `Made ${at.toISOString().slice(0, 10)} at ${location.origin}`, 'Each of them lets you in once without your app.', ''];
  return `${[...lines, ...codes].join('\n')}\n`;
}

/** Recovery codes, shown this once: to be copied or saved, and left only by saying that they were kept. */
export function recoveryCodes(codes: readonly string[], address: string, done: () => void, level: 'h2' | 'h3' = 'h3'): HTMLElement {
  const owned = new Disposables();
  const text = codesText(codes, address);
  const said = el('span', { class: c('soft'), role: 'status' });
  const copy = button({ label: 'Copy', icon: copyIcon, small: true });
  owned.listen(copy, 'click', () => void navigator.clipboard.writeText(text).then(
    () => fill(said, 'Copied.'),
    () => fill(said, 'Select the codes and copy them by hand: the browser does not allow it here.')));
  const save = button({ label: 'Save as a file', icon: fileIcon, small: true });
  owned.listen(save, 'click', () => {
    const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    const link = el('a', { href: address, download: 'brigade-recovery-codes.txt' });
    link.click();
    URL.revokeObjectURL(address);
    fill(said, 'Saved.');
  });

  const heading = el(level, { class: c('heading'), tabindex: '-1' }, 'Your recovery codes');
  const id = freshId('kept');
  const kept = el('input', { type: 'checkbox', id, name: 'kept' });
  const problem = el('p', { class: c('problem'), role: 'alert' });
  const go = button({ label: 'Done', kind: 'primary' });
  owned.listen(kept, 'change', () => fill(problem));
  owned.listen(go, 'click', () => {
    if (!kept.checked) {
      fill(problem, 'Say first that you have kept them: they are not shown again.');
      kept.focus();
      return;
    }
    owned.dispose();
    done();
  });
  const root = el(
    'div', { class: c('stage') }, heading,
    el('p', {}, 'Your phone can be lost or broken. Each of these codes lets you in once without it. Keep them where you find them then, and nobody else does: on paper, or with your passwords.'),
    el('ul', { class: c('codes') }, ...codes.map((code) => el('li', {}, code))),
    el('div', { class: c('foot') }, copy, save, said),
    el('div', { class: c('kept') }, kept, el('label', { for: id }, 'I have kept these codes. They are not shown again.')),
    problem, el('div', { class: c('foot') }, go),
  );
  queueMicrotask(() => heading.focus());
  return root;
}
