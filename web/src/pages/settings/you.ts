import { call, isStaff, sessionChanged } from '../../api/session';
import { changePassword, endSession, ownSessions, rename, signOutEverywhere, type OwnSession } from '../../api/settings';
import { deviceText } from '../../base/device';
import { passwordMeter } from '../../components/auth/auth';
import { confirmLoss } from '../../components/dialog/dialog';
import { field } from '../../components/field/field';
import { timeElement } from '../../components/time-text/time-text';
import type { Own } from '../../session/start';
import { el, type Child } from '../../ui/dom';
import { historyCard } from './history';
import { c, card, doButton, loaded, saveForm } from './parts';
import { twoStepCard } from './two-step';

/** One's own name, password, two-step sign-in and sessions. */
export function youSection(session: Own): Child[] {
  return [profile(session), password(session), twoStepCard(session), sessions(session), historyCard(session)];
}

function profile({ who, owned, toasts }: Own): HTMLElement {
  const name = field({ label: 'Name', name: 'name', hint: seenBy(who) }, { autocomplete: 'name', maxlength: 200, value: who.user.name });
  const unverified = who.user.email_verified ? null : el(
    'p', {}, `${who.user.email} is not confirmed yet. `,
    doButton(owned, { label: 'Send the mail again' }, async () => {
      await call('POST', '/v1/auth/email/resend', {});
      toasts.show({ text: 'A mail with a link is on its way.' });
    }, (text) => toasts.show({ text, danger: true })));
  return card('You', unverified, saveForm(owned, { fields: { name }, save: async () => void (await rename(name.input.value.trim())) }));
}

function seenBy(who: Own['who']): string {
  if (who.kind === 'super_admin') return 'What the record of the platform says.';
  return isStaff(who) ? 'What your team and your customers see.' : 'What the business you talk to sees.';
}

function password({ who, owned }: Own): HTMLElement {
  const current = field({ label: 'Current password', name: 'current' }, { type: 'password', autocomplete: 'current-password' });
  const next = field({ label: 'New password', name: 'password', hint: 'At least 8 characters. Several words are easier to remember and harder to guess.' }, { type: 'password', autocomplete: 'new-password' });
  const address = el('input', { type: 'email', name: 'email', value: who.user.email, autocomplete: 'username', readonly: true, hidden: true });
  const meter = passwordMeter(next, (text) => call('POST', '/v1/auth/password/check', { password: text }));
  return card('Password', saveForm(owned, {
    fields: { current, password: next }, inside: [address, current.root, next.root, meter], label: 'Change the password',
    save: async () => {
      await changePassword(current.input.value, next.input.value);
      sessionChanged();
      current.input.value = next.input.value = '';
      next.input.dispatchEvent(new Event('input'));
      return 'Changed. You were signed out everywhere else.';
    },
  }));
}

function sessions({ owned, toasts }: Own): HTMLElement {
  const complain = (text: string) => toasts.show({ text, danger: true });
  const row = (each: OwnSession, again: () => void) => el(
    'li', {},
    el('div', { class: c('grow') }, el('bdi', { title: each.device }, deviceText(each.device)), ' ', each.current ? el('span', { class: c('tag') }, 'This one') : null, each.kind === 'program' ? el('span', { class: c('tag') }, 'Program') : null,
      el('div', { class: c('soft') }, 'Last used ', timeElement(each.last_seen_at), ', since ', timeElement(each.created_at))),
    each.current ? null : doButton(owned, { label: 'Sign out' }, async () => {
      await endSession(each.id);
      again();
    }, complain),
  );
  return card(
    'Where you are signed in',
    loaded(owned, 'Loading your sessions', ownSessions, (list, again) => el('ul', { class: c('rows') }, ...list.map((each) => row(each, again)))),
    el('div', { class: c('foot') }, doButton(owned, { label: 'Sign out everywhere', kind: 'danger' }, async () => {
      if (!(await confirmLoss({ title: 'Sign out everywhere?', text: 'You are signed out on every device, here too.', yes: 'Sign out everywhere', no: 'Stay signed in' }))) return;
      await signOutEverywhere();
      location.assign('/sign-in');
    }, complain)),
  );
}
