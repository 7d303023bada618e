import '../auth.css';
import { ApiError } from '../../api/http';
import { call, homeOf, me, sessionChanged } from '../../api/session';
import { aside, authCard, authForm, authPage, passwordMeter } from '../../components/auth/auth';
import { takeToken } from '../../components/auth/token';
import { loadingState } from '../../components/empty/empty';
import { field, type Field } from '../../components/field/field';
import { anyCodeField } from '../../components/second-factor/code-field';
import { el, fill, mustFind } from '../../ui/dom';

interface Preview {
  kind: 'client' | 'staff';
  tenant: { name: string };
  email: string;
  name: string;
  existing_user: boolean;
}

const app = mustFind('#app');
const token = takeToken();

async function accept(invitation: string, body: Record<string, string>): Promise<void> {
  try {
    await call('POST', '/v1/invitations/accept', { token: invitation, ...body });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'SECOND_FACTOR_REQUIRED') throw error;
    return askCode(invitation, body);
  }
  sessionChanged();
  const who = await me();
  location.replace(who.next ? '/sign-in' : homeOf(who));
}

/** The password was right, and its owner uses two-step sign-in. */
function askCode(invitation: string, body: Record<string, string>): void {
  const code = anyCodeField();
  const form = authForm({ fields: { code }, submit: { label: 'Accept the invitation' }, run: ({ code: typed = '' }) => accept(invitation, { ...body, code: typed }) });
  fill(app, authPage(authCard('One more step', 'Open your authenticator app.', form)));
  code.input.focus();
}

function cardFor(invitation: string, preview: Preview): HTMLElement {
  const why = preview.kind === 'client'
    ? `${preview.tenant.name} invites you to an account of your own. Everything you wrote in the chat is there, and you can go on with it.`
    : `${preview.tenant.name} invites you to its team.`;
  const fields: Record<string, Field> = {};
  if (!preview.existing_user) fields['name'] = field({ label: 'Your name', name: 'name' }, { autocomplete: 'name', required: true, maxlength: 200, value: preview.name });
  const password = fields['password'] = preview.existing_user
    ? field({ label: 'Your password', name: 'password', hint: 'You already have an account with this address.' }, { type: 'password', autocomplete: 'current-password', required: true })
    : field({ label: 'Choose a password', name: 'password', hint: 'At least 8 characters. Several words are easier to remember and harder to guess.' }, { type: 'password', autocomplete: 'new-password', required: true, minlength: 8 });
  // So that password managers know for whom this password is.
  const address = el('input', { type: 'email', name: 'email', value: preview.email, autocomplete: 'username', readonly: true, hidden: true });
  const form = authForm({
    fields, submit: { label: 'Accept the invitation' },
    extra: el('div', {}, address, preview.existing_user ? null : passwordMeter(password, (text) => call('POST', '/v1/auth/password/check', { password: text }))),
    run: (values) => accept(invitation, { password: values['password'] ?? '', ...(values['name'] === undefined ? {} : { name: values['name'].trim() }) }),
  });
  return authCard(`Welcome${preview.name ? `, ${preview.name}` : ''}`, why, form, aside(`You sign in with ${preview.email}.`));
}

async function show(): Promise<void> {
  if (token === undefined) {
    return fill(app, authPage(authCard('No invitation', 'Open the link from your invitation mail again, or ask for a new one.', aside(el('a', { href: '/sign-in' }, 'Sign in')))));
  }
  fill(app, authPage(loadingState('Looking for your invitation', 2)));
  try {
    fill(app, authPage(cardFor(token, await call<Preview>('POST', '/v1/invitations/preview', { token }))));
    document.querySelector<HTMLInputElement>('input:not([hidden])')?.focus();
  } catch (error) {
    const text = error instanceof ApiError ? error.message : 'The invitation could not be opened. Try the link again.';
    fill(app, authPage(authCard('This invitation does not work', text, aside(el('a', { href: '/sign-in' }, 'Sign in')))));
  }
}

void show();
