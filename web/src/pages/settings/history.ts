import { call, sessionChanged } from '../../api/session';
import { changePassword, ownHistory, type HistoryLine } from '../../api/settings';
import { deviceText } from '../../base/device';
import { passwordMeter } from '../../components/auth/auth';
import { busy, button } from '../../components/button/button';
import { formDialog } from '../../components/dialog/form-dialog';
import { field } from '../../components/field/field';
import { timeElement } from '../../components/time-text/time-text';
import type { Own } from '../../session/start';
import { el } from '../../ui/dom';
import { isRefusal, MOMENTS } from './history-words';
import { c, card, loaded, messageOf } from './parts';

const PAGE = 20;

/** When and from where one signed in, or somebody tried to. */
export function historyCard(session: Own): HTMLElement {
  const first = () => ownHistory(PAGE);
  return card(
    'Recent sign-ins',
    loaded(session.owned, 'Loading your sign-ins', first, ({ lines, kept_days: days }, again) => el(
      'div', { class: c('form') },
      el('p', { class: c('soft') }, `Sign-ins, tries with your address, and changes of your password and second step. Kept for ${days} days; of an address we keep its network only.`),
      list(session, lines, again))),
  );
}

function list(session: Own, first: HistoryLine[], again: () => void): HTMLElement {
  const { owned, toasts } = session;
  let last = first.at(-1);
  const row = (line: HistoryLine) => rowOf(session, line, again);
  const rows = el('ul', { class: c('rows') }, ...first.map(row));
  const older = button({ label: 'Show older ones', kind: 'quiet' });
  older.hidden = first.length < PAGE;
  owned.listen(older, 'click', () => void busy(older, async () => {
    const { lines } = await ownHistory(PAGE, last?.id);
    rows.append(...lines.map(row));
    last = lines.at(-1) ?? last;
    older.hidden = lines.length < PAGE;
  }).catch((error: unknown) => toasts.show({ text: messageOf(error), danger: true })));
  return first.length === 0
    ? el('p', { class: c('soft') }, 'Nothing yet. What happens from now on is shown here.')
    : el('div', {}, rows, el('div', { class: c('foot') }, older));
}

function rowOf(session: Own, line: HistoryLine, again: () => void): HTMLElement {
  const tag = (text: string, warn = false) => el('span', { class: warn ? `${c('tag')} ${c('warn')}` : c('tag') }, text);
  const doubt = button({ label: 'This was not me', small: true, kind: 'plain' }, { 'aria-label': `This was not me: ${MOMENTS[line.what]}` });
  session.owned.listen(doubt, 'click', () => void notMe(session).then((changed) => changed && again()));
  return el(
    'li', {},
    el('div', { class: c('grow') },
      el('strong', {}, MOMENTS[line.what]), ' ',
      line.current ? tag('This one') : null, ' ', line.new_device ? tag('New device', true) : null, isRefusal(line.what) ? tag('Not let in', true) : null,
      el('div', { class: c('soft') }, timeElement(line.at), line.network === null ? '' : `, from ${line.network}`),
      el('div', { class: c('soft') }, el('bdi', { title: line.device ?? '' }, line.device === null ? 'Done by whoever runs Brigade' : deviceText(line.device) || 'A program that does not say what it is'))),
    line.current ? null : doubt,
  );
}

/** The way out: everybody else is signed out, and the password is another. */
function notMe({ who }: Own): Promise<boolean> {
  const current = field({ label: 'Current password', name: 'current' }, { type: 'password', autocomplete: 'current-password', required: true });
  const next = field({ label: 'New password', name: 'password', hint: 'At least 8 characters, and one you use nowhere else.' }, { type: 'password', autocomplete: 'new-password', required: true });
  const address = el('input', { type: 'email', name: 'email', value: who.user.email, autocomplete: 'username', readonly: true, hidden: true });
  const meter = passwordMeter(next, (text) => call('POST', '/v1/auth/password/check', { password: text }));
  return formDialog({
    title: 'This was not me', fields: { current, password: next }, submit: 'Sign out everywhere else and change it',
    inside: [
      el('p', {}, 'Choose a new password. Everybody else who is signed in as you is signed out at once, on every device; here you stay signed in.'),
      address, current.root, next.root, meter, lost(),
    ],
    save: async () => {
      await changePassword(current.input.value, next.input.value);
      sessionChanged();
    },
  });
}

/** Behind the fields, so that the first of them has the focus. */
function lost(): HTMLElement {
  return el('p', { class: c('soft') },
    'If your current password does not work any more, somebody may have changed it: ', el('a', { href: '/reset' }, 'set a new one by mail'), '. Two-step sign-in keeps out who knows your password.');
}
