import { Emitter } from '../../base/emitter';
import { readToFrame, type ToPage } from '../messages';

/** The line to the page around the frame, as long as there is one. Its origin is in the address; only messages from exactly there are heard. */
export class PageLink {
  readonly opened = new Emitter<boolean>();
  /** The page somebody is on, once it is known. */
  page: string | undefined;
  /** The page has said who is here. */
  readonly said = new Emitter<undefined>();
  /** Who is here, signed: empty when the page says nothing of it, null when they have gone, undefined before it has said so. */
  who: string | null | undefined;
  #origin: string | undefined;

  constructor() {
    this.#origin = originIn(location.hash);
    addEventListener('message', (event) => this.#heard(event));
  }

  tell(message: ToPage): void {
    if (this.#origin !== undefined && parent !== window) parent.postMessage(message, this.#origin);
  }

  #heard(event: MessageEvent): void {
    if (event.source !== parent || parent === window || event.origin !== this.#origin) return;
    const message = readToFrame(event.data);
    if (!message) return;
    if (message.type === 'identify') {
      this.who = message.token;
      return this.said.emit(undefined);
    }
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
