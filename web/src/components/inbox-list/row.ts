import type { InboxItem, Party, SiteForm } from '../../live/protocol.gen';
import { el, mustFind, put } from '../../ui/dom';
import { alertIcon, clockIcon, icon, editIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { richText } from '../../ui/rich-text';
import { avatar } from '../avatar/avatar';
import { chip } from '../chip/chip';
import { dueChip, urgencyOf, worstOf } from '../due/due';
import { known, labelChip, type Labels } from '../label/label';
import { priorityChip } from '../label/priority';
import { teamChip, teamOf, type Teams } from '../team/team';
import { durationText, momentText, timeElement } from '../time-text/time-text';
import { unreadOf } from './filters';
import styles from './inbox-list.module.css';

const c = mustClass(styles);

/** What began with a form of the site. */
export const FORMS: Record<SiteForm, string> = { enquiry: 'Enquiry', access: 'Access request' };

/** What a row is drawn with. */
export interface RowLook {
  item: InboxItem;
  me: Party;
  nameOf: (who: Party) => string | undefined;
  labels: Labels;
  teams: Teams;
  current: boolean;
  selected: boolean;
  /** Something was begun there and not sent. */
  draft: boolean;
  /** Changes every minute, so that durations are drawn again. */
  minute: number;
}

/** A conversation's place in the list; `drawRow` fills it. */
export function makeRow(id: string): HTMLElement {
  return el('li', { class: c('item'), 'data-row': id });
}

/** Draws a conversation's line, with the box that selects it, if it looks different than before. */
export function drawRow(element: HTMLElement, look: RowLook): void {
  const { item, me, current, selected } = look;
  if (!element.firstChild) element.append(el('input', { type: 'checkbox', class: c('pick') }));
  const box = mustFind<HTMLInputElement>('input', element);
  box.checked = selected;
  box.setAttribute('aria-label', `Select ${item.name}`);
  element.classList.toggle(c('selected'), selected);
  const key = JSON.stringify([item, current, look.draft, look.minute, worstOf(item, Date.now()), look.nameOf(item.assignee ?? ''), look.nameOf(item.preview_by ?? ''), known(item.labels, look.labels), teamOf(item, look.teams)?.name]);
  if (element.dataset['look'] === key) return;
  element.dataset['look'] = key;
  const unread = unreadOf(item, me);
  const before = element.querySelector('a');
  const focused = before !== null && before === document.activeElement;
  const link = el(
    'a', { class: c('row', unread > 0 && 'fresh'), href: `/inbox?c=${item.id}`, 'data-id': item.id, 'aria-current': current ? 'true' : null },
    avatar(item), words(look),
    el('span', { class: c('side') }, item.last_message_at ? timeElement(item.last_message_at) : null,
      unread > 0 ? el('span', { class: c('count') }, unread > 99 ? '99+' : unread, el('span', { class: 'visually-hidden' }, ' unread')) : null),
  );
  before?.remove();
  element.append(link);
  if (focused) link.focus({ preventScroll: true });
}

function words({ item, me, nameOf, labels, teams, draft }: RowLook): HTMLElement {
  const by = item.preview_by === me ? 'You: ' : item.preview_by?.startsWith('usr_') && item.kind === 'site' ? `${nameOf(item.preview_by) ?? 'Colleague'}: ` : '';
  const words = el(
    'span', { class: c('words') },
    el('span', { class: c('name') }, item.name),
    el('span', { class: c('preview') }, item.preview === null ? 'Nothing written yet' : by + (richText(item.preview).textContent ?? '')),
  );
  const chips = el('span', { class: c('chips') });
  if (draft) put(chips, chip(c('chip', 'draft'), [icon(editIcon), 'Draft']));
  if (item.priority === 'urgent' || item.priority === 'high') put(chips, priorityChip(item.priority));
  put(chips, dueChip(item, Date.now()));
  if (item.held_back) put(chips, chip(c('chip', 'held'), [icon(alertIcon), 'Held back'], { title: 'A message was not sent at its time. Somebody has to say what becomes of it.' }));
  if (item.sends_at) put(chips, chip(c('chip', 'sends'), [icon(clockIcon), `sends ${momentText(item.sends_at)}`]));
  if (item.blocked) put(chips, chip(c('chip'), ['Blocked']));
  if (item.snoozed_until) put(chips, chip(c('chip'), [`until ${momentText(item.snoozed_until)}`]));
  else if (item.woken_at) put(chips, chip(c('chip', 'back'), ['back']));
  // When an answer is due says it better.
  if (item.waiting_since !== null && urgencyOf(item.answer_due, Date.now()) === undefined) put(chips, chip(c('chip', 'waiting'), [`waits ${durationText(item.waiting_since)}`]));
  put(chips, chip(c('chip'), [item.kind === 'account' ? 'Client' : item.form ? FORMS[item.form] : 'Site']));
  if (item.assignee !== null) put(chips, chip(c('chip'), [item.assignee === me ? (item.routed ? 'Given to you' : 'You') : nameOf(item.assignee) ?? 'Assigned']));
  const team = teamOf(item, teams);
  if (team) put(chips, teamChip(team));
  put(chips, ...known(item.labels, labels).map(([, label]) => labelChip(label)));
  words.append(chips);
  return words;
}
