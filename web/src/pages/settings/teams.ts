import { freshEntityId } from '../../api/ids';
import { staff, type StaffMember } from '../../api/tenant';
import { Disposables } from '../../base/disposables';
import { avatar, setPresence } from '../../components/avatar/avatar';
import { button } from '../../components/button/button';
import { confirmLoss } from '../../components/dialog/dialog';
import { formDialog } from '../../components/dialog/form-dialog';
import { emptyState, loadingState } from '../../components/empty/empty';
import { field } from '../../components/field/field';
import { finder } from '../../components/finder/finder';
import { teamsByName } from '../../components/team/team';
import { ListTopic } from '../../live/list-topic';
import type { InboxItem, Team, TenantState } from '../../live/protocol.gen';
import type { StateStore } from '../../live/state-store';
import type { Session } from '../../session/start';
import { el, fill, type Child } from '../../ui/dom';
import { offlineIcon, plusIcon } from '../../ui/icons';
import { c, card, doButton, loaded, messageOf } from './parts';

const MAX_NAME = 40;
/** What the live list holds of open conversations (docs/PROTOCOL.md): with more than that, a number is the least it can be. */
const HELD = 500;

/** Who works together, and can be given a conversation together. Live, as colleagues change them too. */
export function teamsSection(session: Session, tenant: StateStore<TenantState>, admin: boolean): Child[] {
  return [card(
    'Who works together',
    el('p', { class: c('soft') }, 'Press ', el('kbd', {}, 'a'), ' in a conversation to give it to a team. The inbox can show what is given to one of them, and where routing gives conversations out, it chooses among the people of the team. Customers never see them.'),
    loaded(session.owned, 'Loading the teams', staff, ({ members }) => new TeamList(session, tenant, members, admin).root),
  )];
}

interface Face {
  person: StaffMember;
  face: HTMLElement;
  there: HTMLElement;
}

/** The teams, each with its people and how many open conversations it has. */
class TeamList {
  readonly root = el('div', {}, loadingState('Loading the teams', 3));
  #session: Session;
  #tenant: StateStore<TenantState>;
  #people: readonly StaffMember[];
  #admin: boolean;
  #owned: Disposables;
  #rows: Disposables;
  #inbox: ListTopic<InboxItem>;
  #drawn = '';
  #faces: Face[] = [];
  #numbers: { id: string; text: HTMLElement }[] = [];

  constructor(session: Session, tenant: StateStore<TenantState>, people: readonly StaffMember[], admin: boolean) {
    this.#session = session;
    this.#tenant = tenant;
    this.#people = people;
    this.#admin = admin;
    this.#owned = session.owned.add(new Disposables());
    this.#rows = this.#owned.add(new Disposables());
    this.#inbox = new ListTopic<InboxItem>(`tenant:${session.tenant.id}/inbox`, (frame) => session.client.connection.send(frame));
    this.#owned.add(session.client.follow(this.#inbox));
    this.#owned.add(session.presence.watch(people.map(({ id }) => id)));
    this.#owned.add(tenant.changed.on(() => this.#draw()));
    for (const changes of [this.#inbox.changed, session.presence.changed]) this.#owned.add(changes.on(() => this.#drawLive()));
    this.#owned.add(tenant.refusals.on((error) => fill(this.root, emptyState({ icon: offlineIcon, title: 'The teams cannot be shown', text: error.message, level: 'h3' }))));
    this.#draw();
  }

  #draw(): void {
    const { state } = this.#tenant;
    if (!state) return;
    const key = JSON.stringify(state.teams ?? {});
    if (key !== this.#drawn) this.#drawTeams(teamsByName(state.teams ?? {}));
    this.#drawn = key;
    this.#drawLive();
  }

  #drawTeams(teams: [string, Team][]): void {
    this.#owned.drop(this.#rows);
    this.#rows = this.#owned.add(new Disposables());
    [this.#faces, this.#numbers] = [[], []];
    const add = this.#admin ? button({ label: 'Add a team', icon: plusIcon, kind: 'primary' }, { 'data-add': true }) : null;
    if (add) this.#rows.listen(add, 'click', () => void this.#edit(freshEntityId('tea')).then(() => this.#focus('[data-add]')));
    const none = el('p', { class: c('soft') }, 'There are none yet. Think of who works on the same thing: the kitchen, weddings, the drivers.');
    fill(this.root, el('div', { class: c('form') },
      teams.length > 0 ? el('ul', { class: c('rows') }, ...teams.map(([id, team]) => this.#row(id, team))) : none,
      el('div', { class: c('foot') }, add ?? el('span', { class: c('soft') }, 'Your admins make and change them.'))));
  }

  #row(id: string, team: Team): HTMLElement {
    const number = el('span', { class: c('soft') });
    this.#numbers.push({ id, text: number });
    const people = this.#people.filter((person) => team.members.includes(person.id)).toSorted((a, b) => a.name.localeCompare(b.name));
    const complain = (text: string) => this.#session.toasts.show({ text, danger: true });
    return el(
      'li', { class: c('group') },
      el('div', { class: c('grow') },
        el('strong', { dir: 'auto' }, team.name), ' ', number,
        people.length > 0 ? el('ul', { class: c('members'), 'aria-label': `Who is in ${team.name}` }, ...people.map((person) => this.#member(person))) : el('p', { class: c('soft') }, 'Nobody is in it: what is given to it waits.')),
      this.#admin ? el('div', { class: c('pair') },
        doButton(this.#rows, { label: 'Change' }, async () => {
          await this.#edit(id, team);
          this.#focus(`[data-team="${id}"]`);
        }, complain, { 'aria-label': `Change ${team.name}`, 'data-team': id }),
        doButton(this.#rows, { label: 'Remove', kind: 'plain' }, () => this.#remove(id, team), complain, { 'aria-label': `Remove ${team.name}` })) : null,
    );
  }

  #member(person: StaffMember): HTMLElement {
    const shown: Face = { person, face: avatar(person, 'small'), there: el('span', { class: c('soft') }) };
    this.#faces.push(shown);
    return el('li', {}, shown.face, el('span', { dir: 'auto' }, person.id === this.#session.who.user.id ? `${person.name} (you)` : person.name), shown.there);
  }

  /** Who is there, and what each team has. */
  #drawLive(): void {
    const { presence } = this.#session;
    for (const { person, face, there } of this.#faces) {
      const status = presence.of(person.id);
      setPresence(face, status);
      const takes = this.#tenant.state?.staff?.[person.id]?.available ?? true;
      fill(there, !takes ? 'takes no chats' : status === 'online' ? 'online' : status === 'away' ? 'away' : '');
    }
    for (const { id, text } of this.#numbers) fill(text, this.#inbox.loaded ? this.#has(id) : '');
  }

  #open(id: string): number {
    return this.#inbox.values().filter(({ status, team }) => status === 'open' && team === id).length;
  }

  #has(id: string): string {
    const [open, held] = [this.#open(id), this.#inbox.values().filter(({ status }) => status === 'open').length];
    return open === 0 && held < HELD ? 'nothing open' : `${open}${held >= HELD ? '+' : ''} open`;
  }

  async #edit(id: string, team?: Team): Promise<void> {
    const owned = this.#owned.add(new Disposables());
    const name = field({ label: 'Name', name: 'name' }, { autocomplete: 'off', maxlength: MAX_NAME + 1, value: team?.name ?? '', dir: 'auto' });
    const people = this.#people.toSorted((a, b) => a.name.localeCompare(b.name));
    const boxes = people.map((person) => {
      const box = el('input', { type: 'checkbox', value: person.id });
      box.checked = team?.members.includes(person.id) ?? false;
      return { person, box, root: el('label', { class: c('tick') }, box, avatar(person, 'small'), el('span', { dir: 'auto' }, person.name)) };
    });
    const find = finder(owned, boxes, boxes.map(({ root }) => root), (words) => boxes.filter(({ person }) => person.name.toLocaleLowerCase().includes(words)));
    const members = el('fieldset', { class: c('people') }, el('legend', {}, 'Who is in it'), find?.root ?? null, el('div', { class: c('peopleList') }, ...boxes.map(({ root }) => root)));
    await formDialog({
      title: team ? `Change “${team.name}”` : 'New team',
      fields: { name },
      inside: [name.root, members],
      submit: team ? 'Save' : 'Add',
      save: () => this.#session.client.command(`tenant:${this.#session.tenant.id}`, 'set_team', {
        team: id, name: name.input.value, members: boxes.filter(({ box }) => box.checked).map(({ person }) => person.id),
      }).done,
    });
    this.#owned.drop(owned);
  }

  async #remove(id: string, team: Team): Promise<void> {
    const open = this.#open(id);
    const has = open === 0 ? 'Nothing open is given to it.' : open === 1 ? 'One open conversation is given to it.' : `${open} open conversations are given to it.`;
    const sure = await confirmLoss({ title: `Remove “${team.name}”?`, text: `${has} What is given to it is no team’s from then on, and whoever answers it goes on doing so.`, yes: 'Remove' });
    if (!sure) return;
    const { client, tenant, toasts } = this.#session;
    await client.command(`tenant:${tenant.id}`, 'remove_team', { team: id }).done;
    this.#focus('[data-add]');
    const again = () => void client.command(`tenant:${tenant.id}`, 'set_team', { team: id, ...team }).done.catch((error: unknown) => toasts.show({ text: messageOf(error), danger: true }));
    toasts.show({ text: `“${team.name}” is removed.`, action: { label: 'Undo', run: again } });
  }

  /** What was pressed is drawn anew: the focus goes to what stands in its place. */
  #focus(selector: string): void {
    requestAnimationFrame(() => this.root.querySelector<HTMLElement>(selector)?.focus());
  }
}
