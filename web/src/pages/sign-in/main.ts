import '../auth.css';
import { ApiError } from '../../api/http';
import { finishSignIn } from '../../api/second-factor';
import { call, homeOf, me, safeNext, sessionChanged, type Me } from '../../api/session';
import { Disposables } from '../../base/disposables';
import { aside, authCard, authForm, authPage } from '../../components/auth/auth';
import { chooseTenant } from '../../components/auth/tenants';
import { busy, button } from '../../components/button/button';
import { field } from '../../components/field/field';
import { codeField, recoveryField } from '../../components/second-factor/code-field';
import { dayText } from '../../components/time-text/time-text';
import { el, fill, mustFind } from '../../ui/dom';

const app = mustFind('#app');

async function goOn(): Promise<void> {
  sessionChanged();
  const who = await me();
  if (!who.signed_in) return;
  if (who.next === 'set_up_second_factor') return setUpFirst(who);
  const operator = who.kind === 'super_admin' && who.tenants.length === 0;
  if (!who.tenant && !operator) return fill(app, authPage(who.tenants.length > 0 ? chooseTenant(who.tenants, () => void goOn()) : nowhere(who)));
  location.replace(safeNext(new URLSearchParams(location.search).get('next')) ?? homeOf(who));
}

/** What is open to somebody whose business asks for two-step sign-in and who has not set it up: that, and leaving. */
async function setUpFirst(who: Me): Promise<void> {
  const { setUp } = await import('../../components/second-factor/set-up');
  const lead = 'Your business asks everybody who works for it to sign in with a code of an app as well. It takes two minutes, and your phone.';
  fill(app, authPage(authCard('Set up two-step sign-in', lead, setUp(who.user?.email ?? '', { done: () => void goOn(), level: 'h2' }), leaveButton())));
}

/** The password was right; somebody who uses two-step sign-in shows a code now. */
function askCode(recovery = false): void {
  const code = recovery ? recoveryField() : codeField();
  const form = authForm({
    fields: { code }, submit: { label: 'Sign in' },
    run: async (values) => {
      try {
        await finishSignIn(values['code'] ?? '');
      } catch (error) {
        if (error instanceof ApiError && error.code === 'TOKEN_EXPIRED') return askPassword(error.message);
        code.input.select();
        throw error;
      }
      await goOn();
    },
  });
  const other = button({ label: recovery ? 'Use a code of your app' : 'Use a recovery code instead', kind: 'plain', small: true });
  const back = button({ label: 'Start anew', kind: 'plain', small: true });
  const owned = new Disposables();
  owned.listen(other, 'click', () => askCode(!recovery));
  owned.listen(back, 'click', () => askPassword());
  const lead = recovery ? 'Each of them lets you in once without your app.' : 'Open your authenticator app.';
  fill(app, authPage(authCard('One more step', lead, form, el('div', {}, other, back))));
  code.input.focus();
}

function leaveButton(): HTMLButtonElement {
  const leave = button({ label: 'Sign out', kind: 'quiet' });
  new Disposables().listen(leave, 'click', () => void busy(leave, () => call('POST', '/v1/auth/sign-out', {})).then(() => location.reload()));
  return leave;
}

/** Somebody who belongs to no business: there is nothing to go to, and a way out. */
function nowhere(who: Me): HTMLElement {
  return authCard(`Hello, ${who.user?.name ?? ''}`, 'You do not belong to a business at the moment. Ask for an invitation.', leaveButton());
}

/** Somebody has just asked for their account to be deleted: until when signing in takes it back. */
function goodbye(): HTMLElement | undefined {
  const due = new Date(new URLSearchParams(location.hash.slice(1)).get('deleted') ?? '');
  if (Number.isNaN(due.getTime())) return undefined;
  return el('span', { role: 'status' }, `You are signed out, and your account is deleted on ${dayText(due.toISOString())}. If you change your mind, sign in before. A mail says the same.`);
}

/** Address and password; `why` they are asked for again. */
function askPassword(why?: string): void {
  const fields = {
    email: field({ label: 'E-mail', name: 'email' }, { type: 'email', autocomplete: 'username', required: true, autofocus: true }),
    password: field({ label: 'Password', name: 'password' }, { type: 'password', autocomplete: 'current-password', required: true }),
  };
  const form = authForm({
    fields,
    submit: { label: 'Sign in' },
    run: async ({ email = '', password = '' }) => {
      const who = await call<Me>('POST', '/v1/auth/sign-in', { email: email.trim(), password });
      if (who.next === 'second_step') return askCode();
      await goOn();
    },
  });
  const lead = why ? el('span', { role: 'alert' }, why) : goodbye() ?? 'For staff and for clients of a business on Brigade.';
  fill(app, authPage(authCard('Sign in', lead, form, aside(el('a', { href: '/reset' }, 'Forgot your password?')))));
  fields.email.input.focus();
}

askPassword();
// Somebody who is signed in already has nothing to do here.
me().then((who) => (who.signed_in ? goOn() : undefined)).catch(() => undefined);
