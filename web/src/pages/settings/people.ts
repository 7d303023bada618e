import { inviteStaff, removeStaff, resetSecondFactor, setRole, withdrawInvitation } from '../../api/settings';
import { staff, type PendingMember, type StaffMember } from '../../api/tenant';
import { avatar } from '../../components/avatar/avatar';
import { confirmLoss } from '../../components/dialog/dialog';
import { choiceField, field } from '../../components/field/field';
import { dayText, timeElement } from '../../components/time-text/time-text';
import type { Session } from '../../session/start';
import { el, type Child } from '../../ui/dom';
import { c, card, doButton, loaded, messageOf, saveForm } from './parts';
import { askedOfAllCard } from './two-step';

const ROLES = [{ value: 'account_manager', label: 'Account manager' }, { value: 'admin', label: 'Admin' }];

/** Who works here, and inviting more. */
export function peopleSection(session: Session, admin: boolean): Child[] {
  return [
    card('Who works here', loaded(session.owned, 'Loading who works here', staff, ({ members, invited }, again) => el(
      'ul', { class: c('rows') },
      ...members.map((person) => personRow(session, person, admin, again)),
      ...invited.map((person) => invitedRow(session, person, admin, again)),
    ))),
    admin ? inviteCard(session) : null,
    admin ? askedOfAllCard(session) : null,
  ];
}

function personRow({ owned, toasts, who }: Session, person: StaffMember, admin: boolean, again: () => void): HTMLElement {
  const complain = (text: string) => toasts.show({ text, danger: true });
  const role = choiceField({ label: `Role of ${person.name}`, name: 'role' }, ROLES);
  role.root.querySelector('label')?.classList.add('visually-hidden');
  role.input.value = person.role;
  role.input.disabled = !admin;
  owned.listen(role.input, 'change', () => void setRole(person.id, role.input.value as StaffMember['role']).then(
    () => toasts.show({ text: `${person.name} is ${ROLES.find(({ value }) => value === role.input.value)?.label.toLowerCase()} now.` }),
    (error: unknown) => {
      role.input.value = person.role;
      complain(messageOf(error));
    }));
  const self = person.id === who.user.id;
  return el(
    'li', {}, avatar(person),
    el('div', { class: c('grow') }, person.name, self ? ' (you)' : '', person.second_factor ? ' ' : null, person.second_factor ? el('span', { class: c('tag') }, 'Two-step sign-in') : null, el('div', { class: c('soft') }, person.email)), role.root,
    admin && !self && person.second_factor ? doButton(owned, { label: 'Reset two-step sign-in', kind: 'plain' }, async () => {
      const text = 'For somebody who lost their phone and their recovery codes: make sure that it is they who ask. They are signed out everywhere, and their password alone signs them in until they set it up again.';
      if (!(await confirmLoss({ title: `Reset two-step sign-in of ${person.name}?`, text, yes: 'Reset it', no: 'Leave it' }))) return;
      await resetSecondFactor(person.id);
      toasts.show({ text: `${person.name} signs in with the password alone now, and was told by mail.` });
      again();
    }, complain) : null,
    admin && !self ? doButton(owned, { label: 'Remove', kind: 'plain' }, async () => {
      const sure = await confirmLoss({ title: `Remove ${person.name}?`, text: 'They are signed out and no longer see anything of this business. What they wrote stays.', yes: 'Remove' });
      if (!sure) return;
      await removeStaff(person.id);
      again();
    }, complain) : null,
  );
}

function invitedRow({ owned, toasts }: Session, person: PendingMember, admin: boolean, again: () => void): HTMLElement {
  return el(
    'li', {}, avatar(person),
    el('div', { class: c('grow') }, person.name, ' ', el('span', { class: c('tag') }, 'Invited'), el('div', { class: c('soft') }, `${person.email}, until `, timeElement(person.expires_at, dayText))),
    admin ? doButton(owned, { label: 'Take the invitation back', kind: 'plain' }, async () => {
      await withdrawInvitation(person.id);
      again();
    }, (text) => toasts.show({ text, danger: true })) : null,
  );
}

function inviteCard({ owned }: Session): HTMLElement {
  const name = field({ label: 'Name', name: 'name' }, { autocomplete: 'off', maxlength: 200 });
  const email = field({ label: 'E-mail', name: 'email' }, { type: 'email', autocomplete: 'off', maxlength: 254 });
  const role = choiceField({ label: 'Role', name: 'role', hint: 'Account managers talk to customers. Admins also change these settings.' }, ROLES);
  return card('Invite somebody', saveForm(owned, {
    fields: { name, email, role }, label: 'Send the invitation',
    save: async () => {
      const address = email.input.value.trim();
      await inviteStaff({ name: name.input.value.trim(), email: address, role: role.input.value as StaffMember['role'] });
      name.input.value = email.input.value = '';
      return `The invitation is on its way to ${address}.`;
    },
  }));
}
