import { endPermission, letIn, permissions, type Permission } from '../../api/support';
import { textField } from '../../components/field/field';
import { momentText, timeElement } from '../../components/time-text/time-text';
import type { Session } from '../../session/start';
import { el, type Child } from '../../ui/dom';
import { choiceCards } from './choice-cards';
import { c, card, doButton, loaded, saveForm } from './parts';

const HOURS = [
  { value: '1', label: '1 hour', text: 'Enough to look at one thing.' },
  { value: '4', label: '4 hours', text: 'For something that takes trying.' },
  { value: '24', label: '24 hours', text: 'When it happens now and then.' },
] as const;
/** So often is looked whether somebody has come. */
const EVERY_MS = 15_000;

/** Whether who runs the platform may look into the business, to help. */
export function supportSection(session: Session): Child[] {
  return [
    el('p', { class: c('lead') }, 'Nobody who runs this platform can read your conversations. When you need help, you can let them look for some hours.'),
    loaded(session.owned, 'Loading who may look', permissions, (all, again) => draw(session, all, again)),
    card('What they see',
      el('p', { class: c('soft') }, 'Your inbox, conversations with their notes, names of customers and colleagues, and how the business is set up.'),
      el('p', { class: c('soft') }, 'They cannot write, change or download anything. Keys, secrets, webhooks, files, reports, search and the audit log stay closed. They are not on your team and get no conversations. Each time they come or go, that they look through your conversations and each one they open is in your audit log.')),
  ];
}

function draw(session: Session, all: Permission[], again: () => void): HTMLElement {
  const running = all.find(({ ended_at: ended }) => ended === null);
  const ended = all.filter(({ ended_at }) => ended_at !== null);
  return el('div', { class: c('later') },
    running ? runs(session, running, again) : ask(session, again),
    ended.length === 0 ? null : card('Before', el('ul', { class: c('rows') }, ...ended.map(past))));
}

function ask({ owned }: Session, again: () => void): HTMLElement {
  const about = textField({ label: 'What is it about?', name: 'about', hint: 'What support should look at, such as a customer, a page or what went wrong.' }, { maxlength: 500, rows: 3, required: true });
  const hours = choiceCards('For how long?', HOURS, '1');
  const form = saveForm(owned, {
    fields: { about },
    inside: [about.root, hours.root],
    label: 'Let support look',
    save: async () => {
      await letIn(Number(hours.value()), about.input.value);
      again();
    },
  });
  return card('Let support look', form);
}

function runs({ owned, toasts }: Session, permission: Permission, again: () => void): HTMLElement {
  const looks = el('div', {}, looksOf(permission));
  owned.every(EVERY_MS, () => void permissions().then((all) => {
    const now = all.find(({ id }) => id === permission.id);
    if (!looks.isConnected) return;
    if (!now || now.ended_at !== null) again();
    else looks.replaceChildren(looksOf(now));
  }, () => undefined));
  return card('Support may look',
    el('p', {}, 'Until ', el('b', {}, timeElement(permission.until, momentText)), ', let in by ', el('bdi', {}, permission.given_by.name), '.'),
    el('p', { class: c('excerpt'), dir: 'auto' }, permission.about), looks,
    el('div', { class: c('foot') }, doButton(owned, { label: 'End now', kind: 'primary', small: false }, async () => {
      await endPermission(permission.id);
      toasts.show({ text: 'Support cannot look any more.' });
      again();
    }, (text) => toasts.show({ text, danger: true }))));
}

function looksOf({ looks }: Permission): HTMLElement {
  if (looks.length === 0) return el('p', { class: c('soft') }, 'Nobody has looked yet.');
  return el('ul', { class: c('rows') }, ...looks.map(({ by, began_at: from, left_at: to, opened }) => el('li', {}, el('div', { class: c('grow') },
    el('bdi', {}, by.name),
    el('div', { class: c('soft') }, 'From ', timeElement(from, momentText), to === null ? ', looking now' : el('span', {}, ' to ', timeElement(to, momentText)), ` · ${opened === 1 ? '1 conversation' : `${opened} conversations`}`)))));
}

function past(permission: Permission): HTMLElement {
  const { ended_at: ended, ended_by: by, looks } = permission;
  return el('li', {}, el('div', { class: c('grow') },
    el('div', { dir: 'auto' }, permission.about),
    el('div', { class: c('soft') }, 'From ', timeElement(permission.given_at, momentText), ' to ', timeElement(ended!, momentText), by === null ? ', its time was over' : el('span', {}, ', ended by ', el('bdi', {}, by.name))),
    looks.length === 0 ? el('div', { class: c('soft') }, 'Nobody looked.') : looksOf(permission)));
}
