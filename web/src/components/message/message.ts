import type { Message, Party } from '../../live/protocol.gen';
import type { Pending } from '../../live/queue';
import { el, put, type Child } from '../../ui/dom';
import { icon, alertIcon, checkIcon, checksIcon, clockIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { richText } from '../../ui/rich-text';
import { heard, say } from '../../words/say';
import { avatar } from '../avatar/avatar';
import { clockText, dayText, timeAs } from '../time-text/time-text';
import styles from './message.module.css';

const c = mustClass(styles);

/** Everything one row shows. */
export interface MessageLook {
  message: Message;
  author: { id: Party; name: string };
  own: boolean;
  /** The message before is by the same person, shortly before: no name, no face. */
  continued: boolean;
  /** A day begins here. */
  day: boolean;
  /** What was not read before begins here. */
  fresh: boolean;
  me: Party;
  nameOf: (who: Party) => string;
  /** The message this one answers, when it is at hand. */
  quoted: Message | undefined;
  /** Under the own last message: `Sent`, `Seen`. */
  status: 'sent' | 'seen' | undefined;
  /** It is on its way itself. */
  pending: Pending | undefined;
  /** A change of it is on its way, or was refused. */
  change: Pending | undefined;
  connected: boolean;
}

const ONLY_EMOJI = /^(?:\p{Extended_Pictographic}(?:\u{fe0f}|\u{200d}|[\u{1f3fb}-\u{1f3ff}]|\p{Extended_Pictographic})*\s?){1,3}$/u;

/** Draws a message into its row. Buttons carry `data-do`; the list listens for all of them. */
export function drawMessage(row: HTMLElement, look: MessageLook): void {
  const { message } = look;
  row.className = c(
    'row', look.own && 'own', look.continued && 'continued', message.note && 'noted',
    look.pending && look.pending.state !== 'failed' && 'waiting', !message.deleted && !message.note && ONLY_EMOJI.test(message.text) && 'emoji',
  );
  row.replaceChildren();
  put(row, look.day && el('div', { class: c('day') }, dayText(message.at)), look.fresh && el('div', { class: c('fresh') }, say('message.fresh')), article(look));
}

function article(look: MessageLook): HTMLElement {
  const { message, author } = look;
  const by = { who: look.own ? say('you') : author.name, time: clockText(message.at) };
  const label = say('message.label', by);
  const note = message.note && say('message.note');
  return el(
    'article', { class: c('message'), tabindex: '-1', 'aria-label': note ? `${note}, ${label}` : label },
    look.own ? null : el('span', { class: c('face') }, avatar(author)),
    el(
      'div', { class: c('main') },
      el('div', { class: c('head') },
        look.own ? null : el('span', { class: c('author') }, author.name),
        note && el('span', {}, note), timeAs(clockText, message.at)),
      el('div', { class: c('bubble') }, quote(look), body(look)),
      el('div', { class: c('foot') }, ...reactions(look), edited(look), ...state(look)),
    ),
  );
}

function body(look: MessageLook): Child {
  const { message } = look;
  if (message.deleted) return el('p', { class: c('gone') }, say('message.deleted'));
  const text = richText(message.text);
  if (message.mentions.length > 0) markMentions(text, message.mentions.map(look.nameOf));
  // Who has the script for files draws them in the place of their names.
  if (message.attachments) text.append(el('div', { 'data-files': true }, message.attachments.map((file) => file.name).join(', ')));
  return text;
}

/** Marks `@Name` of the people who are meant. */
function markMentions(fragment: DocumentFragment, names: string[]): void {
  const walker = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  const nodes: Text[] = [];
  while (walker.nextNode()) nodes.push(walker.currentNode as Text);
  for (const node of nodes) {
    for (const name of names) {
      const at = node.data.indexOf(`@${name}`);
      if (at < 0) continue;
      const marked = node.splitText(at);
      marked.splitText(name.length + 1);
      marked.replaceWith(el('span', { class: c('mention') }, marked.data));
      break;
    }
  }
}

function quote(look: MessageLook): Child {
  const { message, quoted } = look;
  if (message.reply_to === null || message.deleted) return null;
  const text = quoted ? (quoted.deleted ? say('message.deleted') : (quoted.text || quoted.attachments?.[0]?.name || '').replace(/\s+/g, ' ').slice(0, 140)) : say('message.earlier');
  return el(
    'button', { type: 'button', class: c('quote'), 'data-do': 'jump', 'data-seq': message.reply_to },
    quoted ? el('span', { class: c('quoted') }, say('message.quoted', { name: quoted.by === look.me ? say('You') : look.nameOf(quoted.by) })) : null, text,
  );
}

function reactions(look: MessageLook): Child[] {
  return Object.entries(look.message.reactions).map(([emoji, who]) => {
    const names = who.map((party) => (party === look.me ? say('you') : look.nameOf(party))).join(', ');
    return el(
      'button', {
        type: 'button', class: c('reaction'), 'data-do': 'react', 'data-emoji': emoji, title: names,
        'aria-pressed': who.includes(look.me) ? 'true' : 'false',
      },
      emoji, el('span', { 'aria-hidden': 'true' }, who.length), el('span', { class: 'visually-hidden' }, say('message.by', { names })),
    );
  });
}

function edited(look: MessageLook): Child {
  const { message } = look;
  if (message.edits === 0 || message.deleted) return null;
  return el('button', { type: 'button', class: c('small'), 'data-do': 'history', 'aria-label': say('message.edited.show') }, say('message.edited'));
}

function state(look: MessageLook): Child[] {
  const pending = look.pending ?? look.change;
  if (!pending) {
    if (look.status === undefined) return [];
    const seen = look.status === 'seen';
    return [el('span', { class: c('status') }, icon(seen ? checksIcon : checkIcon), seen ? say('message.seen') : say('message.sent'))];
  }
  if (pending.state === 'failed') {
    return [
      el('span', { class: c('status', 'failed') }, icon(alertIcon), `${FAILED[pending.type]?.() ?? say('failed')} ${pending.problem ? heard(pending.problem.message, pending.problem.code) : ''}`),
      el('button', { type: 'button', class: c('small'), 'data-do': 'retry', 'data-id': pending.id }, pending.problem?.again ?? say('again')),
      el('button', { type: 'button', class: c('small'), 'data-do': 'discard', 'data-id': pending.id }, pending.type === 'send' || pending.type === 'note' ? say('delete') : say('message.leave')),
    ];
  }
  return [el('span', { class: c('status') }, icon(clockIcon), waitingText(pending, look.connected))];
}

/** What was not done. */
const FAILED: Record<string, () => string> = {
  send: () => say('failed.send'), note: () => say('failed.note'), edit: () => say('failed.edit'), delete: () => say('failed.delete'),
};

function waitingText(pending: Pending, connected: boolean): string {
  if (pending.problem?.code === 'RATE_LIMITED') return say('waits.quick');
  if (pending.problem) return say('waits.busy');
  if (!connected) return say('waits.offline');
  return pending.type === 'send' ? say('doing.send') : say('doing.save');
}
