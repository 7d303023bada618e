import { dataExports, exportAddress, requestExport, type DataExport } from '../../api/own-data';
import { factorState } from '../../api/second-factor';
import { button, linkButton } from '../../components/button/button';
import { formDialog } from '../../components/dialog/form-dialog';
import { field } from '../../components/field/field';
import { sizeText } from '../../components/files/draw';
import { anyCodeField } from '../../components/second-factor/code-field';
import { dayText, timeElement } from '../../components/time-text/time-text';
import type { Session } from '../../session/start';
import { el, fill, type Child } from '../../ui/dom';
import { deleteAccountCard } from './delete-account';
import { c, card, loaded } from './parts';

const LOOK_MS = 2_000;
const HOUR_MS = 3_600_000;

/** What is known of one, to take along. */
export function ownDataSection(session: Session): Child[] {
  return [
    el('p', { class: c('lead') }, 'What Brigade knows of you is yours to see and to take along.'),
    card('Get a copy', ...about(), loaded(session.owned, 'Loading your copies', dataExports, (copies) => exportsBox(session, copies))),
    deleteAccountCard(session),
  ];
}

function about(): Child[] {
  return [
    el('p', {}, 'A ZIP with your profile, where you belong, your sign-ins, your conversations and what you wrote, your drafts, your saved views, the files you sent, and what the audit logs say of you. A text in it explains the rest.'),
    el('p', { class: c('soft') }, 'Making it takes from a few seconds to some minutes; you get a mail when it is ready. It is kept for 7 days. One copy an hour; files beyond 1 GB in all are listed and left out.'),
  ];
}

/** The copies there are. While one is being made it looks again by itself. */
function exportsBox(session: Session, first: DataExport[]): HTMLElement {
  const { owned } = session;
  const said = el('p', { role: 'status', class: 'visually-hidden' });
  const box = el('div', { class: c('form') });
  const root = el('div', {}, said, box);
  const ask = button({ label: 'Get a copy', kind: 'primary' });
  owned.listen(ask, 'click', () => void askForCopy(session).then((asked) => asked && look()));
  const look = () => void dataExports().then(show, () => void owned.after(LOOK_MS, look));
  const show = (copies: DataExport[]) => {
    const making = copies.some(({ state }) => state === 'making');
    const soon = copies.some(({ requested_at: at }) => Date.now() - Date.parse(at) < HOUR_MS);
    const text = making ? 'Your copy is being made.' : copies.length > 0 ? 'Your copy is ready.' : '';
    if (said.textContent !== text) fill(said, text);
    fill(box,
      copies.length === 0 ? null : el('ul', { class: c('rows') }, ...copies.map(rowOf)),
      making || soon ? el('p', { class: c('soft') }, making ? 'You can leave this page: it goes on by itself.' : 'You can ask for another one an hour after the last.') : el('div', { class: c('foot') }, ask));
    if (making) owned.after(LOOK_MS, look);
  };
  show(first);
  return root;
}

function rowOf(copy: DataExport): HTMLElement {
  const asked = el('div', { class: c('soft') }, 'Asked for ', timeElement(copy.requested_at));
  if (copy.state === 'making') {
    const progress = el('progress', { class: c('progress'), 'aria-label': 'How much of your copy is made', max: String(Math.max(copy.steps, 1)), value: String(copy.steps_done) });
    return el('li', {}, el('div', { class: c('grow') }, el('strong', {}, 'Being made'), asked, progress));
  }
  const address = exportAddress(copy);
  return el('li', {},
    el('div', { class: c('grow') }, el('strong', {}, `Ready: ${sizeText(copy.bytes ?? 0)}`), asked, el('div', { class: c('soft') }, 'Kept until ', timeElement(copy.expires_at, dayText))),
    linkButton({ label: 'Save', kind: 'primary', small: true }, address, { download: '' }));
}

async function askForCopy({ who, toasts }: Session): Promise<boolean> {
  const two = await factorState().then(({ on }) => on, () => false);
  const password = field({ label: 'Your password', name: 'password' }, { type: 'password', autocomplete: 'current-password', required: true });
  const code = anyCodeField();
  const address = el('input', { type: 'email', name: 'email', value: who.user.email, autocomplete: 'username', readonly: true, hidden: true });
  return formDialog({
    title: 'Get a copy of your data', fields: { password, code }, submit: 'Make the copy',
    inside: [el('p', {}, 'So that nobody else takes it while you are away from your screen.'), address, password.root, ...(two ? [code.root] : [])],
    save: async () => {
      await requestExport(password.input.value, two ? code.input.value : undefined);
      toasts.show({ text: 'Your copy is being made.' });
    },
  });
}
