import type { ConversationState, Message, Party, SendBody, Seq } from './protocol.gen';
import type { Pending } from './queue';

/** The newest message of a colleague after `after` that everybody sees: by the server's rules somebody answered. */
export function answerAfter(state: ConversationState | undefined, after: Seq, me: Party): Message | undefined {
  return state?.messages.findLast(
    (message) => message.seq > after && message.by !== me && !message.note && !message.deleted && state.people[message.by]?.side === 'staff',
  );
}

/** Where the beginning of a draft is remembered, beside its text. */
export interface Kept {
  text: string;
}

/**
 * What was on the page when an answer was begun. A colleague's answer after that is one its writer may not have seen: it is sent only
 * if there is none, until the writer has seen it and still wants to.
 */
export class Guard {
  #kept: Kept;
  #since: Seq | undefined;
  #seen: Seq = 0;

  constructor(kept: Kept) {
    this.#kept = kept;
    const since = Number(kept.text);
    if (kept.text !== '' && Number.isSafeInteger(since)) this.#since = since;
  }

  /** Up to where everything was there when the draft was begun; `undefined` when there is none. */
  get since(): Seq | undefined {
    return this.#since;
  }

  /** A key was pressed; `newest` is what the page has. */
  begin(newest: Seq): void {
    if (this.#since !== undefined) return;
    this.#since = newest;
    this.#kept.text = String(newest);
  }

  /** Another draft is here, begun when so much was seen. */
  goOn(since: Seq): void {
    this.end();
    this.begin(since);
  }

  /** The draft was sent or taken away. */
  end(): void {
    this.#since = undefined;
    this.#seen = 0;
    this.#kept.text = '';
  }

  /** The writer has seen this answer. */
  saw(seq: Seq): void {
    this.#seen = Math.max(this.#seen, seq);
  }

  /** The message as it is sent: not, if somebody answered after what was seen. */
  complete(body: SendBody, newest: Seq): SendBody {
    return { ...body, unless_answered_after: Math.max(this.#since ?? newest, this.#seen) };
  }
}

/**
 * A message that was refused because a colleague answered waits for its writer, who sees the answer now: sent again it is sent, unless yet
 * another one has come.
 */
export function afterRefusal(pending: Pending, state: ConversationState, me: Party, nameOf: (who: Party) => string): Pick<Pending, 'body' | 'problem'> | undefined {
  const { type, problem } = pending;
  const { unless_answered_after: after, ...body } = pending.body as unknown as SendBody;
  if (type !== 'send' || pending.state !== 'failed' || after === undefined || problem?.code !== 'CONFLICT' || problem.again) return undefined;
  // Of what is too long ago, nobody knows whether somebody answered: the server has said so.
  const answer = answerAfter(state, after, me);
  if (!answer) return { body: { ...body }, problem };
  return {
    body: { ...body, unless_answered_after: answer.seq },
    problem: { ...problem, message: `${nameOf(answer.by)} answered while you were writing.`, again: 'Send anyway' },
  };
}
