import { Disposables } from '../../../base/disposables';
import { BulkBar, type BulkAction } from '../../../components/bulk-bar/bulk-bar';
import type { InboxList } from '../../../components/inbox-list/inbox-list';
import { priorityText } from '../../../components/label/priority';
import { momentText } from '../../../components/time-text/time-text';
import type { InboxItem } from '../../../live/protocol.gen';
import type { Session } from '../../../session/start';
import { chooseLabels } from '../labels-dialog';
import { givenText, pickPriority, pickTaker, type Desk } from '../questions';
import { askUntil } from '../snooze';
import { backOf, isSo, stepsOf, type Step, type Wish } from '../wish';
import { BACK, doneWording, outcomeText, type Wording } from './outcome-text';
import { BulkRun, type Job, type Outcome } from './run';

/** What takes longer shows how far it is. */
const MOMENT_MS = 400;

/** What the staff do with all conversations that are selected in the list. One thing at a time. */
export class BulkActions {
  #session: Session;
  #desk: Desk;
  #list: InboxList;
  #bar: BulkBar;
  #run: BulkRun | undefined;

  constructor(session: Session, desk: Desk, list: InboxList) {
    this.#session = session;
    this.#desk = desk;
    this.#list = list;
    const { owned, client } = session;
    const bar = this.#bar = new BulkBar(list.selection);
    owned.add(bar.wanted.on((action) => void this.do(action)));
    owned.add(bar.stopped.on(() => this.#run?.stop()));
    owned.add(client.connection.status.on(({ kind }) => bar.setAway(awayText(kind))));
    list.setBar(bar);
    owned.listen(window, 'beforeunload', (event) => this.#run && event.preventDefault());
  }

  /** Why this cannot be done with them now. */
  refusal(action: BulkAction): string | undefined {
    const bar = this.#bar;
    if (!bar.offers(action)) return 'These are resolved. Open them again first.';
    return bar.away ?? (bar.able ? undefined : 'Something is being done with them. Wait until it is finished, or stop it.');
  }

  /** Asks what has to be known, and does it. */
  async do(action: BulkAction): Promise<void> {
    const bar = this.#bar;
    const { selection } = this.#list;
    const refusal = this.refusal(action);
    if (refusal !== undefined) return this.#session.toasts.show({ text: refusal, danger: true });
    const asked = await this.#ask(action, this.#items(selection.ids));
    // Meanwhile some may have left the list, and the connection.
    if (asked && bar.away !== undefined) return this.#session.toasts.show({ text: `Nothing was sent. ${bar.away}`, danger: true });
    if (asked && bar.able) await this.#fulfil(this.#items(selection.ids), asked);
  }

  async #ask(action: BulkAction, items: readonly InboxItem[]): Promise<{ wish: Wish; done: string } | undefined> {
    const many = items.length === 1 ? 'this conversation' : `these ${items.length} conversations`;
    switch (action) {
      case 'resolve': return { wish: { type: 'resolve' }, done: 'resolved' };
      case 'reopen': return { wish: { type: 'reopen' }, done: 'open again' };
      case 'assign': {
        const current = { assignee: same(items.map(({ assignee }) => assignee)), team: same(items.map(({ team }) => team ?? null)) };
        const given = await pickTaker(this.#session, this.#desk, `Who answers ${many}?`, current);
        if (!given) return undefined;
        const wish: Wish = 'to' in given ? { type: 'assign', ...given } : { type: 'assign_team', ...given };
        return { wish, done: givenText(this.#session, this.#desk, given) };
      }
      case 'take': return { wish: { type: 'assign', to: this.#session.who.user.id }, done: 'assigned to you' };
      case 'priority': {
        const priority = await pickPriority(items.length === 1 ? 'How urgent is it?' : 'How urgent are they?', same(items.map((item) => item.priority ?? 'normal')));
        return priority && { wish: { type: 'set_priority', priority }, done: `set to priority ${priorityText(priority).toLowerCase()}` };
      }
      case 'snooze': {
        const until = (await askUntil())?.toISOString();
        return until === undefined ? undefined : { wish: { type: 'snooze', until }, done: `put off until ${momentText(until)}` };
      }
      case 'labels': {
        const wanted = await chooseLabels(`What ${items.length === 1 ? 'is' : 'are'} ${many} about?`, this.#desk.labels(), labelsOf(items), this.#session.who.kind === 'admin');
        const nothing = !wanted || wanted.on.length + wanted.off.length === 0;
        return nothing ? undefined : { wish: { type: 'label', ...wanted }, done: 'labelled anew' };
      }
    }
  }

  async #fulfil(items: readonly InboxItem[], { wish, done }: { wish: Wish; done: string }): Promise<void> {
    const jobs = items.map((item) => ({ id: item.id, steps: () => stepsOf(this.#list.item(item.id) ?? item, wish) }));
    const outcome = await this.#carryOut(jobs);
    this.#list.selection.replace([...outcome.refused.map(({ id }) => id), ...outcome.unsent]);
    const names = new Map(items.map(({ id, name }) => [id, name]));
    const changed = outcome.changed;
    this.#say(outcome, doneWording(done), names, changed.length > 0 ? () => void this.#takeBack(changed, names) : undefined);
  }

  /** Takes back what was done, unless somebody changed it since. */
  async #takeBack(changed: Outcome['changed'], names: ReadonlyMap<string, string>): Promise<void> {
    const jobs = changed.map(({ id, done }) => ({
      id,
      steps: () => {
        const item = this.#list.item(id);
        const still = done.filter(({ command }) => !item || isSo(item, command));
        return backOf(still, Date.now()).map((command): Step => ({ command, back: () => [] }));
      },
    }));
    this.#say(await this.#carryOut(jobs), BACK, names);
  }

  async #carryOut(jobs: readonly Job[]): Promise<Outcome> {
    while (this.#run) await this.#run.finished;
    const bar = this.#bar;
    const owned = this.#session.owned.add(new Disposables());
    const run = new BulkRun(this.#session.client, jobs);
    const draw = () => bar.setBusy(true, { done: run.done, total: run.total, stopped: run.stopped });
    this.#run = run;
    bar.setBusy(true);
    owned.after(MOMENT_MS, () => {
      draw();
      owned.add(run.progressed.on(draw));
    });
    const outcome = await run.finished;
    this.#session.owned.drop(owned);
    this.#run = undefined;
    bar.setBusy(false);
    return outcome;
  }

  #say(outcome: Outcome, wording: Wording, names: ReadonlyMap<string, string>, undo?: () => void): void {
    const bad = outcome.refused.length > 0;
    this.#session.toasts.show({
      text: outcomeText(outcome, wording, (id) => names.get(id) ?? 'A conversation'), danger: bad, stays: bad,
      ...(undo ? { action: { label: 'Undo', run: undo } } : {}),
    });
  }

  #items(ids: readonly string[]): InboxItem[] {
    return ids.flatMap((id) => this.#list.item(id) ?? []);
  }
}

function awayText(kind: string): string | undefined {
  switch (kind) {
    case 'online': return undefined;
    case 'offline': return 'You are offline. Nothing is sent until the network is back, and what is selected stays so.';
    default: return 'The connection is away. Nothing is sent until it is back, and what is selected stays so.';
  }
}

/** What they all have, if it is the same. */
function same<T>(values: readonly T[]): T | undefined {
  return new Set(values).size === 1 ? values[0] : undefined;
}

/** Which labels all of them have, and which only some. */
function labelsOf(items: readonly InboxItem[]): { all: string[]; some: string[] } {
  const found = [...new Set(items.flatMap(({ labels }) => labels ?? []))];
  const onAll = (label: string) => items.every(({ labels }) => labels?.includes(label));
  return { all: found.filter(onAll), some: found.filter((label) => !onAll(label)) };
}
