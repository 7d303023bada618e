import { whatOpensNext } from '../../components/account/next';
import { avatar, presenceText, setPresence } from '../../components/avatar/avatar';
import type { AccountState, PresenceStatus } from '../../live/protocol.gen';
import { el } from '../../ui/dom';
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

/** Where the relationship stands, as the client sees it, and why the next step is not open yet. */
export function stepsCard(account: AccountState, manager: string | undefined): HTMLElement {
  const at = STEPS.findIndex(([, states]) => states.includes(account.lifecycle));
  const next = STEPS[at + 1]?.[0];
  const rests = account.lifecycle === 'paused' || account.lifecycle === 'cancelled';
  return el(
    'section', { class: c('part'), 'aria-label': 'Where we are' },
    el('h2', { class: c('heading') }, 'Where we are'),
    el('ol', { class: c('steps') }, ...STEPS.map(([label], index) => el(
      'li', { class: c('step', index < at && 'done', index === at && 'here'), 'aria-current': index === at ? 'step' : null },
      el('span', { class: c('mark') }, index < at ? icon(checkIcon) : null), label,
    ))),
    el('p', { class: c('soft') }, rests || next === undefined ? null : el('strong', {}, `Next: ${next}. `), whatOpensNext(account, manager)),
  );
}

/** Who belongs to the account; somebody alone knows that. */
export function membersCard({ members }: AccountState, me: string): HTMLElement | null {
  const others = Object.entries(members).filter(([id]) => id !== me);
  if (others.length === 0) return null;
  return el('section', { class: c('part'), 'aria-label': 'Who belongs to your account' },
    el('h2', { class: c('heading') }, 'Who belongs to your account'),
    el('ul', { class: c('steps') }, el('li', { class: c('step') }, 'You'), ...others.map(([, { name }]) => el('li', { class: c('step'), dir: 'auto' }, name))));
}
