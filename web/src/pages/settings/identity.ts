import { endIdentitySecret, identitySecret, renewIdentitySecret, type IdentitySecret } from '../../api/identity-secret';
import { confirmLoss, openDialog } from '../../components/dialog/dialog';
import { momentText, timeElement } from '../../components/time-text/time-text';
import type { Session } from '../../session/start';
import { el, type Child } from '../../ui/dom';
import { c, card, copyButton, doButton, loaded } from './parts';

const SAMPLE = `import { createHmac } from 'node:crypto';

// On your server, for whoever is signed in there.
function signed(person, secret) {
  const said = {
    id: String(person.id), // never another person's
    name: person.name,
    email: person.email,
    expires: Math.floor(Date.now() / 1000) + 3600, // 24 hours at most
  };
  const payload = Buffer.from(JSON.stringify(said)).toString('base64url');
  const signature = createHmac('sha256', secret).update(payload).digest('base64url');
  return payload + '.' + signature;
}

// In your page: Brigade.push((chat) => chat.identify(token));
// When they sign out: Brigade.push((chat) => chat.forget());`;

/** The secret with which the business's own server signs who a visitor is. */
export function identityCard(session: Session): HTMLElement {
  const { owned, toasts } = session;
  return card('Who your visitors are',
    el('p', { class: c('soft') }, 'Where people sign in on your site, it can say who writes. You see their name and address beside the conversation, and nobody can pretend to be somebody else: your server signs it with this secret.'),
    loaded(owned, 'Loading', identitySecret, (known, again) => stateOf(session, known, again)),
    el('p', { class: c('soft') }, 'How your server signs, in Node.js:'),
    el('pre', { class: c('code'), tabindex: 0, 'aria-label': 'How to sign who a visitor is' }, SAMPLE),
    el('div', { class: c('foot') }, copyButton(owned, SAMPLE, (text) => toasts.show({ text }))),
    el('p', { class: c('soft') }, 'When somebody signs out, or another person signs in, their chat disappears from that browser. The address is what your site says; it is not verified by mail.'));
}

function stateOf(session: Session, { rev, made_at: made, previous_until: until }: IdentitySecret, again: () => void): Child {
  const { owned, toasts } = session;
  const complain = (text: string) => toasts.show({ text, danger: true });
  const renew = async () => {
    await showSecret(session, (await renewIdentitySecret(rev)).secret);
    again();
  };
  if (made === null) {
    return el('div', { class: c('foot') }, doButton(owned, { label: 'Make the secret', kind: 'primary' }, renew, complain));
  }
  return el('ul', { class: c('rows') }, el(
    'li', {},
    el('div', { class: c('grow') }, 'There is a secret.',
      el('div', { class: c('soft') }, 'Made ', timeElement(made), '.'),
      until && new Date(until) > new Date() ? el('div', { class: c('soft') }, 'The one before counts too, until ', timeElement(until, momentText), '.') : null),
    doButton(owned, { label: 'New secret' }, async () => {
      if (await confirmLoss({ title: 'Make a new secret?', text: 'The one in use now counts for 24 hours more, beside the new one. Then it stops. One that was before it stops at once.', yes: 'Make it' })) await renew();
    }, complain),
    doButton(owned, { label: 'End it', kind: 'plain' }, async () => {
      if (!(await confirmLoss({ title: 'End the secret?', text: 'Your site can say of nobody who they are any more, from this moment on. What is known already stays.', yes: 'End it' }))) return;
      await endIdentitySecret();
      again();
    }, complain),
  ));
}

async function showSecret({ owned, toasts }: Session, secret: string): Promise<void> {
  await openDialog({
    title: 'Copy this secret now',
    body: [
      el('p', {}, 'It belongs on your server and never into a page: whoever has it can pretend to be anybody. It is shown this once.'),
      el('code', { class: c('code') }, secret), copyButton(owned, secret, (text) => toasts.show({ text })),
    ],
    cancel: 'I have copied it',
  });
}
