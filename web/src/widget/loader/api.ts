/** What a page can be told of the chat, and with what. */
interface Events {
  /** The chat is loaded: also told to who asks later. */
  ready: undefined;
  opened: undefined;
  closed: undefined;
  /** How many messages were not read yet; told when it changes, and to who asks later. */
  unread: number;
  /** The server has found that the page's word of who is here counts. */
  identified: undefined;
  /** It does not: the code says why. */
  identify_failed: string;
  /** Nothing of the chat is left in this browser, because the page wanted it so or somebody else is here. */
  forgotten: undefined;
}

type Name = keyof Events;
type Handler = (detail: Events[Name]) => void;

/**
 * `window.Brigade`, for the scripts of the page: it opens and closes the chat and hears of it. It never tells what is written, by whom or
 * when: every script of the page could listen, and what a visitor says to the business is between the two.
 */
export class Api {
  #handlers = new Map<Name, Set<Handler>>();
  /** What was told last, for who asks later. */
  #last = new Map<Name, Events[Name]>();
  #outside: Record<string, unknown>;

  constructor(open: () => void, close: () => void, toggle: () => void, identify: (token: unknown) => void) {
    const on = (name: Name, handler: Handler) => {
      this.#handlers.set(name, (this.#handlers.get(name) ?? new Set()).add(handler));
      if (this.#last.has(name)) call(handler, this.#last.get(name));
    };
    const off = (name: Name, handler: Handler) => void this.#handlers.get(name)?.delete(handler);
    const outside = { open, close, toggle, identify, forget: () => identify(null), on, off, push: (run: (api: unknown) => void) => call(run, outside) };
    this.#outside = outside;
  }

  /** Takes the name, and does what the page has asked for before there was somebody to ask. */
  begin(): void {
    const page = window as { Brigade?: unknown };
    const waiting = page.Brigade;
    page.Brigade = this.#outside;
    if (Array.isArray(waiting)) for (const run of waiting) call(run as (api: unknown) => void, this.#outside);
  }

  tell<K extends Name>(name: K, detail?: Events[K]): void {
    if (name === 'ready' || name === 'unread') {
      if (this.#last.has(name) && this.#last.get(name) === detail) return;
      this.#last.set(name, detail);
    }
    for (const handler of [...(this.#handlers.get(name) ?? [])]) call(handler, detail);
  }
}

/** A mistake in the page's script is the page's: it is reported there, and the chat goes on. */
function call<T>(run: (detail: T) => void, detail: T): void {
  try {
    run(detail);
  } catch (error) {
    reportError(error);
  }
}
