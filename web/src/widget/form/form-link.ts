import { Disposables, type Disposable } from '../../base/disposables';
import { readToForm, type ToFormPage } from '../form-messages';
import { originIn } from '../frame/page-link';

/** The line to the page around a form. Its origin is in the address; only messages from exactly there are heard. */
export class FormLink implements Disposable {
  /** The page somebody is on, once it is known. */
  page: string | undefined;
  /** Whether the site's chat is on it. */
  chat = false;
  #origin = originIn(location.hash);
  #owned = new Disposables();

  constructor() {
    this.#owned.listen(window, 'message', (event) => {
      if (event.source !== parent || parent === window || event.origin !== this.#origin) return;
      const message = readToForm(event.data);
      if (!message || !URL.canParse(message.page) || new URL(message.page).origin !== event.origin) return;
      [this.page, this.chat] = [message.page, message.chat];
    });
    this.tell({ brigade: 1, type: 'ready' });
  }

  tell(message: ToFormPage): void {
    if (this.#origin !== undefined && parent !== window) parent.postMessage(message, this.#origin);
  }

  /** The frame is as high as what is in it, from now on. */
  measure(content: HTMLElement): void {
    const observer = new ResizeObserver(() => this.tell({ brigade: 1, type: 'height', height: Math.ceil(content.getBoundingClientRect().height) }));
    observer.observe(content);
    this.#owned.defer(() => observer.disconnect());
  }

  dispose(): void {
    this.#owned.dispose();
  }
}
