/** What was begun and not sent, per conversation, in the tab's own storage: a reload takes nothing away. */
export class Drafts {
  #key: string;

  constructor(owner: string, conversation: string) {
    this.#key = `brigade.draft.${owner}.${conversation}`;
  }

  get text(): string {
    try {
      return sessionStorage.getItem(this.#key) ?? '';
    } catch {
      return '';
    }
  }

  set text(text: string) {
    try {
      if (text === '') sessionStorage.removeItem(this.#key);
      else sessionStorage.setItem(this.#key, text);
    } catch {
      // Storage is full or forbidden: the draft lives in the page.
    }
  }
}
