import { noticeSettings, type NoticeSettings } from '../../api/notice-settings';
import type { Notice } from '../../api/notices';
import { ApiError } from '../../api/http';
import { Disposables, type Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import { remember, remembered } from '../../base/remembered';
import { chime } from '../chime/chime';
import { claimed } from '../chime/claimed';
import { pushChosen } from '../push/chosen';
import type { NoticeShelf } from './notice-shelf';
import { isQuiet } from './quiet';
import { hrefOf, textOf } from './words';

const SOUND = 'brigade.sound';
const DESKTOP = 'brigade.desktop';
const LAST = 'brigade.alerted';
/** Quiet hours are known for so long. */
const KNOWN_MS = 60_000;

/** What alerts do to whom is there; tests bring their own. */
export interface Senses {
  sound: () => void;
  /** Over the other windows of the device; answers whether it could be shown. */
  desktop: (text: string, tag: string, chosen: () => void, href?: string) => boolean;
  settings: () => Promise<NoticeSettings>;
}

/**
 * What makes one look: a sound, and on the desktop while the page is not seen. Of all pages that are open one does it; nothing does
 * in one's quiet hours, nor for what is before one's eyes. Chosen for each device.
 */
export class Alerts implements Disposable {
  readonly changed = new Emitter<undefined>();
  #owned = new Disposables();
  #shelf: NoticeShelf;
  #senses: Senses;
  /** The newest there was at the beginning, or has been made heard. */
  #newest: string | undefined;
  #known: { settings: NoticeSettings; at: number } | undefined;

  constructor(shelf: NoticeShelf, business: string, senses: Partial<Senses> = {}) {
    this.#shelf = shelf;
    this.#senses = { sound: chime, desktop: overEverything(business), settings: noticeSettings, ...senses };
    this.#owned.add(shelf.changed.on(() => this.#look()));
    // Another page of this device.
    this.#owned.listen(window, 'storage', (event) => {
      if ([SOUND, DESKTOP].includes((event as StorageEvent).key ?? '')) this.changed.emit(undefined);
    });
  }

  get sound(): boolean {
    return remembered(SOUND) !== 'off';
  }

  /** Turned on, it is heard once, so that one knows it. */
  set sound(on: boolean) {
    remember(SOUND, on ? 'on' : 'off');
    if (on) this.#senses.sound();
    this.changed.emit(undefined);
  }

  get desktop(): boolean {
    return remembered(DESKTOP) === 'on' && hasDesktop() && Notification.permission === 'granted';
  }

  /** Asks the browser, which asks its person, and shows one, so that it is known. Answers whether it may be and can be. */
  async showOnDesktop(on: boolean): Promise<boolean> {
    const shown = on && (await allowed()) && this.#senses.desktop('This is how you are told here.', DESKTOP, () => window.focus());
    remember(DESKTOP, shown ? 'on' : 'off');
    this.changed.emit(undefined);
    return shown === on;
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #look(): void {
    const { items } = this.#shelf;
    if (!items) return;
    const before = this.#newest;
    const newest = items.reduce((at, notice) => (notice.at > at ? notice.at : at), before ?? '');
    this.#newest = newest;
    const fresh = items.find((notice) => !notice.read && notice.at > (before ?? newest));
    if (fresh) void this.#alert(fresh);
  }

  async #alert(notice: Notice): Promise<void> {
    if (!(this.sound || this.desktop) || (await this.#quiet()) || !(await claimed(LAST, notice.at))) return;
    if (this.sound) this.#senses.sound();
    if (this.desktop && document.hidden) this.#senses.desktop(textOf(notice), notice.id, () => this.#open(notice), hrefOf(notice));
  }

  #open(notice: Notice): void {
    window.focus();
    this.#shelf.read(notice);
    if (notice.conversation !== null && this.#shelf.opener) this.#shelf.opener(notice.conversation);
    else location.assign(hrefOf(notice));
  }

  async #quiet(): Promise<boolean> {
    try {
      if (!this.#known || Date.now() - this.#known.at > KNOWN_MS) this.#known = { settings: await this.#senses.settings(), at: Date.now() };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
    return this.#known !== undefined && isQuiet(this.#known.settings, new Date());
  }
}

/** Some browsers have no such thing, and none has it where pages come unencrypted. */
const hasDesktop = () => 'Notification' in window && window.isSecureContext;
const allowed = async () => hasDesktop() && (await Notification.requestPermission()) === 'granted';

/** Names and no words of customers: who looks over one's shoulder sees it as well. */
function overEverything(business: string): Senses['desktop'] {
  return (text, tag, chosen, href) => {
    // What is pushed later takes its place: for one thing there is one.
    if (href !== undefined && pushChosen() !== null) {
      void navigator.serviceWorker?.getRegistration('/').then((worker) => worker?.showNotification(business, { body: text, tag, data: { url: href } }));
      return true;
    }
    try {
      const shown = new Notification(business, { body: text, tag });
      shown.addEventListener('click', () => {
        shown.close();
        chosen();
      });
      return true;
    } catch (error) {
      // Browsers of phones say that they have it, and refuse it to pages.
      if (error instanceof TypeError) return false;
      throw error;
    }
  };
}
