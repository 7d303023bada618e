import { deliveries, sendAgain, type Delivery, type Webhook } from '../../api/webhooks';
import { button, busy } from '../../components/button/button';
import { emptyState, loadingState } from '../../components/empty/empty';
import { momentText, timeElement } from '../../components/time-text/time-text';
import type { Session } from '../../session/start';
import { el, fill } from '../../ui/dom';
import { clockIcon, offlineIcon } from '../../ui/icons';
import { attemptsText, outcomeText, stateText } from './delivery-text';
import { c, doButton, messageOf } from './parts';

/** How often it is looked for what became of them, while the list is open. */
const LOOK_MS = 2_000;

/** What was sent to a webhook, the newest first, as it goes on. */
export function deliveryCard(session: Session, webhook: Webhook): HTMLElement {
  const { owned, toasts } = session;
  const complain = (text: string) => toasts.show({ text, danger: true });
  const box = el('div', {}, loadingState('Loading the deliveries', 2));
  const rows = new Map<string, { text: string; element: HTMLElement }>();
  const list = el('ul', { class: c('rows') });
  const older = button({ label: 'Show older ones', small: true });
  const foot = el('div', { class: c('foot') }, older);
  let before: Delivery[] = [];
  let newest: Delivery[] = [];

  const draw = (more?: boolean) => {
    const known = new Set(newest.map(({ id }) => id));
    const all = [...newest, ...before.filter(({ id }) => !known.has(id))];
    if (all.length === 0) {
      fill(box, emptyState({ icon: clockIcon, title: 'Nothing was sent yet', text: 'Deliveries are kept for 30 days.', level: 'h3' }));
      return;
    }
    // What has not changed stays: somebody may be reading it, or about to press it.
    const wanted = all.map((delivery) => {
      const text = JSON.stringify(delivery);
      const drawn = rows.get(delivery.id);
      if (drawn?.text === text) return drawn.element;
      const had = drawn?.element.contains(document.activeElement);
      const element = deliveryRow(delivery);
      if (drawn?.element.querySelector('details')?.open) element.querySelector('details')?.setAttribute('open', '');
      drawn?.element.replaceWith(element);
      if (had) element.querySelector<HTMLElement>('summary, button')?.focus();
      rows.set(delivery.id, { text, element });
      return element;
    });
    wanted.forEach((element, index) => {
      if (list.children[index] !== element) list.insertBefore(element, list.children[index] ?? null);
    });
    while (list.children.length > wanted.length) list.lastElementChild?.remove();
    if (more !== undefined) foot.hidden = !more;
    if (list.parentElement === null) fill(box, list, foot);
  };

  const look = async () => {
    try {
      const page = await deliveries(webhook.id);
      const first = newest.length === 0;
      before = [...newest, ...before].filter(({ id }, index, all) => all.findIndex((each) => each.id === id) === index);
      newest = page.items;
      draw(first ? page.more : undefined);
    } catch (error) {
      if (newest.length > 0) return;
      const again = button({ label: 'Try again', kind: 'primary' });
      owned.listen(again, 'click', () => void look());
      fill(box, emptyState({ icon: offlineIcon, title: 'The deliveries could not be loaded', text: messageOf(error), action: again, level: 'h3' }));
    }
  };

  const deliveryRow = (delivery: Delivery): HTMLElement => el(
    'li', { 'data-delivery': delivery.id },
    el('div', { class: c('grow') },
      el('b', {}, delivery.type), ' ', el('span', { class: c('tag', delivery.state === 'failed' && 'warn') }, stateText(delivery)),
      el('div', { class: c('soft') }, timeElement(delivery.created_at, momentText), ` · ${outcomeText(delivery)} · ${attemptsText(delivery.attempts)}`),
      delivery.next_at && delivery.tried_at && delivery.state === 'waiting' ? el('div', { class: c('soft') }, 'Next attempt ', timeElement(delivery.next_at, momentText), '.') : null,
      el('details', {}, el('summary', {}, 'Details'),
        el('div', { class: c('soft') }, `webhook-id: ${delivery.event}`),
        delivery.about ? el('div', { class: c('soft') }, `${delivery.about}, entry ${delivery.seq}`) : null,
        delivery.answer ? el('pre', { class: c('code'), dir: 'auto', tabindex: 0, 'aria-label': 'What was answered' }, delivery.answer)
          : el('div', { class: c('soft') }, delivery.status === null ? 'There was no answer yet.' : 'The answer was empty.'))),
    delivery.state === 'waiting' ? null : doButton(owned, { label: 'Send again' }, async () => {
      await sendAgain(webhook.id, delivery.id);
      await look();
    }, complain, { 'aria-label': `Send again: ${delivery.type}, ${momentText(delivery.created_at)}` }),
  );

  owned.listen(older, 'click', () => void busy(older, async () => {
    const last = [...newest, ...before].at(-1);
    const page = await deliveries(webhook.id, last?.id);
    before = [...before, ...page.items];
    draw(page.more);
  }).catch((error: unknown) => complain(messageOf(error))));
  owned.every(LOOK_MS, () => void (document.hidden || look()));
  void look();
  return el('section', { class: c('card') }, el('h2', { class: c('heading'), tabindex: -1 }, `Deliveries to ${webhook.url}`), box);
}
