import { ApiError } from '../../api/http';
import { staff, type StaffMember } from '../../api/tenant';
import { Disposables } from '../../base/disposables';
import { avatar, setPresence } from '../../components/avatar/avatar';
import { field } from '../../components/field/field';
import { emptyState, loadingState } from '../../components/empty/empty';
import { ListTopic } from '../../live/list-topic';
import type { InboxItem, RoutingMode, TenantState } from '../../live/protocol.gen';
import type { StateStore } from '../../live/state-store';
import type { Session } from '../../session/start';
import { el, fill, type Child } from '../../ui/dom';
import { offlineIcon } from '../../ui/icons';
import { choiceCards } from './choice-cards';
import { c, card, loaded, messageOf, onceKnown, saveForm } from './parts';

/** Nobody is given more than this. */
const MOST = 100;
/** What the live list holds of open conversations (docs/PROTOCOL.md): with more than that, a load is the least it can be. */
const HELD = 500;

const MODES: readonly { value: RoutingMode; label: string; text: string }[] = [
  { value: 'by_hand', label: 'By hand', text: 'Conversations wait in the inbox until somebody takes them or gives them to a colleague.' },
  { value: 'round_robin', label: 'In turn', text: 'Each new conversation goes to whoever was given none for longest.' },
  { value: 'least_busy', label: 'To the least busy', text: 'Each new conversation goes to whoever has the fewest open ones.' },
];

/** How conversations come to people, and how many each of them can take. */
export function routingSection(session: Session, tenant: StateStore<TenantState>): Child[] {
  const box = onceKnown(session, tenant, el('div', {}, loadingState('Loading', 3)), (state) => modeForm(session, state));
  session.owned.add(tenant.refusals.on((error) => fill(box, emptyState({ icon: offlineIcon, title: 'This cannot be shown', text: error.message, level: 'h3' }))));
  return [
    card('How conversations come to people', box),
    card('Who can take how many', loaded(session.owned, 'Loading the team', staff, ({ members }) => new Takers(session, tenant, members).root)),
  ];
}

function modeForm({ client, owned, tenant }: Session, { routing }: TenantState): HTMLElement {
  const modes = choiceCards('How conversations come to people', MODES, routing?.mode ?? 'by_hand', true);
  const capacity = field(
    { label: 'Open conversations at most', name: 'capacity', hint: `Nobody is given more than this, 1 to ${MOST}. Snoozed ones do not count, and what people take by hand is not limited.` },
    { type: 'number', min: 1, max: MOST, step: 1, inputmode: 'numeric', value: routing?.capacity ?? 5 },
  );
  capacity.input.classList.add(c('number'));
  return saveForm(owned, {
    fields: { capacity },
    inside: [
      modes.root,
      el('p', { class: c('soft') }, 'Only people who take chats and have Brigade open before them are given any. When nobody is there or everybody is full, conversations wait, and whoever has waited longest is next. What somebody has is never taken away.'),
      capacity.root,
    ],
    save: async () => {
      await client.command(`tenant:${tenant.id}`, 'set_routing', { mode: modes.value(), capacity: numberOf(capacity.input.value) }).done;
    },
  });
}

/** Said as the server would say it. */
function numberOf(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isInteger(number) && number >= 1 && number <= MOST) return number;
  throw new ApiError('INVALID_INPUT', `Choose a number from 1 to ${MOST}.`, { details: { field: 'capacity' } });
}

/** Everybody who works here: whether they are there, how many they have now, and how many they can take. */
class Takers {
  readonly root = el('div', { class: c('form') });
  #session: Session;
  #tenant: StateStore<TenantState>;
  #people: readonly StaffMember[];
  #inbox: ListTopic<InboxItem>;
  #said = el('p', { class: c('notice'), role: 'status', hidden: true });
  #rows: { person: StaffMember; face: HTMLElement; there: HTMLElement; load: HTMLElement; input: HTMLInputElement }[];

  constructor(session: Session, tenant: StateStore<TenantState>, people: readonly StaffMember[]) {
    this.#session = session;
    this.#tenant = tenant;
    this.#people = people;
    const owned = session.owned.add(new Disposables());
    this.#inbox = new ListTopic<InboxItem>(`tenant:${session.tenant.id}/inbox`, (frame) => session.client.connection.send(frame));
    this.#rows = people.map((person) => this.#row(owned, person));
    owned.add(session.client.follow(this.#inbox));
    owned.add(session.presence.watch(people.map(({ id }) => id)));
    for (const changes of [this.#inbox.changed, session.presence.changed, tenant.changed]) owned.add(changes.on(() => this.#draw()));
    fill(this.root, this.#said, el('table', { class: c('table') },
      el('caption', { class: 'visually-hidden' }, 'Who can take how many conversations'),
      el('thead', {}, el('tr', {}, ...['Person', 'Open now', 'At most'].map((name) => el('th', { scope: 'col' }, name)))),
      el('tbody', {}, ...this.#rows.map(({ person, face, there, load, input }) => el(
        'tr', {},
        el('th', { scope: 'row' }, el('span', { class: c('taker') }, face, el('span', { class: c('takerName') }, person.id === session.who.user.id ? `${person.name} (you)` : person.name, there))),
        el('td', {}, load), el('td', {}, input),
      )))));
    this.#draw();
  }

  #row(owned: Disposables, person: StaffMember) {
    const input = el('input', { class: c('time'), type: 'number', min: 1, max: MOST, step: 1, inputmode: 'numeric', 'aria-label': `At most for ${person.name}` });
    owned.listen(input, 'change', () => void this.#save(person, input));
    return { person, face: avatar(person, 'small'), there: el('span', { class: c('soft') }), load: el('span', {}), input };
  }

  async #save(person: StaffMember, input: HTMLInputElement): Promise<void> {
    const { client, tenant, toasts } = this.#session;
    const before = this.#own(person.id);
    try {
      const capacity = input.value.trim() === '' && !input.validity.badInput ? null : numberOf(input.value);
      if (capacity === before) return;
      await client.command(`tenant:${tenant.id}`, 'set_capacity', { user: person.id, capacity }).done;
      toasts.show({ text: capacity === null ? `${person.name} can take as many as everybody.` : `${person.name} can take ${capacity} at most.` });
    } catch (error) {
      input.value = before === null ? '' : String(before);
      toasts.show({ text: messageOf(error), danger: true });
    }
  }

  #own(id: string): number | null {
    return this.#tenant.state?.routing?.people[id] ?? null;
  }

  #draw(): void {
    const { state } = this.#tenant;
    const { presence } = this.#session;
    const open = this.#inbox.values().filter(({ status }) => status === 'open');
    const more = open.length >= HELD ? '+' : '';
    const takes = (id: string) => state?.staff?.[id]?.available ?? true;
    for (const { person, face, there, load, input } of this.#rows) {
      const status = presence.of(person.id);
      setPresence(face, status);
      fill(there, !takes(person.id) ? 'Takes no chats' : status === 'online' ? 'Online' : status === 'away' ? 'Away' : 'Not there');
      fill(load, this.#inbox.loaded ? `${open.filter(({ assignee }) => assignee === person.id).length}${more}` : '…');
      input.placeholder = String(state?.routing?.capacity ?? 5);
      const own = this.#own(person.id);
      if (document.activeElement !== input) input.value = own === null ? '' : String(own);
    }
    const known = this.#people.some(({ id }) => presence.of(id) !== undefined);
    const nobody = known && !this.#people.some(({ id }) => takes(id) && presence.of(id) === 'online');
    const text = (state?.routing?.mode ?? 'by_hand') === 'by_hand' ? 'Conversations are given by hand now. What is said here counts once that is changed.'
      : nobody ? 'Nobody is there: conversations wait in the queue.' : '';
    if (this.#said.textContent !== text) fill(this.#said, text);
    this.#said.hidden = text === '';
  }
}
