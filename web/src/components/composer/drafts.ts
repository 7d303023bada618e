import { remember, remembered } from '../../base/remembered';

/** What was begun and not sent, per conversation, in the tab's own storage: a reload takes nothing away. */
export class Drafts {
  #key: string;

  constructor(owner: string, conversation: string) {
    this.#key = `brigade.draft.${owner}.${conversation}`;
  }

  get text(): string {
    return remembered(this.#key, 'sessionStorage') ?? '';
  }

  set text(text: string) {
    remember(this.#key, text || null, 'sessionStorage');
  }
}
