import { button } from '../../components/button/button';
import { field, textField, type AnyField } from '../../components/field/field';
import type { PageGreeting, TenantState } from '../../live/protocol.gen';
import type { Session } from '../../session/start';
import { el, fill } from '../../ui/dom';
import { closeIcon, plusIcon } from '../../ui/icons';
import { c, card, saveForm } from './parts';

const MOST = 20;
const TEXT = { maxlength: 500, rows: 3 };

/** What the chat says first, and on which pages something else. */
export function greetingCard({ client, owned, tenant }: Session, state: TenantState): HTMLElement {
  const online = textField({ label: 'When somebody is there', name: 'online' }, TEXT);
  const offline = textField({ label: 'When nobody is there', name: 'offline', hint: 'The chat offers to leave an e-mail address then.' }, TEXT);
  online.input.value = state.greeting.online;
  offline.input.value = state.greeting.offline;
  const fields: Record<string, AnyField> = { online, offline };
  const rows = (state.greeting.pages ?? []).map(pageRow);
  const list = el('ol', { class: c('greetings') });
  const add = button({ label: 'Greet differently on a page', icon: plusIcon, small: true });
  const draw = () => {
    for (const name of Object.keys(fields)) if (name.startsWith('pages.')) delete fields[name];
    rows.forEach((row, at) => {
      for (const [name, one] of Object.entries(row.fields)) fields[`pages.${at}.${name}`] = one;
    });
    fill(list, ...rows.map(({ root }) => root));
    list.hidden = rows.length === 0;
    add.disabled = rows.length >= MOST;
  };
  owned.listen(add, 'click', () => {
    const row = pageRow({ path: '', online: '', offline: '' });
    rows.push(row);
    draw();
    row.fields.path.input.focus();
  });
  owned.listen(list, 'click', (event) => {
    const at = rows.findIndex(({ drop }) => drop.contains(event.target as Node));
    if (at < 0) return;
    rows.splice(at, 1);
    draw();
    add.focus();
  });
  draw();
  return card('How the chat greets', saveForm(owned, {
    fields,
    inside: [
      online.root, offline.root, list,
      el('div', {}, add, el('p', { class: c('soft') }, `On up to ${MOST} pages of your site the chat can say something else. Where several fit, the one that names the page most closely counts.`)),
    ],
    save: async () => {
      const pages = rows.map(({ fields: row }) => ({ path: asInAddress(row.path.input.value), online: row.online.input.value.trim(), offline: row.offline.input.value.trim() }));
      await client.command(`tenant:${tenant.id}`, 'set_greeting', { online: online.input.value.trim(), offline: offline.input.value.trim(), pages }).done;
    },
  }));
}

function pageRow(page: PageGreeting) {
  const path = field({ label: 'Page', name: 'path', hint: '/menu is that page alone, /menu* also what begins with it.' }, { maxlength: 200, value: readable(page.path), placeholder: '/menu*' });
  const online = textField({ label: 'When somebody is there', name: 'online' }, TEXT);
  const offline = textField({ label: 'When nobody is there', name: 'offline', hint: 'Left empty, the chat says what it says everywhere.' }, TEXT);
  online.input.value = page.online;
  offline.input.value = page.offline;
  const drop = button({ label: 'Greet as everywhere on this page', icon: closeIcon, kind: 'plain', small: true, bare: true });
  return { root: el('li', { class: c('greeting') }, drop, path.root, online.root, offline.root), fields: { path, online, offline }, drop };
}

/** A path as browsers write it in an address: people copy it from there, or type é. Also a whole address is understood. */
export function asInAddress(text: string): string {
  const trimmed = text.trim();
  if (!/^(\/|https?:\/\/)/.test(trimmed)) return trimmed;
  try {
    return new URL(trimmed, 'https://site.invalid').pathname;
  } catch {
    return trimmed;
  }
}

function readable(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
