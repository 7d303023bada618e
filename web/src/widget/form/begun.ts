import { remember, remembered } from '../../base/remembered';
import type { FormKind } from '../../words/form';

/** What is in the fields, by their names. */
export type Values = Record<string, string>;

/** What somebody has begun to fill in, and what is on its way. */
export interface Begun {
  values: Values;
  /** Once it was sent: with the same id it is one conversation, however often it goes out. */
  id?: string;
  /** It went out, or was to, and nobody knows yet whether it arrived. */
  underWay?: boolean;
}

/** Keeps what is written until it has arrived: through a reload, and no longer than the tab, for it is about a person. */
export class Shelf {
  #key: string;
  #held: Begun = { values: {} };

  constructor(siteKey: string, kind: FormKind) {
    this.#key = `brigade.form.${siteKey}.${kind}`;
    try {
      const kept = JSON.parse(remembered(this.#key, 'sessionStorage') ?? 'null') as Partial<Begun> | null;
      const texts = kept?.values && Object.entries(kept.values).filter(([, value]) => typeof value === 'string');
      if (texts) this.#held = { values: Object.fromEntries(texts), ...(typeof kept.id === 'string' && { id: kept.id }), underWay: kept.underWay === true };
    } catch {
      // Nonsense is nothing.
    }
  }

  get begun(): Begun {
    return this.#held;
  }

  keep(begun: Begun): void {
    this.#held = begun;
    remember(this.#key, JSON.stringify(begun), 'sessionStorage');
  }

  forget(): void {
    this.#held = { values: {} };
    remember(this.#key, null, 'sessionStorage');
  }
}
