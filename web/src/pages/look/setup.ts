import { ApiError } from '../../api/http';
import { call } from '../../api/session';
import { emptyState, loadingState } from '../../components/empty/empty';
import { followLog } from '../../live/follow-log';
import type { TenantState } from '../../live/protocol.gen';
import { applyToTenant, StateStore } from '../../live/state-store';
import type { Looking } from '../../session/start';
import { el, fill, type Child } from '../../ui/dom';
import { alertIcon } from '../../ui/icons';
import { c } from './parts';

interface Business {
  name: string;
  slug: string;
  allowed_origins: string[];
  password_composition: boolean;
  second_factor_required: boolean;
}

interface Staff {
  members: { id: string; name: string; role: string; second_factor: boolean }[];
}

const yes = (is: boolean) => (is ? 'Yes' : 'No');

/** How the business is set up: what explains why something does not work, without keys and secrets. */
export function setup(session: Looking): HTMLElement {
  const facts = el('div', {}, loadingState('Loading how it is set up', 4));
  void load(facts);
  const live = el('div', {}, loadingState('Loading the live settings', 4));
  const tenant = new StateStore<TenantState>(applyToTenant);
  const { owned } = session;
  owned.add(followLog(session.client, `tenant:${session.tenant.id}`, tenant));
  owned.add(tenant.changed.on(() => {
    if (tenant.state) fill(live, el('pre', { class: c('code'), tabindex: 0, 'aria-label': 'The live settings' }, JSON.stringify(tenant.state, null, 2)));
  }));
  return el('div', { class: c('setup') }, card('The business', facts),
    card('Live settings', el('p', { class: c('soft') }, 'Hours, greeting, labels, teams, routing and targets, as programs see them.'), live));
}

function card(title: string, ...inside: Child[]): HTMLElement {
  return el('section', { class: c('card'), 'aria-label': title }, el('h2', { class: c('name') }, title), ...inside);
}

async function load(box: HTMLElement): Promise<void> {
  try {
    const [business, { members }] = await Promise.all([call<Business>('GET', '/v1/tenant'), call<Staff>('GET', '/v1/tenant/staff')]);
    const rows: [string, Child][] = [
      ['Name', el('bdi', {}, business.name)], ['Short name', business.slug],
      ['Sites that may show the chat', business.allowed_origins.length === 0 ? 'None' : business.allowed_origins.join(', ')],
      ['Everybody uses two-step sign-in', yes(business.second_factor_required)],
      ['Passwords need signs of several kinds', yes(business.password_composition)],
      ['People', el('ul', {}, ...members.map(({ name, role }) => el('li', {}, el('bdi', {}, name), role === 'admin' ? ', admin' : '')))],
    ];
    fill(box, el('dl', { class: c('facts') }, ...rows.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)])));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    fill(box, emptyState({ icon: alertIcon, title: 'This could not be loaded', text: error.message, level: 'h2' }));
  }
}
