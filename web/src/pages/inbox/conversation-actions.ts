import type { StaffMember } from '../../api/tenant';
import { avatar, setPresence } from '../../components/avatar/avatar';
import type { Labels } from '../../components/label/label';
import { PRIORITIES, priorityText } from '../../components/label/priority';
import { pick } from '../../components/picker/picker';
import { momentText } from '../../components/time-text/time-text';
import type { ConversationCommand, Party } from '../../live/protocol.gen';
import { CommandRefused } from '../../live/queue';
import type { Session } from '../../session/start';
import type { ConversationPane } from './conversation-pane';
import { chooseLabels } from './labels-dialog';
import { askUntil } from './snooze';

/** Who works here, and what their conversations can be about. */
export interface Desk {
  staff: () => readonly StaffMember[];
  nameOf: (who: Party) => string | undefined;
  labels: () => Labels;
}

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
    const before = pane?.state?.assignee ?? null;
    if (!pane?.state) return;
    const to = await this.pickStaff('Who answers this?', before);
    if (to === undefined || to === before) return;
    const topic = `conversation:${pane.id}` as const;
    this.#command(topic, { type: 'assign', body: { to } });
    const name = to === null ? 'nobody' : to === this.#session.who.user.id ? 'you' : this.#desk.nameOf(to) ?? 'a colleague';
    this.#session.toasts.show({ text: `Assigned to ${name}.`, action: { label: 'Undo', run: () => this.#command(topic, { type: 'assign', body: { to: before } }) } });
  }

  settle(action: 'resolve' | 'reopen'): void {
    const pane = this.#pane();
    if (!pane?.state) return;
    const topic = `conversation:${pane.id}` as const;
    const { name, snoozed_until: until } = pane.state;
    this.#command(topic, { type: action, body: {} });
    if (action !== 'resolve') return;
    const undo = () => {
      this.#command(topic, { type: 'reopen', body: {} });
      // What was put off goes back to where it was.
      if (until && Date.parse(until) > Date.now()) this.#command(topic, { type: 'snooze', body: { until } });
    };
    this.#session.toasts.show({ text: `${name} is resolved.`, action: { label: 'Undo', run: undo } });
  }

  /** Puts it off, or brings it back. */
  async snooze(): Promise<void> {
    const pane = this.#pane();
    if (!pane?.state) return;
    if (pane.state.status === 'snoozed') return this.settle('reopen');
    if (pane.state.status === 'resolved') return this.complain(new Error('This conversation is resolved. Open it again first.'));
    const until = await askUntil();
    if (!until) return;
    const topic = `conversation:${pane.id}` as const;
    this.#command(topic, { type: 'snooze', body: { until: until.toISOString() } });
    this.#session.toasts.show({
      text: `${pane.state.name} is put off until ${momentText(until.toISOString())}.`, action: { label: 'Undo', run: () => this.#command(topic, { type: 'reopen', body: {} }) },
    });
  }

  async prioritise(): Promise<void> {
    const pane = this.#pane();
    if (!pane?.state) return;
    const before = pane.state.priority ?? 'normal';
    const priority = await pick('How urgent is it?', PRIORITIES.map((choice) => ({ ...choice, current: choice.value === before })));
    if (priority === undefined || priority === before) return;
    const topic = `conversation:${pane.id}` as const;
    this.#command(topic, { type: 'set_priority', body: { priority } });
    this.#session.toasts.show({
      text: `The priority is ${priorityText(priority).toLowerCase()} now.`, action: { label: 'Undo', run: () => this.#command(topic, { type: 'set_priority', body: { priority: before } }) },
    });
  }

  async label(): Promise<void> {
    const pane = this.#pane();
    if (!pane?.state) return;
    const before = pane.state.labels ?? [];
    const wanted = await chooseLabels(this.#desk.labels(), before, this.#session.who.kind === 'admin');
    if (!wanted) return;
    const topic = `conversation:${pane.id}` as const;
    // First off, so that there is room; what was removed from the business's labels goes too.
    for (const label of before.filter((each) => !wanted.includes(each))) this.#command(topic, { type: 'label', body: { label, on: false } });
    for (const label of wanted.filter((each) => !before.includes(each))) this.#command(topic, { type: 'label', body: { label, on: true } });
  }

  /** Asks for somebody of the staff, or nobody; `undefined` when it is not said. */
  async pickStaff(title: string, current: string | null): Promise<string | null | undefined> {
    const { presence, who } = this.#session;
    const people = [...this.#desk.staff()].sort((a, b) => Number(b.id === who.user.id) - Number(a.id === who.user.id) || a.name.localeCompare(b.name));
    return pick<string | null>(title, [
      ...people.map((person) => {
        const face = avatar(person, 'small');
        setPresence(face, presence.of(person.id));
        return { value: person.id, label: person.id === who.user.id ? `${person.name} (you)` : person.name, face, current: person.id === current, note: presence.of(person.id) === 'online' ? 'online' : '' };
      }),
      { value: null, label: 'Nobody', current: current === null },
    ]);
  }

  /** Says what did not work. */
  complain(error: Error): void {
    this.#session.toasts.show({ text: error instanceof CommandRefused || error.message ? error.message : 'This did not work. Try again.', danger: true });
  }

  #command(topic: `conversation:${string}`, { type, body }: ConversationCommand): void {
    const { done } = this.#session.client.queue.submit(topic, type, { ...body }, { keep: true });
    done.catch((error: Error) => {
      const failed = this.#session.client.queue.of(topic).find((each) => each.type === type && each.state === 'failed');
      if (failed) this.#session.client.queue.discard(failed.id);
      this.complain(error);
    });
  }
}
