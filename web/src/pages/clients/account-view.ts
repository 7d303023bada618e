import { accountLog, type AccountLine } from '../../api/accounts';
import { ApiError } from '../../api/http';
import type { StaffMember } from '../../api/tenant';
import { Disposables, type Disposable } from '../../base/disposables';
import { chooseManager, takeStep } from '../../components/account/actions';
import { closedBecause, LIFECYCLE, openSteps, STRAIGHT } from '../../components/account/next';
import { avatar, presenceText, setPresence } from '../../components/avatar/avatar';
import { busy, button, linkButton } from '../../components/button/button';
import { confirmLoss } from '../../components/dialog/dialog';
import { formDialog } from '../../components/dialog/form-dialog';
import { emptyState, loadingState } from '../../components/empty/empty';
import { field } from '../../components/field/field';
import { timeElement } from '../../components/time-text/time-text';
import { followLog } from '../../live/follow-log';
import type { AccountState } from '../../live/protocol.gen';
import { applyToAccount, StateStore } from '../../live/state-store';
import type { Session } from '../../session/start';
import { el, fill, type Child } from '../../ui/dom';
import { alertIcon, backIcon, chatIcon, checkIcon, checksIcon, closeIcon, editIcon, icon, userIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import styles from './clients.module.css';
import { lineText, type NameOf } from './history';

const c = mustClass(styles);
const LINES = 50;
/** Several changes at once are one question. */
const GATHER_MS = 150;

/** One account, live: who belongs to it and looks after it, where it stands and what comes next, and what happened to it. */
export class AccountView implements Disposable {
  readonly root = el('div', { class: c('account') }, loadingState('Loading the client', 4));
  readonly store = new StateStore<AccountState>(applyToAccount);
  #session: Session;
  #id: string;
  #staff: () => readonly StaffMember[];
  #nameOf: NameOf;
  #owned = new Disposables();
  #watching: Disposable | undefined;
  #lines: AccountLine[] | undefined;
  #trouble: string | undefined;
  #asked: Disposable | undefined;

  constructor(session: Session, id: string, staff: () => readonly StaffMember[], nameOf: NameOf) {
    this.#session = session;
    this.#id = id;
    this.#staff = staff;
    this.#nameOf = nameOf;
    const { client, presence } = session;
    this.#owned.add(this.store.changed.on(() => {
      this.draw();
      this.#asked ??= this.#owned.after(GATHER_MS, () => void this.#askHistory());
    }));
    this.#owned.add(this.store.refusals.on((error) => this.#refused(error.message)));
    this.#owned.add(followLog(client, `account:${id}`, this.store));
    this.#owned.add(presence.changed.on(() => this.draw()));
    this.#owned.listen(this.root, 'click', (event) => this.#clicked(event));
  }

  dispose(): void {
    this.#watching?.dispose();
    this.#owned.dispose();
  }

  /** Draws it as it is known now. */
  draw(): void {
    const account = this.store.state;
    if (!account) return;
    const focused = this.root.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset['do'] : undefined;
    this.#watch([...Object.keys(account.members), ...(account.manager === null ? [] : [account.manager])]);
    fill(this.root, this.#head(account), el('div', { class: c('cards') },
      el('div', { class: c('column') }, this.#where(account), this.#history()),
      el('div', { class: c('column') }, this.#manager(account), this.#members(account), this.#conversations(account))));
    if (focused !== undefined) this.root.querySelector<HTMLElement>(`[data-do="${focused}"]`)?.focus();
  }

  #watch(who: readonly string[]): void {
    const before = this.#watching;
    this.#watching = this.#session.presence.watch([...who]);
    before?.dispose();
  }

  #head(account: AccountState): HTMLElement {
    return el('header', { class: c('head') },
      el('span', { class: c('back') }, button({ label: 'Back to the clients', icon: backIcon, kind: 'plain', bare: true }, { 'data-do': 'back' })),
      avatar(account, 'large'),
      el('div', { class: c('who') }, el('h2', { class: c('title'), dir: 'auto' }, account.name), el('p', { class: c('soft') }, LIFECYCLE[account.lifecycle])),
      button({ label: 'Rename', icon: editIcon, kind: 'plain', small: true }, { 'data-do': 'rename' }));
  }

  /** Where the relationship stands; what comes next, and why it is not open yet. */
  #where(account: AccountState): HTMLElement {
    const at = STRAIGHT.indexOf(account.lifecycle);
    const way = at < 0 ? null : el('ol', { class: c('way') }, ...STRAIGHT.map((state, index) => el(
      'li', { class: c('step', index < at && 'done', index === at && 'here'), 'aria-current': index === at ? 'step' : null },
      el('span', { class: c('mark') }, index < at ? icon(checkIcon) : null), LIFECYCLE[state],
      index < at ? el('span', { class: 'visually-hidden' }, ', done') : null)));
    const next = account.next.map((to) => {
      const why = closedBecause(account, to);
      return el('li', {}, el('strong', {}, LIFECYCLE[to]), why === undefined ? ': open' : el('span', { class: c('why') }, `: not open yet. ${why}`));
    });
    const how = account.onboarding === null ? null : el('p', { class: c('soft') }, account.onboarding === 'assisted' ? 'Onboarded by themselves, with help.' : 'Onboarded by the account manager.');
    return card('Where it stands', way ?? el('p', {}, LIFECYCLE[account.lifecycle]), how,
      el('h4', { class: c('small') }, 'What can come next'), el('ul', { class: c('next') }, ...next),
      openSteps(account).length > 0 ? el('p', {}, button({ label: 'Take the next step', icon: checksIcon, small: true }, { 'data-do': 'advance' })) : null);
  }

  #manager({ manager }: AccountState): HTMLElement {
    const { who, presence } = this.#session;
    const inside = manager === null ? el('p', {}, 'Nobody looks after them. Whoever does opens the onboarding.')
      : manager === who.user.id ? this.#person(manager, who.user.name, 'You') : this.#person(manager, this.#nameOf(manager) ?? 'Somebody who has left', presenceText(presence.of(manager)));
    return card('Account manager', inside, el('p', {}, button({ label: manager === null ? 'Choose the account manager' : 'Change the account manager', icon: userIcon, small: true }, { 'data-do': 'manager' })));
  }

  #members({ members }: AccountState): HTMLElement {
    const all = Object.entries(members);
    const admin = this.#session.who.kind === 'admin';
    const rows = all.map(([id, { name }]) => el('li', { class: c('member') }, this.#person(id, name, presenceText(this.#session.presence.of(id))),
      admin ? button({ label: `Take ${name} out of the account`, icon: closeIcon, kind: 'plain', small: true, bare: true }, { 'data-do': `remove ${id}` }) : null));
    return card('Who belongs to it', all.length === 0 ? el('p', {}, 'Nobody any more: nobody of theirs can sign in to it.') : el('ul', { class: c('people') }, ...rows));
  }

  #conversations({ conversations }: AccountState): HTMLElement {
    const links = conversations.map((id, index) => el('li', {}, linkButton({ label: index === conversations.length - 1 ? 'Open the conversation' : `Open an earlier one (${index + 1})`, icon: chatIcon, small: true }, `/inbox?c=${id}`)));
    return card('Conversations', conversations.length === 0 ? el('p', {}, 'None belongs to it.') : el('ul', { class: c('links') }, ...links.reverse()));
  }

  #history(): HTMLElement {
    if (this.#trouble !== undefined) return card('What happened', el('p', { role: 'status' }, `${this.#trouble} `, button({ label: 'Try again', small: true }, { 'data-do': 'history' })));
    if (!this.#lines) return card('What happened', loadingState('Loading what happened', 2));
    const lines = this.#lines.flatMap((line) => {
      const text = lineText(line, (who) => this.#called(who));
      return text === undefined ? [] : [el('li', { class: c('line') }, el('span', { dir: 'auto' }, text), el('span', { class: c('soft') }, timeElement(line.at)))];
    });
    const more = (this.#lines[0]?.seq ?? 1) > 1 ? el('p', {}, button({ label: 'Show earlier', small: true }, { 'data-do': 'earlier' })) : null;
    return card('What happened', el('ol', { class: c('lines') }, ...lines.reverse()), more);
  }

  #person(id: string, name: string, text: string): HTMLElement {
    const face = avatar({ name }, 'small');
    setPresence(face, this.#session.presence.of(id));
    return el('span', { class: c('person') }, face, el('span', { dir: 'auto' }, name), el('span', { class: c('soft') }, text));
  }

  #called(who: string): string | undefined {
    const came = this.#lines?.findLast((line) => line.type === 'member_added' && line.body.user === who);
    return this.#nameOf(who) ?? this.store.state?.members[who]?.name ?? (came?.type === 'member_added' ? came.body.name : undefined);
  }

  async #askHistory(before?: number): Promise<void> {
    this.#asked = undefined;
    try {
      const { entries } = await accountLog(this.#id, LINES, before);
      const held = this.#lines ?? [];
      // What was asked for further back stays.
      this.#lines = before === undefined ? [...held.filter(({ seq }) => seq < (entries[0]?.seq ?? 0)), ...entries] : [...entries, ...held];
      this.#trouble = undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#trouble = error.message;
    }
    this.draw();
  }

  #clicked(event: Event): void {
    const target = (event.target as Element).closest<HTMLButtonElement>('[data-do]');
    const account = this.store.state;
    const [what, whom] = target?.dataset['do']?.split(' ') ?? [];
    if (!target || !account) return;
    switch (what) {
      case 'manager': return void busy(target, () => chooseManager(this.#session, this.#staff(), account));
      case 'advance': return void busy(target, () => takeStep(this.#session, account));
      case 'rename': return void this.#rename(account);
      case 'remove': return void this.#remove(account, whom!);
      case 'history': return void busy(target, () => this.#askHistory());
      case 'earlier': return void busy(target, () => this.#askHistory(this.#lines?.[0]?.seq));
    }
  }

  async #rename({ id, name }: AccountState): Promise<void> {
    const called = field({ label: 'Name', name: 'name', hint: 'What the team calls the account. The names of its people stay theirs.' }, { value: name, maxlength: 200, dir: 'auto' });
    await formDialog({
      title: 'Rename the account', fields: { name: called }, submit: 'Save',
      save: () => this.#session.client.command(`account:${id}`, 'rename', { name: called.input.value.trim() }).done,
    });
  }

  async #remove({ id, members }: AccountState, user: string): Promise<void> {
    const sure = await confirmLoss({
      title: `Take ${members[user]?.name ?? 'this person'} out of the account?`,
      text: 'They no longer see it or its conversations. What they have written stays. It is written into the audit log.',
      yes: 'Take them out',
    });
    if (sure) await this.#session.client.command(`account:${id}`, 'remove_member', { user }).done.catch((error: Error) => this.#session.toasts.show({ text: error.message, danger: true }));
  }

  #refused(message: string): void {
    fill(this.root, emptyState({ icon: alertIcon, title: 'This client cannot be shown', text: message, action: linkButton({ label: 'All clients' }, '/clients') }));
  }
}

function card(title: string, ...inside: Child[]): HTMLElement {
  return el('section', { class: c('card'), 'aria-label': title }, el('h3', { class: c('heading') }, title), ...inside);
}
