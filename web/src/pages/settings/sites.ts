import { changeTenant, createKey, keys, revokeKey, rotateKey, tenantSettings, type ApiKey } from '../../api/settings';
import { confirmLoss, openDialog } from '../../components/dialog/dialog';
import { choiceField, field, textField } from '../../components/field/field';
import { timeElement } from '../../components/time-text/time-text';
import type { TenantState } from '../../live/protocol.gen';
import type { StateStore } from '../../live/state-store';
import type { Session } from '../../session/start';
import { el, type Child } from '../../ui/dom';
import { questionCard } from './questions';
import { c, card, copyButton, doButton, loaded, saveForm } from './parts';

/** Which sites may show the chat, and how to put it there. */
export function siteSection(session: Session, tenant: StateStore<TenantState>): Child[] {
  const { owned } = session;
  return [
    card('Put the chat on your site', loaded(owned, 'Loading', keys, (list) => snippet(session, list.find((key) => key.kind === 'public')))),
    card('Allowed sites', el('p', { class: c('soft') }, 'Only pages of these origins can show the chat. One a line, for example https://www.example.com.'),
      loaded(owned, 'Loading', tenantSettings, ({ allowed_origins: origins }) => {
        const sites = textField({ label: 'Sites', name: 'allowed_origins' }, { rows: 4, spellcheck: 'false' });
        sites.input.value = origins.join('\n');
        return saveForm(owned, {
          fields: { allowed_origins: sites },
          save: async () => void (await changeTenant({ allowed_origins: sites.input.value.split(/\s+/).filter(Boolean) })),
        });
      })),
    questionCard(session, tenant),
    // Few businesses need it.
    loaded(owned, 'Loading', () => import('./identity'), ({ identityCard }) => identityCard(session)),
  ];
}

function snippet({ owned, toasts }: Session, key: ApiKey | undefined): Child {
  if (!key) return el('p', {}, 'Make a public key first: ', el('a', { href: '#keys' }, 'API keys'), '.');
  const line = (file: string) => `<script src="${location.origin}/widget/${file}.js" data-key="${key.shown}" async></script>`;
  const copied = (says: string, text: string): Child[] => [
    el('p', { class: c('soft') }, says), el('code', { class: c('code') }, text),
    el('div', { class: c('foot') }, copyButton(owned, text, (said) => toasts.show({ text: said }))),
  ];
  return el('div', { class: c('form') },
    ...copied('This line, before the end of the page’s body.', line('loader')),
    ...copied('A form where you want one, to ask something. With access in place of enquiry it asks to become a client.', `<div data-brigade-form="enquiry"></div>\n${line('forms')}`));
}

/** The business's API keys. */
export function keySection(session: Session): Child[] {
  const { owned, toasts } = session;
  const complain = (text: string) => toasts.show({ text, danger: true });
  let reload = () => {};
  const list = loaded(owned, 'Loading the keys', keys, (all, again) => {
    reload = again;
    return all.length === 0 ? el('p', { class: c('soft') }, 'There is no key yet.') : el('ul', { class: c('rows') }, ...all.map((key) => keyRow(key, again)));
  });
  const keyRow = (key: ApiKey, again: () => void) => el(
    'li', {},
    el('div', { class: c('grow') }, key.name, ' ', el('span', { class: c('tag') }, key.kind), ' ', key.mode === 'test' ? el('span', { class: c('tag') }, 'test') : null,
      el('code', { class: c('code') }, key.shown),
      el('div', { class: c('soft') }, 'Made ', timeElement(key.created_at), key.last_used_at ? ', last used ' : ', never used', key.last_used_at ? timeElement(key.last_used_at) : null)),
    doButton(owned, { label: 'Replace' }, async () => {
      if (!(await confirmLoss({ title: `Replace ${key.name}?`, text: 'The key that is in use now stops working at once.', yes: 'Replace it' }))) return;
      await showKey(session, await rotateKey(key.id));
      again();
    }, complain),
    doButton(owned, { label: 'Revoke', kind: 'plain' }, async () => {
      if (!(await confirmLoss({ title: `Revoke ${key.name}?`, text: 'Whatever uses it stops working at once. This cannot be undone.', yes: 'Revoke it' }))) return;
      await revokeKey(key.id);
      again();
    }, complain),
  );
  return [
    card('API keys', el('p', { class: c('soft') }, 'A public key names your business on your site. A secret key acts as your staff: keep it on your server.'), list),
    newKeyCard(session, () => reload()),
  ];
}

function newKeyCard(session: Session, made: () => void): HTMLElement {
  const name = field({ label: 'Name', name: 'name', hint: 'Where it is used.' }, { autocomplete: 'off', maxlength: 200 });
  const kind = choiceField({ label: 'Kind', name: 'kind' }, [{ value: 'public', label: 'Public, for the chat on your site' }, { value: 'secret', label: 'Secret, for your server' }]);
  const mode = choiceField({ label: 'Use', name: 'mode', hint: 'For your own order: both work alike, and the key says which it is.' }, [{ value: 'live', label: 'Live' }, { value: 'test', label: 'Test' }]);
  return card('New key', saveForm(session.owned, {
    fields: { name, kind, mode }, label: 'Make the key',
    save: async () => {
      const key = await createKey({ name: name.input.value.trim(), kind: kind.input.value as ApiKey['kind'], mode: mode.input.value as ApiKey['mode'] });
      name.input.value = '';
      await showKey(session, key);
      made();
      return 'Made.';
    },
  }));
}

async function showKey({ owned, toasts }: Session, key: ApiKey & { key: string }): Promise<void> {
  const once = key.kind === 'secret';
  await openDialog({
    title: once ? 'Copy this key now' : 'Your key',
    body: [
      el('p', {}, once ? 'It is shown this once. We keep it encrypted and cannot show it again.' : 'It is in the list, too.'),
      el('code', { class: c('code') }, key.key), copyButton(owned, key.key, (text) => toasts.show({ text })),
    ],
    cancel: once ? 'I have copied it' : 'Close',
  });
}
