import { remember, remembered } from '../../base/remembered';

/** What a visitor's browser keeps of one chat: the right to go on with it, and of the person only what the site calls them. */
export interface Ticket {
  conversation: string;
  visitor: string;
  token: string;
  /** A way to be reached was left. */
  contact?: boolean;
  /** The id of the person whose chat it is, where the site has identified them. */
  who?: string;
}

/** The browser's storage where it is allowed, otherwise the page's memory: then the chat lasts as long as the page. */
export class Memory {
  #key: string;
  #held: string | null = null;

  constructor(siteKey: string) {
    this.#key = `brigade.visitor.${siteKey}`;
  }

  load(): Ticket | undefined {
    try {
      const ticket = JSON.parse(remembered(this.#key) ?? this.#held ?? 'null') as Partial<Ticket> | null;
      const complete = ticket && [ticket.conversation, ticket.visitor, ticket.token].every((part) => typeof part === 'string');
      return complete ? (ticket as Ticket) : undefined;
    } catch {
      return undefined;
    }
  }

  save(ticket: Ticket): void {
    this.#held = JSON.stringify(ticket);
    remember(this.#key, this.#held);
  }

  forget(): void {
    this.#held = null;
    remember(this.#key, null);
  }
}
