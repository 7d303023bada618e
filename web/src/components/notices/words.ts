import type { Notice } from '../../api/notices';
import { momentText } from '../time-text/time-text';

/** What a notice says. Names are whoever's: they are shown as text. */
export function textOf(notice: Notice, now = new Date()): string {
  const { kind, name, times, by_name } = notice;
  const who = by_name ?? 'Brigade';
  switch (kind) {
    case 'assigned': return `${who} gave you ${name}.`;
    case 'mentioned': return times > 1 ? `${who} and perhaps others mentioned you ${times} times: ${name}.` : `${who} mentioned you: ${name}.`;
    case 'answered': return times > 1 ? `${times} new messages from ${name}.` : `A new message from ${name}.`;
    case 'waiting': return `${name} waits, and nobody has the conversation.`;
    case 'due': return dueText(notice, now);
    case 'accepted': return `${name} accepted your invitation and is a client now.`;
    case 'entrusted': return `${who} made you the account manager of ${name}.`;
    case 'held_back': return times > 1 ? `${times} scheduled messages to ${name} were held back.` : `A scheduled message to ${name} was held back.`;
    case 'webhook_off': return `A webhook was switched off, because nothing arrived any more: ${name}`;
    case 'support_came': return `${name} of the platform’s support came to look into your business.${untilText(notice, now)}`;
  }
}

function dueText({ name, due_at }: Notice, now: Date): string {
  if (due_at === null) return `Something was due for ${name}.`;
  const missed = Date.parse(due_at) <= now.getTime();
  return missed ? `Missed: what ${name} waits for was due ${momentText(due_at, now)}.` : `What ${name} waits for is due ${momentText(due_at, now)}.`;
}

function untilText({ until }: Notice, now: Date): string {
  if (until === null) return '';
  return Date.parse(until) <= now.getTime() ? ` That was over ${momentText(until, now)}.` : ` They may look until ${momentText(until, now)}.`;
}

/** Where it leads. */
export function hrefOf({ kind, conversation }: Notice): string {
  if (kind === 'webhook_off') return '/settings#webhooks';
  if (kind === 'support_came') return '/settings#support';
  return conversation === null ? '/inbox' : `/inbox?c=${conversation}`;
}
