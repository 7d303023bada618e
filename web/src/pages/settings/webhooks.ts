import {
  changeWebhook, createWebhook, removeWebhook, replaceSecret, testWebhook, webhookEvents, webhooks, type Webhook, type WebhookEvent,
} from '../../api/webhooks';
import { Disposables } from '../../base/disposables';
import { button } from '../../components/button/button';
import { confirmLoss, openDialog } from '../../components/dialog/dialog';
import { formDialog } from '../../components/dialog/form-dialog';
import { emptyState } from '../../components/empty/empty';
import { field, type Field } from '../../components/field/field';
import { momentText, timeElement } from '../../components/time-text/time-text';
import type { Session } from '../../session/start';
import { el, fill, freshId, type Child } from '../../ui/dom';
import { linkIcon, plusIcon } from '../../ui/icons';
import { c, card, copyButton, doButton, loaded } from './parts';
import { deliveryCard } from './deliveries';

const MOST = 10;

/** Which of the business's own servers are told what happens. */
export function webhookSection(session: Session): Child[] {
  const { owned } = session;
  const log = el('div', {});
  let shown = owned.add(new Disposables());
  const close = () => {
    owned.drop(shown);
    shown = owned.add(new Disposables());
    fill(log);
  };
  const open = (webhook: Webhook) => {
    close();
    fill(log, deliveryCard({ ...session, owned: shown }, webhook));
    log.querySelector<HTMLElement>('h2')?.focus();
  };
  const list = loaded(owned, 'Loading the webhooks', () => Promise.all([webhooks(), webhookEvents()]), ([{ ready, items }, events], again) => {
    const reload = () => {
      close();
      again();
    };
    const add = button({ label: 'Add a webhook', icon: plusIcon, kind: 'primary' });
    owned.listen(add, 'click', () => void edit(session, events).then((done) => done && reload()));
    if (items.length === 0) {
      return emptyState({ icon: linkIcon, title: 'Nobody is told yet', text: 'Add the address of a server of yours. It is told what happens from then on.', action: add, level: 'h3' });
    }
    return el('div', { class: c('form') },
      ready ? null : el('p', { class: c('soft'), role: 'status' }, 'Getting ready: with many conversations this takes a moment. What happens meanwhile is not sent.'),
      el('ul', { class: c('rows') }, ...items.map((webhook) => row(session, webhook, events, open, reload))),
      el('div', { class: c('foot') }, items.length < MOST ? add : el('span', { class: c('soft') }, `There are ${MOST}, and there can be no more.`)));
  });
  return [
    card('Your servers, told at once', el('p', { class: c('soft') }, 'Each event you choose is sent to your address as it happens, signed, and again and again for three days until it arrives.'), list),
    log,
    helpCard(session),
  ];
}

const STATES: Record<Webhook['state'], string> = {
  on: 'on', off: 'off', failing: 'switched off: nothing arrived', gone: 'switched off: gone',
};

function row(session: Session, webhook: Webhook, events: WebhookEvent[], open: (webhook: Webhook) => void, reload: () => void): HTMLElement {
  const { owned, toasts } = session;
  const complain = (text: string) => toasts.show({ text, danger: true });
  const named = (what: string) => ({ 'aria-label': `${what}: ${webhook.url}` });
  const look = doButton(owned, { label: 'Deliveries' }, async () => open(webhook), complain, named('Deliveries'));
  const test = doButton(owned, { label: 'Send a test event' }, async () => {
    await testWebhook(webhook.id);
    open(webhook);
  }, complain, named('Send a test event'));
  return el(
    'li', {},
    el('div', { class: c('whole') },
      el('b', {}, webhook.url), ' ', el('span', { class: c('tag', webhook.state !== 'on' && 'warn') }, STATES[webhook.state]),
      webhook.description ? el('div', { dir: 'auto' }, webhook.description) : null,
      el('div', { class: c('soft') }, webhook.events.join(', ')),
      webhook.state === 'on' && webhook.failing_since ? el('div', { class: c('bad') }, 'Nothing has arrived since ', timeElement(webhook.failing_since, momentText), '.') : null,
      webhook.dropped > 0 ? el('div', { class: c('bad') }, `${webhook.dropped} events were left out, because 10,000 waited.`) : null,
      webhook.previous_secret_until && new Date(webhook.previous_secret_until) > new Date()
        ? el('div', { class: c('soft') }, 'The old secret signs too, until ', timeElement(webhook.previous_secret_until, momentText), '.') : null),
    look,
    webhook.state === 'on' ? test : null,
    doButton(owned, { label: 'Change' }, async () => (await edit(session, events, webhook)) && reload(), complain, named('Change')),
    doButton(owned, { label: 'New secret' }, async () => {
      if (!(await confirmLoss({ title: 'Make a new secret?', text: 'The one in use now goes on signing for 24 hours, beside the new one. Then it stops.', yes: 'Make it' }))) return;
      await showSecret(session, (await replaceSecret(webhook.id)).secret);
      reload();
    }, complain, named('New secret')),
    doButton(owned, { label: 'Remove', kind: 'plain' }, async () => {
      if (!(await confirmLoss({ title: 'Remove this webhook?', text: `${webhook.url} is told nothing any more. What waits for it is not sent, and its deliveries are forgotten.`, yes: 'Remove it' }))) return;
      await removeWebhook(webhook.id);
      reload();
    }, complain, named('Remove')),
  );
}

/** Asks what a webhook is to be and keeps it; resolves to whether it was kept. */
async function edit(session: Session, events: WebhookEvent[], webhook?: Webhook): Promise<boolean> {
  const url = field({ label: 'Address', name: 'url', hint: 'https://, at port 443 or 8443 of a server that everybody can reach.' },
    { type: 'url', inputmode: 'url', autocomplete: 'off', spellcheck: 'false', value: webhook?.url ?? '' });
  const description = field({ label: 'What it is for', name: 'description', hint: 'For you and your colleagues.' },
    { autocomplete: 'off', maxlength: 200, dir: 'auto', value: webhook?.description ?? '' });
  const chosen = eventField(events, webhook?.events ?? ['message.sent']);
  const on = el('input', { type: 'checkbox', checked: webhook?.state === 'on' });
  let secret: string | undefined;
  const kept = await formDialog({
    title: webhook ? 'Change this webhook' : 'New webhook',
    fields: { url, description, events: chosen },
    inside: [url.root, description.root, chosen.root, webhook ? el('label', { class: c('tick') }, on, 'Tell it what happens') : null],
    submit: webhook ? 'Save' : 'Add',
    wide: true,
    save: async () => {
      const wanted = { url: url.input.value.trim(), description: description.input.value, events: chosen.chosen() };
      if (webhook) await changeWebhook({ ...webhook, ...wanted }, on.checked);
      else ({ secret } = await createWebhook(wanted));
    },
  });
  if (kept && secret !== undefined) await showSecret(session, secret);
  return kept;
}

/** Which events, as boxes to tick. */
function eventField(events: WebhookEvent[], chosen: string[]): Field & { chosen(): string[] } {
  const boxes = events.map(({ type, about }) => {
    const input = el('input', { type: 'checkbox', value: type, checked: chosen.includes(type) });
    return { input, root: el('label', { class: c('tick') }, input, el('span', {}, el('b', {}, type), el('span', { class: c('soft') }, ` ${about}`))) };
  });
  const problem = el('p', { class: c('bad'), id: freshId('events-problem'), hidden: true });
  const root = el('fieldset', { class: c('events'), 'aria-describedby': problem.id }, el('legend', {}, 'Events'), ...boxes.map((box) => box.root), problem);
  return {
    root,
    input: boxes[0]!.input,
    setProblem(text) {
      problem.textContent = text ?? '';
      problem.hidden = text === null;
    },
    chosen: () => boxes.filter(({ input }) => input.checked).map(({ input }) => input.value),
  };
}

async function showSecret({ owned, toasts }: Session, secret: string): Promise<void> {
  await openDialog({
    title: 'Copy this secret now',
    body: [
      el('p', {}, 'Your server checks by it that what it gets is from us. It is shown this once.'),
      el('code', { class: c('code') }, secret), copyButton(owned, secret, (text) => toasts.show({ text })),
    ],
    cancel: 'I have copied it',
  });
}

const SAMPLE = `import { createHmac, timingSafeEqual } from 'node:crypto';

// headers and body as they came: check before you parse.
function isOurs(headers, body, secret) {
  const id = headers['webhook-id'];
  const time = headers['webhook-timestamp'];
  if (Math.abs(Date.now() / 1000 - Number(time)) > 300) return false;
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const right = createHmac('sha256', key).update(\`\${id}.\${time}.\${body}\`).digest();
  return headers['webhook-signature'].split(' ').some((each) => {
    const given = Buffer.from(each.replace('v1,', ''), 'base64');
    return given.length === right.length && timingSafeEqual(given, right);
  });
}`;

function helpCard({ owned, toasts }: Session): HTMLElement {
  return card('How your server checks them',
    el('p', { class: c('soft') }, 'Anybody can send something to your address. What is from us is signed with your secret, as the Standard Webhooks say; there are libraries for it in most languages. By hand, in Node.js:'),
    el('pre', { class: c('code'), tabindex: 0, 'aria-label': 'How to check a signature' }, SAMPLE),
    el('div', { class: c('foot') }, copyButton(owned, SAMPLE, (text) => toasts.show({ text }))),
    el('p', { class: c('soft') }, 'Answer with 200 within 15 seconds, and work afterwards. The same event can come twice: remember each webhook-id and drop what you have had. Events may come in another order than they happened: each says its conversation and its place in it.'));
}
