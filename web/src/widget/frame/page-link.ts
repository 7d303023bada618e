import { Disposables, type Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import { readToFrame, type ToPage } from '../messages';

/** The line to the page around the frame. Its origin is in the address; only messages from exactly there are heard. */
export class PageLink implements Disposable {
  readonly opened = new Emitter<boolean>();
  /** The page somebody is on, once it is known. */
  page: string | undefined;
  #origin: string | undefined;
  #owned = new Disposables();

  constructor() {
    this.#origin = originIn(location.hash);
    this.#owned.listen(window, 'message', (event) => this.#heard(event));
  }

  tell(message: ToPage): void {
    if (this.#origin !== undefined && parent !== window) parent.postMessage(message, this.#origin);
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #heard(event: MessageEvent): void {
    if (event.source !== parent || parent === window || event.origin !== this.#origin) return;
    const message = readToFrame(event.data);
    if (!message) return;
    if (message.type === 'opened' && sameOrigin(message.page, event.origin)) this.page = message.page;
    this.opened.emit(message.type === 'opened');
  }
}

function sameOrigin(address: string, origin: string): boolean {
  try {
    return new URL(address).origin === origin;
  } catch {
    return false;
  }
}

/** The origin after `#`, if it is one; behind it, after `&`, is the language. */
export function originIn(hash: string): string | undefined {
  try {
    const text = decodeURIComponent(hash.slice(1).split('&')[0]!);
    const url = new URL(text);
    return /^https?:$/.test(url.protocol) && url.origin === text ? text : undefined;
  } catch {
    return undefined;
  }
}
