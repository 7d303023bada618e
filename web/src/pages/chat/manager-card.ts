import { avatar, presenceText, setPresence } from '../../components/avatar/avatar';
import type { AccountState, PresenceStatus } from '../../live/protocol.gen';
import { el, type Child } from '../../ui/dom';
import { checkIcon, icon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import styles from './chat.module.css';

const c = mustClass(styles);

/** Who looks after the account. */
export function managerCard(business: string, manager: { id: string; name: string } | undefined, status: PresenceStatus | undefined): HTMLElement {
  if (!manager) {
    return el('section', { class: c('card'), 'aria-label': 'Your account manager' },
      el('h2', { class: c('name') }, business), el('p', { class: c('soft') }, 'Somebody of the team answers you here.'));
  }
  const face = avatar(manager, 'large');
  face.classList.add(c('face'));
  setPresence(face, status);
  return el('section', { class: c('card'), 'aria-label': 'Your account manager' }, face,
    el('h2', { class: c('name') }, manager.name), el('p', { class: c('soft') }, `Looks after you at ${business}`),
    el('p', { class: c('soft') }, status === 'offline' || status === undefined ? 'Not here right now. Write, and the answer comes.' : presenceText(status)));
}

const STEPS: readonly [label: string, states: readonly AccountState['lifecycle'][]][] = [
  ['We talk', ['visitor', 'conversation']],
  ['Getting started', ['onboarding']],
  ['Choose a pack', ['pack_purchase']],
  ['Subscription', ['subscription_applied', 'reactivated', 'paused', 'cancelled']],
  ['Order week by week', ['weekly_ordering', 'consumption']],
];

/** Where the relationship stands, as the client sees it. */
export function stepsCard(account: AccountState): HTMLElement {
  const at = STEPS.findIndex(([, states]) => states.includes(account.lifecycle));
  const note: Child = account.lifecycle === 'paused' ? el('p', { class: c('soft') }, 'Your subscription rests at the moment.')
    : account.lifecycle === 'cancelled' ? el('p', { class: c('soft') }, 'Your subscription has ended. You can begin again with a pack.') : null;
  return el(
    'section', { class: c('later'), 'aria-label': 'Where we are' },
    el('h2', { class: c('heading') }, 'Where we are'),
    el('ol', { class: c('steps') }, ...STEPS.map(([label], index) => el(
      'li', { class: c('step', index < at && 'done', index === at && 'here'), 'aria-current': index === at ? 'step' : null },
      el('span', { class: c('mark') }, index < at ? icon(checkIcon) : null), label,
    ))),
    note,
  );
}
