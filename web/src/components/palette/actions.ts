import type { Icon } from '../../ui/icons';

/** Something that can be done on the page: by its name from the palette, and with its key if it has one. */
export interface Action {
  /** What it is remembered by among those that were done last. What comes and goes has none. */
  id?: string;
  /** What it is called now. */
  label: string | (() => string);
  /** What it is shown under. */
  group: string | (() => string);
  icon?: Icon;
  /** Other words it is found by. */
  words?: string;
  /** One key that does it outside text fields. */
  key?: string;
  /** What the key does, where that is more than what it is called now. */
  help?: string;
  /** Whether it makes sense now: what does not is not offered, and its key does nothing. */
  when?: () => boolean;
  /** Why it cannot be done now, where that is worth saying: it is shown with its reason. */
  refusal?: () => string | undefined;
  /** Comes after everything else that is found. */
  last?: boolean;
  run: () => unknown;
}

/** Actions that depend on what is looked for. */
export type Offer = (search: string) => readonly Action[];

/**
 * Everything that can be done on a page, declared once by those who do it. Single keys, what is said about them and the palette
 * all read it.
 */
export class Actions {
  #declared: (readonly Action[] | Offer | Actions)[] = [];

  /** Declares actions; an offer is asked anew whenever something is looked for. */
  add(what: readonly Action[] | Offer): void {
    this.#declared.push(what);
  }

  /** Keeps a place for what a script declares that comes later: they are offered in the order of their places. */
  place(): Actions {
    const kept = new Actions();
    this.#declared.push(kept);
    return kept;
  }

  /** Those with a key, whether they make sense now or not. */
  get keyed(): (Action & { key: string })[] {
    return this.#declared.flatMap((what) => {
      if (what instanceof Actions) return what.keyed;
      return typeof what === 'function' ? [] : what.filter((action): action is Action & { key: string } => action.key !== undefined);
    });
  }

  /** What makes sense now. */
  offered(search: string): Action[] {
    return this.#declared.flatMap((what) => {
      if (what instanceof Actions) return what.offered(search);
      return (typeof what === 'function' ? what(search) : what).filter(makesSense);
    });
  }
}

/** Whether an action is to be offered now. */
export function makesSense({ when }: Action): boolean {
  return when?.() ?? true;
}

/** What is called one thing or another, as it is called now. */
export function nowCalled(name: string | (() => string)): string {
  return typeof name === 'string' ? name : name();
}
