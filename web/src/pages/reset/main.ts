import '../auth.css';
import { call } from '../../api/session';
import { aside, authCard, authForm, authPage, passwordMeter } from '../../components/auth/auth';
import { takeToken } from '../../components/auth/token';
import { field } from '../../components/field/field';
import { el, fill, mustFind } from '../../ui/dom';

const app = mustFind('#app');
const token = takeToken();
const back = aside(el('a', { href: '/sign-in' }, 'Back to sign-in'));

function askForMail(): HTMLElement {
  const fields = { email: field({ label: 'E-mail', name: 'email' }, { type: 'email', autocomplete: 'username', required: true }) };
  const form = authForm({
    fields, submit: { label: 'Send me a link' },
    run: async ({ email = '' }) => {
      await call('POST', '/v1/auth/password/forgot', { email: email.trim() });
      fill(app, authPage(authCard('Look into your mail', `If ${email.trim()} belongs to somebody here, a link is on its way. It works once, for 10 minutes.`, back)));
    },
  });
  return authCard('Reset your password', 'We send you a link with which you choose a new one.', form, back);
}

function choose(mailed: string): HTMLElement {
  const password = field({ label: 'New password', name: 'password', hint: 'At least 8 characters. Several words are easier to remember and harder to guess.' },
    { type: 'password', autocomplete: 'new-password', required: true, minlength: 8 });
  const form = authForm({
    fields: { password }, submit: { label: 'Save the new password' },
    extra: passwordMeter(password, (text) => call('POST', '/v1/auth/password/check', { password: text })),
    run: async (values) => {
      await call('POST', '/v1/auth/password/reset', { token: mailed, password: values['password'] });
      fill(app, authPage(authCard('Done', 'Your password is changed, and you were signed out everywhere.', el('p', {}, el('a', { href: '/sign-in' }, 'Sign in with the new password')))));
    },
  });
  return authCard('Choose a new password', null, form, aside('The link is too old? ', el('a', { href: '/reset' }, 'Ask for a new one'), '.'));
}

fill(app, authPage(token === undefined ? askForMail() : choose(token)));
document.querySelector('input')?.focus();
