import type { Party, TenantState } from '../../live/protocol.gen';
import type { StateStore } from '../../live/state-store';
import { el, fill } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import styles from './availability.module.css';

const c = mustClass(styles);

/** Whether one takes chats now: with nobody there who does, visitors are told that nobody is. */
export function availabilitySwitch(tenant: StateStore<TenantState>, me: Party): HTMLButtonElement {
  const words = el('span', { class: c('words') });
  const root = el('button', { type: 'button', class: c('switch'), role: 'switch', 'aria-checked': 'true', hidden: true }, el('span', { class: c('light'), 'aria-hidden': 'true' }), words);
  const draw = () => {
    const staff = tenant.state?.staff;
    if (!staff) return;
    const takes = staff[me]?.available ?? true;
    root.hidden = false;
    root.setAttribute('aria-checked', String(takes));
    root.title = takes ? 'Visitors see that somebody is there' : 'Visitors do not see that you are there';
    fill(words, 'Taking chats');
  };
  tenant.changed.on(draw);
  draw();
  return root;
}
