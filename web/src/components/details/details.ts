import { Disposables, type Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import { addressOf } from '../../live/desk';
import type { AccountState, Block, ConversationState, Due, Feedback, Party, SignedIdentity, TranscriptAsked } from '../../live/protocol.gen';
import type { Presence } from '../../live/presence';
import { el, fill, type Child } from '../../ui/dom';
import { closeIcon, flagIcon, labelIcon, mailIcon, personAddIcon, reopenIcon, userIcon, usersIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { closedBecause, LIFECYCLE, openSteps } from '../account/next';
import { avatar, presenceText, setPresence } from '../avatar/avatar';
import { button, linkButton } from '../button/button';
import { dueLook, dueText } from '../due/due';
import { scoreLine } from '../feedback/scores';
import { FORMS } from '../inbox-list/row';
import { known, labelChip, type Labels } from '../label/label';
import { priorityChip } from '../label/priority';
import { teamOf, type Teams } from '../team/team';
import { momentText, shortText } from '../time-text/time-text';
import styles from './details.module.css';

const c = mustClass(styles);

/** What staff can do from the details. */
export type DetailAction = 'close' | 'invite' | 'take_back' | 'assign' | 'priority' | 'labels' | 'manager' | 'advance' | 'block' | 'unblock' | 'transcript';

/** What the pane shows. */
export interface DetailsLook {
  state: ConversationState;
  account: AccountState | undefined;
  me: Party;
  admin: boolean;
  labels: Labels;
  teams: Teams;
  nameOf: (who: Party) => string | undefined;
}

/** Beside a conversation: with whom, about what, and what staff can do about it. */
export class Details implements Disposable {
  readonly root: HTMLElement;
  readonly actions = new Emitter<DetailAction>();
  #presence: Presence;
  #owned = new Disposables();
  #faces = new Map<Party, { face: HTMLElement; text: HTMLElement }[]>();
  #watch: { who: string; held: Disposable } | undefined;
  /** Drawn once, so that it keeps the focus. */
  #close = button({ label: 'Close the details', icon: closeIcon, kind: 'plain', bare: true }, { 'data-action': 'close' });
  #body = el('div', { class: c('body') });

  constructor(presence: Presence) {
    this.#presence = presence;
    this.#close.classList.add(c('close'));
    this.root = el('aside', { class: c('pane'), 'aria-label': 'Details' }, this.#close, this.#body);
    this.#owned.add(presence.changed.on((who) => this.#drawPresence(who)));
    this.#owned.listen(this.root, 'click', (event) => {
      const action = (event.target as Element).closest<HTMLElement>('[data-action]')?.dataset['action'];
      if (action) this.actions.emit(action as DetailAction);
    });
  }

  draw(look: DetailsLook): void {
    this.#faces.clear();
    fill(this.#body, this.#customer(look), this.#facts(look), this.#accountSection(look), this.#people(look), this.#buttons(look));
    this.#watchAll(look);
    for (const who of this.#faces.keys()) this.#drawPresence(who);
  }

  /** To where it can be closed, where it lies over the conversation. */
  focus(): void {
    this.#close.focus();
  }

  dispose(): void {
    this.#watch?.held.dispose();
    this.#owned.dispose();
    this.root.remove();
  }

  #customer({ state }: DetailsLook): HTMLElement {
    const customer = customersOf(state)[0] ?? state.visitor;
    const face = avatar({ name: state.name }, 'large');
    const text = el('p', { class: c('soft') });
    if (customer) this.#remember(customer, face, text);
    return el('div', { class: c('person') }, face, el('h2', { class: c('name') }, state.name),
      el('p', { class: c('soft') }, state.kind === 'site' ? 'Visitor of the site' : 'Client'), text);
  }

  #facts({ state, nameOf, me, labels, teams }: DetailsLook): HTMLElement {
    const shown = known(state.labels, labels).map(([, label]) => labelChip(label));
    const assignee = state.assignee === null ? 'Nobody' : state.assignee === me ? 'You' : nameOf(state.assignee) ?? 'A colleague';
    return el(
      'section', { class: c('section') }, el('h3', { class: c('heading') }, 'Conversation'),
      el('dl', { class: c('facts') },
        fact('Status', statusText(state)),
        fact('Answered by', state.routed && state.routed === state.assignee ? `${assignee}, given by routing` : assignee),
        Object.keys(teams).length > 0 ? fact('Team', teamOf(state, teams)?.name ?? 'None') : null,
        fact('Priority', priorityChip(state.priority ?? 'normal')),
        state.due?.answer ? fact('Answer due', dueElement(state.due.answer)) : null,
        state.due?.resolution ? fact('Solution due', dueElement(state.due.resolution)) : null,
        fact('Labels', shown.length > 0 ? el('span', { class: c('labels') }, ...shown) : 'None'),
        state.feedback ? fact('Feedback', ...feedbackOf(state.feedback)) : null,
        state.form ? fact('Began with', FORMS[state.form]) : null,
        state.page ? fact('Began on', el('a', { href: state.page, target: '_blank', rel: 'noopener noreferrer' }, shortPage(state.page))) : null,
        ...(state.answers ?? []).map(({ question, answer }) => fact(question, el('span', { dir: 'auto' }, answer))),
        state.contact ? fact('Left to be reached', el('a', { href: `mailto:${state.contact.email}` }, state.contact.email), state.contact.name ? `, ${state.contact.name}` : null, ' (not verified)') : null,
        state.identity ? fact('Signed by your site', ...identityOf(state.identity)) : null,
        state.transcript ? fact('Copy sent', copyOf(state, state.transcript, me, nameOf)) : null,
        state.blocked ? fact('Blocked', ...blockOf(state.blocked, me, nameOf)) : null,
        state.invited ? fact('Invited', `${state.invited.name}, ${state.invited.email}, ${shortText(state.invited.at)}`) : null),
      el('div', { class: c('pair') },
        // Elsewhere it is above the conversation.
        el('span', { class: c('onPhone') }, button({ label: 'Assign', icon: userIcon, small: true }, { 'data-action': 'assign' })),
        button({ label: 'Priority', icon: flagIcon, small: true }, { 'data-action': 'priority', title: 'Say how urgent it is (p)' }),
        button({ label: 'Labels', icon: labelIcon, small: true }, { 'data-action': 'labels', title: 'Say what it is about (l)' })),
    );
  }

  #accountSection({ state, account, nameOf, me }: DetailsLook): Child {
    if (!state.account) return null;
    if (!account) return el('section', { class: c('section') }, el('h3', { class: c('heading') }, 'Account'), el('p', { class: c('soft') }, 'Loading…'));
    const manager = account.manager === null ? 'Nobody yet' : account.manager === me ? 'You' : nameOf(account.manager) ?? 'A colleague';
    return el(
      'section', { class: c('section') }, el('h3', { class: c('heading') }, 'Account'),
      el('dl', { class: c('facts') },
        fact('Name', account.name), fact('Account manager', manager), fact('Stands at', LIFECYCLE[account.lifecycle]), ...account.next.slice(0, 1).map((to) => fact('Next', nextText(account, to))),
        fact('Members', Object.values(account.members).map(({ name }) => name).join(', ') || 'Nobody yet')),
      el('div', { class: c('actions') },
        button({ label: 'Change the account manager', icon: userIcon, small: true }, { 'data-action': 'manager' }),
        linkButton({ label: 'Open the account', icon: usersIcon, small: true }, `/clients?id=${account.id}`),
        openSteps(account).length > 0 ? button({ label: 'Take the next step', small: true }, { 'data-action': 'advance' }) : null),
    );
  }

  #people({ state, me }: DetailsLook): Child {
    const staff = Object.entries(state.people).filter(([, person]) => person.side === 'staff');
    if (staff.length === 0) return null;
    const rows = staff.map(([id, person]) => {
      const face = avatar({ name: person.name }, 'small');
      const text = el('span', { class: c('soft') });
      this.#remember(id, face, text);
      return el('li', { class: c('who') }, face, el('span', {}, id === me ? `${person.name} (you)` : person.name), text);
    });
    return el('section', { class: c('section') }, el('h3', { class: c('heading') }, 'Team in here'), el('ul', { class: c('people') }, ...rows));
  }

  #buttons({ state, admin }: DetailsLook): Child {
    const invite = state.kind === 'site' && state.account === null;
    const takeBack = admin && state.account !== null && state.visitor !== null;
    const block = state.visitor !== null && state.account === null;
    const copy = state.account === null ? addressOf(state) !== undefined : customersOf(state).length > 0;
    if (!invite && !takeBack && !block && !copy) return null;
    return el(
      'div', { class: c('actions') },
      invite ? button({ label: state.invited ? 'Invite again' : 'Invite as a client', icon: personAddIcon, kind: 'primary' }, { 'data-action': 'invite' }) : null,
      takeBack ? button({ label: 'Take back from the account', icon: reopenIcon, kind: 'plain' }, { 'data-action': 'take_back' }) : null,
      copy ? button({ label: 'Send a copy by e-mail', icon: mailIcon, kind: 'plain' }, { 'data-action': 'transcript' }) : null,
      block && !state.blocked ? button({ label: 'Block this visitor', icon: closeIcon, kind: 'plain' }, { 'data-action': 'block' }) : null,
      block && state.blocked ? button({ label: 'Let them write again', icon: reopenIcon }, { 'data-action': 'unblock' }) : null,
    );
  }

  #remember(who: Party, face: HTMLElement, text: HTMLElement): void {
    this.#faces.set(who, [...(this.#faces.get(who) ?? []), { face, text }]);
  }

  #drawPresence(who: Party): void {
    const status = this.#presence.of(who);
    for (const { face, text } of this.#faces.get(who) ?? []) {
      setPresence(face, status);
      fill(text, presenceText(status));
    }
  }

  #watchAll({ state }: DetailsLook): void {
    const people = [...new Set([...Object.keys(state.people), ...(state.visitor ? [state.visitor] : [])])].sort();
    if (this.#watch?.who === people.join()) return;
    const before = this.#watch?.held;
    this.#watch = { who: people.join(), held: this.#presence.watch(people) };
    before?.dispose();
  }
}

/** Where a conversation stands. */
export function statusText(state: ConversationState): string {
  switch (state.status) {
    case 'open': return 'Open';
    case 'snoozed': return `Put off until ${momentText(state.snoozed_until ?? '')}`;
    case 'resolved': return 'Resolved';
  }
}

/** The people of the other side. */
function customersOf(state: ConversationState): Party[] {
  return Object.entries(state.people).filter(([id, person]) => person.side === 'customer' && (state.account === null || id.startsWith('usr_'))).map(([id]) => id);
}

/** To whom what was said went last. */
function copyOf(state: ConversationState, { by, at, to }: TranscriptAsked, me: Party, nameOf: DetailsLook['nameOf']): string {
  const whom = 'address' in to ? to.address : state.people[to.person]?.name ?? 'the client';
  const who = by === me ? 'you' : state.people[by]?.side === 'customer' ? 'the customer' : nameOf(by) ?? 'a colleague';
  return `To ${whom}, ${shortText(at)}, asked for by ${who}`;
}

/** By whom, since when and why somebody is blocked. */
function blockOf({ by, at, reason, email }: Block, me: Party, nameOf: DetailsLook['nameOf']): Child[] {
  const who = by === me ? 'you' : by === 'system' ? 'Brigade' : nameOf(by) ?? 'a colleague';
  return [
    `By ${who}, ${shortText(at)}`, el('blockquote', { class: c('quote'), dir: 'auto' }, reason),
    email === null ? null : el('span', { class: c('soft') }, 'The address ', el('bdi', {}, email), ' is blocked too.'),
  ];
}

/** Who somebody is, as the business's own site says. */
function identityOf({ id, name, email }: SignedIdentity): Child[] {
  return [
    name ? el('div', {}, el('bdi', {}, name)) : null,
    email ? el('div', {}, el('a', { href: `mailto:${email}` }, email)) : null,
    el('div', { class: c('soft') }, 'Your id: ', el('bdi', {}, id)),
  ];
}

/** What comes next, or why it is not open yet. */
function nextText(account: AccountState, to: AccountState['lifecycle']): string {
  const why = closedBecause(account, to);
  return why === undefined ? LIFECYCLE[to] : `${LIFECYCLE[to]}: not open yet. ${why}`;
}

/** What the customer says of how it was. */
function feedbackOf({ given }: Feedback): Child[] {
  if (!given) return ['Asked, nothing said yet'];
  return [scoreLine(given.score), given.comment ? el('blockquote', { class: c('quote') }, given.comment) : null];
}

function dueElement(due: Due): HTMLElement {
  return el('time', { class: dueLook(due, Date.now()), datetime: due.at }, dueText(due, Date.now()));
}

function fact(term: string, ...value: Child[]): HTMLElement {
  return el('div', { class: c('fact') }, el('dt', {}, term), el('dd', {}, ...value));
}

function shortPage(page: string): string {
  try {
    const url = new URL(page);
    return url.host + (url.pathname === '/' ? '' : url.pathname);
  } catch {
    return page;
  }
}
