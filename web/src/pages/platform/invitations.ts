import { ApiError } from '../../api/http';
import { invitationsNow, lookInto, type Invitation } from '../../api/support';
import type { Disposables } from '../../base/disposables';
import { busy, button } from '../../components/button/button';
import { momentText, timeElement } from '../../components/time-text/time-text';
import { el, setText } from '../../ui/dom';
import { c, KeyedList, section } from './parts';
import { Poll } from './poll';

const EVERY_MS = 15_000;

/** The businesses that let support look at this moment; nothing is shown when none does. */
export function invitations(owned: Disposables): HTMLElement {
  const poll = new Poll<Invitation[]>((signal) => invitationsNow(signal), () => EVERY_MS);
  const said = el('p', { class: c('problem'), role: 'alert', hidden: true });
  const rows = el('ul', { class: c('invited') });
  const card = section('They let you look', el('p', { class: c('soft') }, 'You see conversations and settings and change nothing. That you look, and what you read, is in the business’s audit log.'), rows, said);
  card.hidden = true;
  const list = new KeyedList<Invitation>(rows, ({ tenant, given_at: at }) => `${tenant} ${at}`, (invitation) => row(owned, invitation, said));
  const draw = () => {
    const all = poll.known.value ?? [];
    list.show(all);
    card.hidden = all.length === 0;
  };
  owned.add(poll.changed.on(draw));
  owned.add(poll);
  void poll.refresh();
  return card;
}

function row(owned: Disposables, { tenant, name, about, until }: Invitation, said: HTMLElement): { root: HTMLElement; update: () => void } {
  const look = button({ label: 'Look in', kind: 'primary', small: true }, { 'aria-label': `Look in: ${name}` });
  owned.listen(look, 'click', () => {
    said.hidden = true;
    busy(look, () => lookInto(tenant)).then(() => location.assign('/look'), (error: unknown) => {
      setText(said, error instanceof ApiError ? error.message : 'This did not work. Try again.');
      said.hidden = false;
    });
  });
  const root = el('li', {}, el('div', { class: c('grow') },
    el('b', {}, el('bdi', {}, name)), el('div', { dir: 'auto' }, about),
    el('div', { class: c('soft') }, 'until ', timeElement(until, momentText))), look);
  return { root, update: () => undefined };
}
