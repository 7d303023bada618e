import { call, type Me } from '../../api/session';
import { Disposables } from '../../base/disposables';
import { el } from '../../ui/dom';
import { busy, button } from '../button/button';
import { authCard } from './auth';

/** Somebody who belongs to several businesses chooses where to go. */
export function chooseTenant(tenants: Me['tenants'], chosen: () => void): HTMLElement {
  const owned = new Disposables();
  const buttons = tenants.map((tenant) => {
    const choice = button({ label: tenant.name, kind: 'quiet' });
    owned.listen(choice, 'click', () => void busy(choice, async () => {
      await call('POST', '/v1/auth/tenant', { tenant: tenant.id });
      chosen();
    }));
    return choice;
  });
  return authCard('Where to?', 'You belong to several businesses.', el('div', {}, ...buttons));
}
