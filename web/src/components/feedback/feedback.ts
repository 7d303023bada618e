import { Disposables, type Disposable } from '../../base/disposables';
import { remember, remembered } from '../../base/remembered';
import type { LiveClient } from '../../live/client';
import type { LiveConversation } from '../../live/live-conversation';
import type { Feedback, FeedbackGiven } from '../../live/protocol.gen';
import { CommandRefused } from '../../live/queue';
import { bringStyle } from '../../ui/bring-style';
import { el, freshId, setText } from '../../ui/dom';
import { closeIcon, icon } from '../../ui/icons';
import { heard, say } from '../../words/say';
import { button } from '../button/button';
import { textField } from '../field/field';
import css from './feedback.css?inline';
import { SCORES } from './scores';

/** The most characters of a comment. */
const LONGEST = 1_000;

interface Parts {
  client: LiveClient;
  live: Pick<LiveConversation, 'topic' | 'store'>;
}

/** Asks a customer how it was, above the composer, as long as the conversation has the question. A score counts at once; a comment may follow. */
export class FeedbackCard implements Disposable {
  #parts: Parts;
  #before: HTMLElement;
  #owned = new Disposables();
  #card: Card | undefined;

  /** It appears before `before`. */
  constructor(before: HTMLElement, parts: Parts) {
    bringStyle(css);
    this.#before = before;
    this.#parts = parts;
    this.#owned.add(parts.live.store.changed.on(() => this.#draw()));
    this.#draw();
  }

  dispose(): void {
    this.#owned.dispose();
    this.#take();
  }

  #draw(): void {
    const feedback = this.#parts.live.store.state?.feedback;
    if (!feedback || isDeclined(feedback, this.#parts)) return this.#take();
    if (this.#card?.asked !== feedback.asked) {
      this.#take();
      this.#card = new Card(feedback, {
        send: (given) => this.#parts.client.command(this.#parts.live.topic, 'give_feedback', { asked: feedback.asked, ...given }, { newest: true }).done,
        decline: () => {
          decline(feedback, this.#parts);
          this.#take();
        },
      });
      this.#before.before(this.#card.root);
    }
    this.#card.show(feedback.given);
  }

  #take(): void {
    this.#card?.dispose();
    this.#card = undefined;
  }
}

/** Who wants to say nothing is not asked again by this browser. */
const keyOf = ({ asked }: Feedback, { live }: Parts) => `brigade.feedback.${live.topic}.${asked}`;
const isDeclined = (feedback: Feedback, parts: Parts) => remembered(keyOf(feedback, parts)) !== null;
const decline = (feedback: Feedback, parts: Parts) => remember(keyOf(feedback, parts), 'no');

interface Ways {
  send: (given: FeedbackGiven) => Promise<unknown>;
  decline: () => void;
}

class Card implements Disposable {
  readonly asked: number;
  readonly root: HTMLElement;
  #ways: Ways;
  #owned = new Disposables();
  #scores: HTMLButtonElement[];
  #given: FeedbackGiven | null = null;
  #comment = textField({ label: say('feedback.add'), name: 'comment' }, { rows: 2, maxlength: LONGEST });
  #more: HTMLFormElement;
  #said = el('p', { role: 'status' });

  constructor({ asked, question }: Feedback, ways: Ways) {
    this.asked = asked;
    this.#ways = ways;
    const id = freshId('feedback');
    const close = button({ label: say('feedback.no'), icon: closeIcon, kind: 'plain', small: true, bare: true });
    this.#scores = SCORES.map(({ score, face, label }) => el(
      'button', { type: 'button', class: 'fb-score', 'aria-pressed': 'false', 'data-score': score },
      el('span', { class: 'fb-face' }, icon(face)), el('span', {}, label)));
    this.#more = el('form', { class: 'fb-more', hidden: true }, this.#comment.root, button({ label: say('feedback.send'), small: true }, { type: 'submit' }));
    this.root = el(
      'section', { class: 'fb-card', 'aria-labelledby': id },
      el('div', { class: 'fb-head' }, el('p', { class: 'fb-question', id }, question), close),
      el('div', { class: 'fb-scores', role: 'group', 'aria-labelledby': id }, ...this.#scores), this.#more, this.#said);
    for (const chosen of this.#scores) this.#owned.listen(chosen, 'click', () => this.#choose(Number(chosen.dataset['score'])));
    this.#owned.listen(this.#more, 'submit', (event) => {
      event.preventDefault();
      void this.#add();
    });
    this.#owned.listen(close, 'click', ways.decline);
  }

  /** What counts by now; of somebody else of the account, or of another tab, too. */
  show(given: FeedbackGiven | null): void {
    if (given === null) return;
    this.#press(given);
    // Nothing is taken away from who is writing.
    if (this.#comment.input === document.activeElement) return;
    this.#comment.input.value = given.comment ?? '';
    this.#more.hidden = given.comment !== undefined;
    if (given.comment !== undefined) setText(this.#said, say('feedback.heard'));
  }

  dispose(): void {
    this.#owned.dispose();
    this.root.remove();
  }

  #press(given: FeedbackGiven | null): void {
    this.#given = given;
    for (const each of this.#scores) each.setAttribute('aria-pressed', String(each.dataset['score'] === String(given?.score)));
  }

  async #choose(score: number): Promise<void> {
    const before = this.#given;
    this.#press({ ...before, score });
    if (await this.#send({ ...before, score }, say('feedback.thanks'))) this.#more.hidden = false;
    else this.#press(before);
  }

  async #add(): Promise<void> {
    if (!this.#given) return;
    const comment = this.#comment.input.value.trim();
    const given = { score: this.#given.score, ...(comment && { comment }) };
    if (!await this.#send(given, say('feedback.heard'))) return;
    this.#given = given;
    this.#more.hidden = comment !== '';
  }

  async #send(given: FeedbackGiven, thanks: string): Promise<boolean> {
    try {
      await this.#ways.send(given);
      setText(this.#said, thanks);
      return true;
    } catch (error) {
      if (!(error instanceof CommandRefused)) throw error;
      setText(this.#said, heard(error.message, error.code));
      return false;
    }
  }
}
