import type { StaffMember } from '../../api/tenant';
import { Emitter } from '../../base/emitter';
import { hasTargets } from '../../components/due/targets';
import { loadingState } from '../../components/empty/empty';
import { InboxList } from '../../components/inbox-list/inbox-list';
import type { Actions } from '../../components/palette/actions';
import { ListTopic } from '../../live/list-topic';
import type { InboxItem, Party, TenantState } from '../../live/protocol.gen';
import type { Session } from '../../session/start';
import { el, fill } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import styles from './inbox.module.css';

const c = mustClass(styles);

/**
 * What is seen of the inbox first: its list. All that is done with conversations is a script of its own, which comes after it: on a slow line
 * that is half a second. What somebody does before it is here is done when it is.
 */
export class Front {
  readonly root = el('main', { class: c('panes') });
  readonly middle = el('div', { class: c('middle') });
  readonly session: Session;
  readonly topic: ListTopic<InboxItem>;
  readonly list: InboxList;
  /** What can be done here comes before where one can go. */
  readonly actions: Actions;
  /** Everybody who works here, once it is known. */
  staff: readonly StaffMember[] = [];
  readonly staffChanged = new Emitter<undefined>();
  /** What stands where a conversation will. */
  #instead = () => loadingState('Loading the conversation', 5);
  #meant: string | undefined;
  #keys: KeyboardEvent[] = [];
  #waiting = new AbortController();

  constructor(session: Session) {
    const { client, owned, who, tenant } = session;
    this.session = session;
    this.actions = session.actions.place();
    this.topic = new ListTopic<InboxItem>(`tenant:${tenant.id}/inbox`, (frame) => client.connection.send(frame));
    owned.add(client.follow(this.topic));
    this.list = owned.add(new InboxList(this.topic, who.user.id, (party) => this.nameOf(party)));
    this.list.root.classList.add(c('listPane'));
    fill(this.root, this.list.root, this.middle);
    this.chooseFromAddress();
    if (asksForOne()) this.#showInstead();
    const early = this.list.chosen.on((id) => this.#mean(id));
    this.#waiting.signal.addEventListener('abort', () => early.dispose());
    document.addEventListener('keydown', (event) => this.#keys.push(event), { signal: this.#waiting.signal });
  }

  nameOf(who: Party): string | undefined {
    const { user } = this.session.who;
    return who === user.id ? user.name : this.staff.find(({ id }) => id === who)?.name;
  }

  setStaff(staff: readonly StaffMember[]): void {
    this.staff = staff;
    this.session.owned.add(this.session.presence.watch(staff.map(({ id }) => id)));
    this.list.teamChanged();
    this.staffChanged.emit(undefined);
  }

  setBusiness(business: TenantState | undefined): void {
    this.list.setLabels(business?.labels ?? {});
    this.list.setTeams(business?.teams ?? {});
    this.list.chooser.setTargets(hasTargets(business?.targets));
  }

  /** Shows the list, and the part of it, that the address asks for. */
  chooseFromAddress(): void {
    const query = new URLSearchParams(location.search);
    const { chooser } = this.list;
    const key = query.get('f') ?? 'open';
    if (key !== chooser.key) chooser.choose(key);
    const label = query.get('l') ?? '';
    if (label !== chooser.label) chooser.setLabel(/^lbl_\w+$/.test(label) ? label : '');
    const team = query.get('t') ?? '';
    if (team !== chooser.team) chooser.setTeam(/^(?:mine|none|tea_\w+)$/.test(team) ? team : '');
  }

  /** Shows or hides the list where there is no room for a conversation beside it. */
  showOpened(opened: boolean): void {
    this.root.classList.toggle(c('opened'), opened);
  }

  /** Hands over which conversation was meant before there was anything to open it with. */
  takeOver(): string | undefined {
    this.#waiting.abort();
    return this.#meant;
  }

  /** Says in the place of conversations why there are none. */
  sayWhyNot(draw: () => HTMLElement): void {
    this.#instead = draw;
    fill(this.middle, draw());
  }

  /** Presses again what was pressed before anything listened. */
  pressAgain(): void {
    for (const { key, code, shiftKey, ctrlKey, metaKey, altKey, defaultPrevented } of this.#keys.splice(0)) {
      if (defaultPrevented) continue;
      (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key, code, shiftKey, ctrlKey, metaKey, altKey, bubbles: true, cancelable: true }));
    }
  }

  #mean(id: string): void {
    this.#meant = id;
    this.list.setCurrent(id);
    this.#showInstead();
  }

  #showInstead(): void {
    this.showOpened(true);
    fill(this.middle, this.#instead());
  }
}

/** Whether the address asks for a conversation. */
export function asksForOne(): boolean {
  return new URLSearchParams(location.search).has('c');
}
