import { beginSetup, confirmSetup, type Setup } from '../../api/second-factor';
import { el, fill } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import { authForm } from '../auth/auth';
import { field } from '../field/field';
import { codeField } from './code-field';
import { drawQr } from './qr';
import { recoveryCodes } from './recovery-codes';
import styles from './second-factor.module.css';

const c = mustClass(styles);

/** Setting two-step sign-in up, step by step: the password again, the app, the recovery codes; with these it is on. Headings are of `level`. */
export function setUp(address: string, { on, done, level = 'h3' }: { on?: () => void; done: () => void; level?: 'h2' | 'h3' }): HTMLElement {
  const root = el('div', {});
  const show = (stage: HTMLElement) => {
    fill(root, stage);
    // Once it is on the page.
    queueMicrotask(() => root.querySelector<HTMLElement>('input:not([hidden])')?.focus());
  };
  const codes = (made: string[]) => {
    fill(root, recoveryCodes(made, address, done, level));
    on?.();
  };
  show(askPassword(address, (setup) => show(askCode(setup, codes))));
  return root;
}

function askPassword(address: string, then: (setup: Setup) => void): HTMLElement {
  const password = field({ label: 'Your password', name: 'password', hint: 'To be sure that it is you.' }, { type: 'password', autocomplete: 'current-password', required: true });
  // So that password managers know for whom this password is.
  const user = el('input', { type: 'email', name: 'email', value: address, autocomplete: 'username', readonly: true, hidden: true });
  return authForm({ fields: { password }, extra: user, submit: { label: 'Continue' }, run: async (values) => then(await beginSetup(values['password'] ?? '')) });
}

function askCode({ secret, uri, qr }: Setup, then: (codes: string[]) => void): HTMLElement {
  const code = codeField();
  const form = authForm({
    fields: { code }, submit: { label: 'Turn on' },
    run: async (values) => {
      try {
        then(await confirmSetup(values['code'] ?? ''));
      } catch (error) {
        code.input.select();
        throw error;
      }
    },
  });
  return el(
    'div', { class: c('stage') },
    el('p', {}, 'Open an authenticator app on your phone (a password manager can do it as well), add an account, and point the camera here. Then enter the code it shows.'),
    el('div', { class: c('scan') },
      el('div', { class: c('qr') }, drawQr(qr, 'QR code for your authenticator app')),
      el('div', { class: c('stage') },
        el('p', { class: c('soft') }, 'No camera? Enter this key by hand, or ', el('a', { href: uri }, 'open the app on this device'), '.'),
        el('code', { class: c('secret') }, secret))),
    form,
  );
}
