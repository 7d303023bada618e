import '../../tokens/app.css';
import { Disposables } from '../../base/disposables';
import { operatorShell, VIEWS, type View } from '../../components/shell/operator-shell';
import { startOperator, type Own } from '../../session/start';
import { el, fill, mustFind, type Child } from '../../ui/dom';
import { youSection } from '../settings/you';
import { activitySection } from './activity';
import { overviewSection } from './overview';
import { c } from './parts';
import { queueSection } from './queue';
import { tenantSection } from './tenants';

/** Draws one of the views; what it asks and listens to ends with the disposables it gets. */
const DRAWS: Record<View['id'], (own: Own) => Child[]> = {
  overview: overviewSection, tenants: tenantSection, queue: queueSection, activity: activitySection, you: youSection,
};

void startOperator((own) => {
  const inner = el('div', { class: c('inner') });
  const main = el('main', { class: c('page') }, inner);
  const frame = operatorShell(own, main);
  let shown = own.owned.add(new Disposables());
  const show = () => {
    const current = VIEWS.find(({ id }) => `#${id}` === location.hash) ?? VIEWS[0];
    own.owned.drop(shown);
    shown = own.owned.add(new Disposables());
    frame.setCurrent(current);
    document.title = `${current.label} · Platform · Brigade`;
    fill(inner, el('h1', { class: c('title') }, current.label), ...DRAWS[current.id]({ ...own, owned: shown }));
    main.scrollTop = 0;
  };
  own.owned.listen(window, 'hashchange', () => {
    // Skipping to the content is no change of the view.
    if (location.hash !== '#main') show();
  });
  fill(mustFind('#app'), frame.root);
  show();
});
