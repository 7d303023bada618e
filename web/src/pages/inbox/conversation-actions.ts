import { formDialog } from '../../components/dialog/form-dialog';
import { priorityText } from '../../components/label/priority';
import { momentText } from '../../components/time-text/time-text';
import { ask } from '../../live/ask';
import { topicOf } from '../../live/conversation';
import { addressOf } from '../../live/desk';
import type { ConversationCommand } from '../../live/protocol.gen';
import { CommandRefused } from '../../live/queue';
import type { Session } from '../../session/start';
import { el } from '../../ui/dom';
import type { ConversationPane } from './conversation-pane';
import { blockDialog } from './block-dialog';
import { chooseLabels } from './labels-dialog';
import { givenText, pickPriority, pickTaker, takerIn, type Desk, type Given } from './questions';
import { askUntil } from './snooze';
import { transferDialog } from './transfer-dialog';
import { backOf, stepsOf, type Wish } from './wish';

/** What the staff do with the open conversation beside writing in it: each asks what it needs to know and can be undone. */
export class ConversationActions {
  #session: Session;
  #desk: Desk;
  #pane: () => ConversationPane | undefined;

  constructor(session: Session, desk: Desk, pane: () => ConversationPane | undefined) {
    this.#session = session;
    this.#desk = desk;
    this.#pane = pane;
  }

  async assign(): Promise<void> {
    const pane = this.#pane();
    if (!pane?.state) return;
    const given = await pickTaker(this.#session, this.#desk, 'Who answers this?', pane.state);
    if (given) this.#give(pane, given, givenText(this.#session, this.#desk, given));
  }

  /** Hands it on with what the next one should know. */
  async transfer(): Promise<void> {
    const pane = this.#pane();
    if (!pane?.state) return;
    const asked = await transferDialog(this.#session, this.#desk, pane.state);
    if (asked) this.#give(pane, asked.given, `handed on to ${takerIn(this.#session, this.#desk, asked.given)}`, asked.note);
  }

  /** A team that has it already gets it back: it is nobody's of it, and waits for it. */
  #give(pane: ConversationPane, given: Given, text: string, note?: string): void {
    const said = `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
    if ('to' in given) this.#fulfil(pane, { type: 'assign', to: given.to, note }, said);
    else if (given.team !== null && given.team === pane.state?.team) this.#fulfil(pane, { type: 'assign', to: null, note }, said);
    else this.#fulfil(pane, { type: 'assign_team', team: given.team, note }, said);
  }

  /** Whoever does this answers it. */
  take(): void {
    const pane = this.#pane();
    if (pane?.state) this.#fulfil(pane, { type: 'assign', to: this.#session.who.user.id }, 'Assigned to you.');
  }

  settle(action: 'resolve' | 'reopen'): void {
    const pane = this.#pane();
    if (pane?.state) this.#fulfil(pane, { type: action }, action === 'resolve' ? `${pane.state.name} is resolved.` : undefined);
  }

  /** Puts it off, or brings it back. */
  async snooze(): Promise<void> {
    const pane = this.#pane();
    if (!pane?.state) return;
    if (pane.state.status === 'snoozed') return this.settle('reopen');
    const refusal = this.snoozeRefusal();
    if (refusal !== undefined) return this.complain(new Error(refusal));
    const until = (await askUntil())?.toISOString();
    if (until) this.#fulfil(pane, { type: 'snooze', until }, `${pane.state.name} is put off until ${momentText(until)}.`);
  }

  /** Why it cannot be put off now. */
  snoozeRefusal(): string | undefined {
    return this.#pane()?.state?.status === 'resolved' ? 'This conversation is resolved. Open it again first.' : undefined;
  }

  async prioritise(): Promise<void> {
    const pane = this.#pane();
    if (!pane?.state) return;
    const priority = await pickPriority('How urgent is it?', pane.state.priority ?? 'normal');
    if (priority) this.#fulfil(pane, { type: 'set_priority', priority }, `The priority is ${priorityText(priority).toLowerCase()} now.`);
  }

  async label(): Promise<void> {
    const pane = this.#pane();
    if (!pane?.state) return;
    const labels = this.#desk.labels();
    const before = pane.state.labels ?? [];
    const wanted = await chooseLabels('What is it about?', labels, { all: before, some: [] }, this.#session.who.kind === 'admin');
    // What was removed from the business's labels goes too.
    if (wanted) this.#fulfil(pane, { type: 'label', on: wanted.on, off: [...wanted.off, ...before.filter((id) => !labels[id])] });
  }

  /** Sends what was said to the customer. */
  async sendCopy(): Promise<void> {
    const state = this.#pane()?.state;
    if (!state) return;
    const sent = await formDialog({
      title: 'Send a copy by e-mail?', fields: {}, submit: 'Send it',
      inside: [el('p', {}, `What both sides have said so far goes to ${state.account === null ? addressOf(state) ?? 'the visitor' : 'the client who wrote last'}. Internal notes and what was deleted are not in it.`)],
      save: () => this.#session.client.command(topicOf(state.id), 'ask_transcript', {}).done,
    });
    if (sent) this.#session.toasts.show({ text: 'The copy is on its way.' });
  }

  /** Asks why, and lets the visitor write nothing more. */
  async block(): Promise<void> {
    const pane = this.#pane();
    if (!pane?.state || pane.state.account !== null || pane.state.blocked) return;
    const { name } = pane.state;
    if (!await blockDialog(this.#session, pane.state)) return;
    this.#session.toasts.show({ text: `${name} is blocked.`, action: { label: 'Undo', run: () => this.#ask(pane.id, [{ type: 'unblock', body: {} }]) } });
  }

  /** Lets the visitor write again. */
  unblock(): void {
    const pane = this.#pane();
    const blocked = pane?.state?.blocked;
    if (!pane?.state || !blocked) return;
    const body = { reason: blocked.reason, ...(blocked.email !== null && { email: true }) };
    this.#ask(pane.id, [{ type: 'unblock', body: {} }]);
    this.#session.toasts.show({ text: `${pane.state.name} can write again.`, action: { label: 'Undo', run: () => this.#ask(pane.id, [{ type: 'block', body }]) } });
  }

  /** Says what did not work. */
  complain(error: Error): void {
    this.#session.toasts.show({ text: error instanceof CommandRefused || error.message ? error.message : 'This did not work. Try again.', danger: true });
  }

  /** Asks for what is not so already; with a text it is said, with a way back. */
  #fulfil(pane: ConversationPane, wish: Wish, text?: string): void {
    const steps = pane.state ? stepsOf(pane.state, wish) : [];
    if (steps.length === 0) return;
    this.#ask(pane.id, steps.map(({ command }) => command));
    if (text !== undefined) this.#session.toasts.show({ text, action: { label: 'Undo', run: () => this.#ask(pane.id, backOf(steps, Date.now())) } });
  }

  #ask(id: string, commands: readonly ConversationCommand[]): void {
    for (const command of commands) ask(this.#session.client.queue, topicOf(id), command).catch((error: Error) => this.complain(error));
  }
}
