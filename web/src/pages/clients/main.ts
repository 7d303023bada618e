import '../../tokens/app.css';
import { staff, type StaffMember } from '../../api/tenant';
import { emptyState } from '../../components/empty/empty';
import { findAction, listActions } from '../../components/inbox-list/list-actions';
import { shell } from '../../components/shell/shell';
import { startSession, type Session } from '../../session/start';
import { el, fill, mustFind } from '../../ui/dom';
import { usersIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { AccountView } from './account-view';
import { ClientList } from './client-list';
import styles from './clients.module.css';

const c = mustClass(styles);

/** The clients of the business, and one of them. Which one is in the address. */
class ClientsPage {
  readonly root = el('main', { class: c('panes') });
  #session: Session;
  #list: ClientList;
  #middle = el('div', { class: c('middle') });
  #view: AccountView | undefined;
  #shown: string | undefined;
  #staff: readonly StaffMember[] = [];

  constructor(session: Session) {
    this.#session = session;
    const { owned, who } = session;
    this.#list = owned.add(new ClientList(who.user.id, (user) => this.#nameOf(user)));
    fill(this.root, this.#list.root, this.#middle);
    owned.add(this.#list.chosen.on((id) => this.#go(id)));
    owned.listen(window, 'popstate', () => this.#fromAddress());
    owned.listen(this.#middle, 'click', (event) => (event.target as Element).closest('[data-do=back]') && this.#go(undefined));
    void this.#list.load();
    this.#fromAddress();
    staff().then(({ members }) => this.#setStaff(members), (error: Error) => session.toasts.show({ text: `The team could not be loaded. ${error.message}`, danger: true }));
  }

  #nameOf(user: string): string | undefined {
    return this.#staff.find(({ id }) => id === user)?.name;
  }

  #setStaff(members: readonly StaffMember[]): void {
    this.#staff = members;
    this.#list.refresh();
    this.#view?.draw();
  }

  #go(id: string | undefined): void {
    const before = this.#shown;
    history.pushState(null, '', id === undefined ? '/clients' : `/clients?id=${id}`);
    this.#fromAddress();
    // Whoever comes back to the list goes on where they left it.
    if (id === undefined && before !== undefined) this.#list.root.querySelector<HTMLElement>(`a[data-id="${before}"]`)?.focus();
  }

  #fromAddress(): void {
    const id = new URLSearchParams(location.search).get('id') ?? undefined;
    if (id !== undefined && id === this.#shown) return;
    this.#view?.dispose();
    this.#view = undefined;
    this.#shown = id;
    this.#list.setCurrent(id);
    this.root.classList.toggle(c('opened'), id !== undefined);
    if (id === undefined) return fill(this.#middle, emptyState({ icon: usersIcon, title: 'Choose a client', text: 'Who belongs to them, who looks after them, where they stand and what comes next.' }));
    const view = this.#view = new AccountView(this.#session, id, () => this.#staff, (user) => this.#nameOf(user));
    view.store.changed.on(() => {
      const { state } = view.store;
      if (state) this.#list.changed({ id: state.id, name: state.name, manager: state.manager, lifecycle: state.lifecycle, members: Object.keys(state.members).sort() });
    });
    fill(this.#middle, view.root);
  }
}

void startSession('staff', (session) => {
  session.actions.add(listActions((filter) => location.assign(`/inbox?f=${filter}`)));
  session.actions.add(findAction((words) => location.assign(`/inbox?q=${encodeURIComponent(words)}`)));
  fill(mustFind('#app'), shell(session, '/clients', new ClientsPage(session).root, { title: 'Clients' }));
});
