import { Disposables } from '../../base/disposables';
import { button } from '../../components/button/button';
import { field } from '../../components/field/field';
import type { HoursBody, Span, TenantState } from '../../live/protocol.gen';
import type { StateStore } from '../../live/state-store';
import type { Session } from '../../session/start';
import { el, fill, type Child } from '../../ui/dom';
import { closeIcon, plusIcon } from '../../ui/icons';
import { greetingCard } from './greeting';
import { c, card, onceKnown, saveForm } from './parts';

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** When the business is open, by the clock on its wall, and how its chat greets. */
export function hoursSection(session: Session, tenant: StateStore<TenantState>): Child[] {
  return [onceKnown(session, tenant, el('div', { class: c('form') }, 'Loading…'), (state) => [hoursCard(session, state), greetingCard(session, state)])];
}

function hoursCard({ client, owned, tenant }: Session, state: TenantState): HTMLElement {
  const week: Span[] = state.hours.week.map((span) => ({ ...span }));
  const closed = new Set(state.hours.closed);
  const zone = field({ label: 'Time zone', name: 'zone', hint: 'For example Europe/Vienna. Hours stay right when clocks change.' }, { value: state.zone, list: 'zones' });
  const zones = el('datalist', { id: 'zones' }, ...Intl.supportedValuesOf('timeZone').map((value) => el('option', { value })));
  const days = el('fieldset', { class: c('days') });
  const dates = el('ul', { class: c('dates') });
  const rows = new Disposables();
  owned.add(rows);
  const drawDays = () => {
    fill(days, el('legend', { class: 'visually-hidden' }, 'Opening hours'), ...DAYS.map((name, index) => dayRow(rows, name, index + 1, week, drawDays)));
  };
  drawDays();
  const drawDates = () => fill(dates, ...[...closed].sort().map((date) => dateItem(rows, date, () => {
    closed.delete(date);
    drawDates();
  })));
  drawDates();
  const add = field({ label: 'Closed all day on', name: 'closed', hint: 'Holidays and the like.' }, { type: 'date' });
  owned.listen(add.input, 'change', () => {
    if (add.input.value === '') return;
    closed.add(add.input.value);
    add.input.value = '';
    drawDates();
  });
  return card('Opening hours', saveForm(owned, {
    fields: { zone, closed: add }, inside: [zone.root, zones, days, add.root, dates],
    save: async () => {
      const body: HoursBody = { zone: zone.input.value.trim(), week, closed: [...closed].sort() };
      await client.command(`tenant:${tenant.id}`, 'set_hours', body).done;
    },
  }));
}

function dayRow(owned: Disposables, name: string, day: number, week: Span[], again: () => void): HTMLElement {
  const spans = week.filter((span) => span.day === day);
  const add = button({ label: spans.length === 0 ? 'Closed. Add hours' : 'Add hours', icon: plusIcon, kind: 'plain', small: true }, { 'aria-label': `Add hours on ${name}` });
  owned.listen(add, 'click', () => {
    const last = spans.at(-1);
    week.push(last && last.to < '22:00' ? { day, from: last.to, to: '22:00' } : { day, from: '09:00', to: '17:00' });
    week.sort((a, b) => a.day - b.day || (a.from < b.from ? -1 : 1));
    again();
  });
  return el('div', { class: c('day') }, el('span', { class: c('dayName') }, name),
    el('div', { class: c('spans') }, ...spans.map((span) => spanRow(owned, name, span, () => {
      week.splice(week.indexOf(span), 1);
      again();
    })), add));
}

function spanRow(owned: Disposables, day: string, span: Span, remove: () => void): HTMLElement {
  const time = (which: 'from' | 'to') => {
    // 24:00 is the end of a day; a time field cannot say it.
    const input = el('input', { class: c('time'), type: 'text', inputmode: 'numeric', pattern: '[0-2][0-9]:[0-5][0-9]', maxlength: 5, value: span[which], 'aria-label': `${day} ${which}` });
    owned.listen(input, 'change', () => (span[which] = input.value.trim()));
    return input;
  };
  const drop = button({ label: `Remove these hours of ${day}`, icon: closeIcon, kind: 'plain', small: true, bare: true });
  owned.listen(drop, 'click', remove);
  return el('div', { class: c('span') }, time('from'), el('span', { 'aria-hidden': 'true' }, 'to'), time('to'), drop);
}

function dateItem(owned: Disposables, date: string, remove: () => void): HTMLElement {
  const drop = button({ label: `Open again on ${date}`, icon: closeIcon, kind: 'plain', small: true, bare: true });
  owned.listen(drop, 'click', remove);
  return el('li', { class: c('date') }, date, drop);
}
