import type { Preview } from '../../../api/letters';
import { Disposables, type Disposable } from '../../../base/disposables';
import { el, setText } from '../../../ui/dom';
import { mustClass } from '../../../ui/must-class';
import { c } from '../parts';
import styles from './letters.module.css';

const l = mustClass(styles);

/**
 * The page of a letter, to be put into a frame that runs no scripts. The content security policy of our own page holds in there as
 * well and forbids inline styles, so they are put aside here and applied one by one afterwards. In what people wrote a quotation mark
 * is `&quot;`, so only the letter's own styles look like this.
 */
export function framed(html: string): string {
  return html.replaceAll(' style="', ' data-style="');
}

/** A letter as it arrives: its subject, its page, and what it is for readers of text. */
export class LetterPreview implements Disposable {
  readonly root: HTMLElement;
  #owned = new Disposables();
  #watched: Disposable | undefined;
  #subject = el('p', { class: l('subject'), dir: 'auto' });
  #note = el('span', { class: c('soft'), role: 'status' });
  #frame = el('iframe', { class: l('page'), title: 'The letter as it arrives', sandbox: 'allow-same-origin', tabindex: -1 });
  #text = el('pre', { class: c('code'), dir: 'auto', tabindex: 0, 'aria-label': 'The letter as plain text' });

  #letter = el('div', { class: l('letter'), hidden: true }, this.#subject, this.#frame);
  #plain = el('details', { hidden: true }, el('summary', {}, 'As plain text'), this.#text);

  constructor() {
    this.#owned.listen(this.#frame, 'load', () => this.#dress());
    this.root = el('figure', { class: l('preview') },
      el('figcaption', {}, 'How it arrives, with a made-up name. ', this.#note),
      this.#letter, this.#plain);
  }

  show({ subject, text, html }: Preview): void {
    setText(this.#note, '');
    this.#letter.hidden = this.#plain.hidden = false;
    setText(this.#subject, subject);
    setText(this.#text, text);
    const page = framed(html);
    if (this.#frame.srcdoc !== page) this.#frame.srcdoc = page;
  }

  /** What is shown, if anything is, is older than what is written: says why. */
  wait(why?: string): void {
    setText(this.#note, why ?? (this.#letter.hidden ? 'Shown once the mistake is mended.' : 'As it was before the mistake:'));
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #dress(): void {
    const page = this.#frame.contentDocument;
    if (!page?.body) return;
    for (const each of page.querySelectorAll<HTMLElement>('[data-style]')) each.style.cssText = each.dataset['style'] ?? '';
    // A link leads out of the letter, and nowhere from here.
    for (const link of page.querySelectorAll('a')) link.removeAttribute('href');
    const fit = () => {
      this.#frame.style.height = `${page.documentElement.scrollHeight}px`;
    };
    fit();
    const watch = new ResizeObserver(fit);
    watch.observe(page.body);
    this.#owned.drop(this.#watched);
    this.#watched = this.#owned.defer(() => watch.disconnect());
  }
}
