import '../auth.css';
import { call, homeOf, me, safeNext, sessionChanged, type Me } from '../../api/session';
import { Disposables } from '../../base/disposables';
import { aside, authCard, authForm, authPage } from '../../components/auth/auth';
import { chooseTenant } from '../../components/auth/tenants';
import { busy, button } from '../../components/button/button';
import { field } from '../../components/field/field';
import { el, fill, mustFind } from '../../ui/dom';

const app = mustFind('#app');

async function goOn(): Promise<void> {
  sessionChanged();
  const who = await me();
  if (!who.signed_in) return;
  if (!who.tenant) return fill(app, authPage(who.tenants.length > 0 ? chooseTenant(who.tenants, () => void goOn()) : nowhere(who)));
  location.replace(safeNext(new URLSearchParams(location.search).get('next')) ?? homeOf(who));
}

/** Somebody who belongs to no business: there is nothing to go to, and a way out. */
function nowhere(who: Me): HTMLElement {
  const leave = button({ label: 'Sign out', kind: 'quiet' });
  new Disposables().listen(leave, 'click', () => void busy(leave, () => call('POST', '/v1/auth/sign-out', {})).then(() => location.reload()));
  const text = who.kind === 'super_admin'
    ? 'You operate the platform. Its page is not here yet; the command line of the server does what it will do.'
    : 'You do not belong to a business at the moment. Ask for an invitation.';
  return authCard(`Hello, ${who.user?.name ?? ''}`, text, leave);
}

const fields = {
  email: field({ label: 'E-mail', name: 'email' }, { type: 'email', autocomplete: 'username', required: true, autofocus: true }),
  password: field({ label: 'Password', name: 'password' }, { type: 'password', autocomplete: 'current-password', required: true }),
};

const form = authForm({
  fields,
  submit: { label: 'Sign in' },
  run: async ({ email = '', password = '' }) => {
    await call('POST', '/v1/auth/sign-in', { email: email.trim(), password });
    await goOn();
  },
});

fill(app, authPage(authCard('Sign in', 'For staff and for clients of a business on Brigade.', form, aside(el('a', { href: '/reset' }, 'Forgot your password?')))));
fields.email.input.focus();
// Somebody who is signed in already has nothing to do here.
me().then((who) => (who.signed_in ? goOn() : undefined)).catch(() => undefined);
