import '../auth.css';
import { call, homeOf, me, safeNext, sessionChanged } from '../../api/session';
import { aside, authCard, authForm, authPage } from '../../components/auth/auth';
import { chooseTenant } from '../../components/auth/tenants';
import { field } from '../../components/field/field';
import { el, fill, mustFind } from '../../ui/dom';

const app = mustFind('#app');

async function goOn(): Promise<void> {
  sessionChanged();
  const who = await me();
  if (!who.signed_in) return;
  if (!who.tenant && who.tenants.length > 0) return fill(app, authPage(chooseTenant(who.tenants, () => void goOn())));
  location.replace(safeNext(new URLSearchParams(location.search).get('next')) ?? homeOf(who));
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
