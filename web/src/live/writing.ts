import type { Disposable } from '../base/disposables';
import { Emitter } from '../base/emitter';
import type { Party } from './protocol.gen';
import type { Typing, TypingPart } from './typing';

/** What somebody of the staff is writing. */
export type Kind = 'answer' | 'note';

/** What one is writing oneself. */
export type Mode = 'send' | 'note' | 'edit';

/** A colleague who is writing. */
export interface Writer {
  who: Party;
  what: Kind;
}

/**
 * Who is writing, as the staff see it: the customer in the list, colleagues beside the composer, and a note is told to nobody else.
 * Takes the place of the conversation's own `Typing`.
 */
export class Writing implements Disposable, TypingPart {
  readonly changed = new Emitter<undefined>();
  #answers: Typing;
  #notes: Typing;
  #isColleague: (who: Party) => boolean;
  #mode: () => Mode;
  #held: Disposable[];

  constructor(answers: Typing, notes: Typing, isColleague: (who: Party) => boolean, mode: () => Mode) {
    this.#answers = answers;
    this.#notes = notes;
    this.#isColleague = isColleague;
    this.#mode = mode;
    this.#held = [answers, notes].map((typing) => typing.changed.on(() => this.changed.emit(undefined)));
  }

  /** Who is typing on the customer's side. */
  get who(): Party[] {
    return this.#answers.who.filter((who) => !this.#isColleague(who));
  }

  /** Who is writing on our own. */
  get colleagues(): Writer[] {
    const of = (typing: Typing, what: Kind): Writer[] => typing.who.filter(this.#isColleague).map((who) => ({ who, what }));
    return [...of(this.#answers, 'answer'), ...of(this.#notes, 'note')];
  }

  touch(): void {
    const [now, before] = this.#mode() === 'note' ? [this.#notes, this.#answers] : [this.#answers, this.#notes];
    before.stop();
    now.touch();
  }

  stop(): void {
    this.#answers.stop();
    this.#notes.stop();
  }

  sent(): void {
    this.#answers.sent();
    this.#notes.sent();
  }

  dispose(): void {
    for (const each of this.#held) each.dispose();
  }
}
