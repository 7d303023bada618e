import '../../tokens/app.css';
import { ApiError } from '../../api/http';
import { mattersAddress, report as ask, tableAddress, type Report } from '../../api/reports';
import { staff } from '../../api/tenant';
import { Disposables } from '../../base/disposables';
import { button, linkButton } from '../../components/button/button';
import { countWords, daysWords, wholeDay } from './chart/words';
import { emptyState, loadingState } from '../../components/empty/empty';
import { findAction, listActions } from '../../components/inbox-list/list-actions';
import { shell } from '../../components/shell/shell';
import { followLog } from '../../live/follow-log';
import type { TenantState } from '../../live/protocol.gen';
import { applyToTenant, StateStore } from '../../live/state-store';
import { startSession, type Session } from '../../session/start';
import { el, fill, mustFind, setText, type Child } from '../../ui/dom';
import { chartIcon, downIcon, offlineIcon } from '../../ui/icons';
import { funnelTable, hourChart, labelTable, peopleTable, tookChart, volumeChart } from './charts';
import { addressOf, queryOf, readChoice, type Choice } from './choice';
import { controls } from './controls';
import { figureTiles } from './figures';
import { definitions } from './help';
import { c, section } from './parts';

void startSession('staff', (session) => {
  const { owned } = session;
  let choice = readChoice(location.search);
  let shown: Report | undefined;
  let charts = owned.add(new Disposables());
  let asking: AbortController | undefined;
  const box = controls(session, choice);
  const said = el('p', { class: c('soft'), role: 'status' });
  const content = el('div', { class: c('content') }, loadingState('Loading the report', 4));

  const draw = () => {
    if (!shown) return;
    owned.drop(charts);
    charts = owned.add(new Disposables());
    box.clock(shown.clock, shown.has_hours);
    setText(said, aboutDays(shown));
    fill(content, ...body({ ...session, owned: charts }, shown, choice));
  };
  const load = async () => {
    asking?.abort();
    const mine = (asking = new AbortController());
    content.setAttribute('aria-busy', 'true');
    try {
      shown = await ask(queryOf(choice), mine.signal);
      draw();
    } catch (error) {
      if (mine.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      setText(said, '');
      shown = undefined;
      const again = button({ label: 'Try again', kind: 'primary' });
      owned.drop(charts);
      charts = owned.add(new Disposables());
      charts.listen(again, 'click', () => void load());
      charts.listen(window, 'online', () => void load());
      fill(content, emptyState({ icon: offlineIcon, title: 'The report cannot be shown', text: error.message, action: again }));
    } finally {
      if (asking === mine) content.removeAttribute('aria-busy');
    }
  };
  owned.add(box.chosen.on((next) => {
    choice = next;
    history.replaceState(null, '', addressOf(choice));
    void load();
  }));
  followNames(session, box);
  session.actions.add(listActions((filter) => location.assign(`/inbox?f=${filter}`)));
  session.actions.add(findAction((words) => location.assign(`/inbox?q=${encodeURIComponent(words)}`)));
  const main = el('main', { class: c('page') }, el('div', { class: c('inner') }, el('h1', { class: c('title') }, 'Reports'), box.root, said, content, definitions()));
  fill(mustFind('#app'), shell(session, '/reports', main));
  void load();
});

/** Who and what one can choose; the report is there without. */
function followNames(session: Session, box: ReturnType<typeof controls>): void {
  const tenant = new StateStore<TenantState>(applyToTenant);
  let names = '';
  session.owned.add(tenant.changed.on(() => {
    const labels = tenant.state?.labels ?? {};
    const now = JSON.stringify(labels);
    if (now !== names) box.labels(labels);
    names = now;
  }));
  session.owned.add(followLog(session.client, `tenant:${session.tenant.id}`, tenant));
  if (session.who.kind !== 'admin') return;
  staff().then(({ members }) => box.people(members), (error: unknown) => {
    if (!(error instanceof ApiError)) throw error;
  });
}

function aboutDays({ days, days_before, zone, since }: Report): string {
  const from = since !== null && since.slice(0, 10) > days.from ? ` Nothing is known from before ${wholeDay(since.slice(0, 10))}.` : '';
  return `${daysWords(days)}, ${zone}. Compared with ${daysWords(days_before)}.${from}`;
}

function body(session: Session, report: Report, choice: Choice): Child[] {
  const { owned, who } = session;
  const query = queryOf(choice);
  if (report.figures.matters === 0 && report.figures_before.matters === 0) {
    return [emptyState({ icon: chartIcon, title: 'No customer came in these days', text: 'Choose another period, or everybody and all matters. A matter begins when a customer writes.' })];
  }
  return [
    figureTiles(report),
    section('New matters', tableAddress('time', query), volumeChart(owned, report)),
    section('When customers come', tableAddress('hours', query), hourChart(owned, report)),
    el('div', { class: c('pair') },
      section('First answer', tableAddress('time', query), tookChart(owned, report, 'First answer', 'first')),
      section('Resolution', tableAddress('time', query), tookChart(owned, report, 'Resolution', 'resolution'))),
    section('From enquiry to client', tableAddress('funnel', query), funnelTable(report.funnel),
      el('p', { class: c('soft') }, 'Conversations that began on the site in these days, and how far they got until now: all of them, whoever is chosen above.')),
    section('By person', tableAddress('people', query), peopleTable(report.people),
      report.everybody ? null : el('p', { class: c('soft') }, 'What the others did is for them and the admins.')),
    section('By label', tableAddress('labels', query), labelTable(report.labels)),
    who.kind === 'admin' ? matters(report, query) : null,
  ];
}

/** All there is, one line each: it leaves the house, so it is on the record. */
function matters({ figures, most }: Report, query: URLSearchParams): HTMLElement {
  const fits = figures.matters <= most;
  return section('All matters', null,
    el('p', { class: c('soft') }, `One line for each of the ${countWords(figures.matters)} matters: when it began, was answered and resolved, by whom, its labels and targets. No names of customers and nothing they wrote. That it was downloaded is in the audit log.`),
    fits ? el('p', {}, linkButton({ label: 'Download all matters', icon: downIcon }, mattersAddress(query), { download: true }))
      : el('p', {}, `A file has ${countWords(most)} matters at most. Choose a shorter period.`));
}
