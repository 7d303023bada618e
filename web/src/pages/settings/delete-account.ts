import { askDeletion, deletionOutlook, type DeletionOutlook } from '../../api/own-data';
import { factorState } from '../../api/second-factor';
import { button } from '../../components/button/button';
import { formDialog } from '../../components/dialog/form-dialog';
import { field } from '../../components/field/field';
import { anyCodeField } from '../../components/second-factor/code-field';
import type { Session } from '../../session/start';
import { el, type Child } from '../../ui/dom';
import { c, card, loaded } from './parts';

const GOES = [
  'Your name and e-mail address, your password and your second step',
  'Your sessions, your sign-ins and the copies of your data',
  'Your drafts and saved views, and your place in every business',
];
const STAYS = [
  'What you said in conversations, with the files and the name you had then: it is the business’s correspondence, and they answer for it',
  'Lines of the audit logs, with the address a request came from, which name you by an id that says nothing any more: they show that nobody has changed anything',
];

/** Saying goodbye: what goes, what stays and why, and the way to it. */
export function deleteAccountCard(session: Session): HTMLElement {
  return card('Delete your account',
    el('p', {}, 'This goes:'), list(GOES), el('p', {}, 'This stays:'), list(STAYS),
    loaded(session.owned, 'Loading', deletionOutlook, (outlook) => el('div', { class: c('form') }, ...(outlook.possible ? whenPossible(session, outlook) : whyNot(outlook)))));
}

function list(items: readonly string[]): HTMLElement {
  return el('ul', { class: c('points') }, ...items.map((text) => el('li', {}, text)));
}

function whenPossible(session: Session, { days }: DeletionOutlook): Child[] {
  const begin = button({ label: 'Delete your account', kind: 'danger' });
  session.owned.listen(begin, 'click', () => void ask(session, days));
  return [
    el('p', { class: c('soft') }, `You are signed out at once. For ${days} days you can take it back: sign in. Get a copy of your data first if you want to keep it.`),
    el('div', { class: c('foot') }, begin),
  ];
}

function whyNot({ last_admin_of: places, operator }: DeletionOutlook): Child[] {
  return [
    places.length === 0 ? null : el('p', {}, el('strong', {}, 'You are the last admin of ', el('bdi', {}, places.join(', ')), '. '), 'Make somebody else an admin first, under People.'),
    operator ? el('p', {}, el('strong', {}, 'You operate this platform. '), 'Whoever runs the server has to end that first.') : null,
  ];
}

async function ask({ who }: Session, days: number): Promise<void> {
  const two = await factorState().then(({ on }) => on, () => false);
  const password = field({ label: 'Your password', name: 'password' }, { type: 'password', autocomplete: 'current-password', required: true });
  const code = anyCodeField();
  const address = el('input', { type: 'email', name: 'email', value: who.user.email, autocomplete: 'username', readonly: true, hidden: true });
  await formDialog({
    title: 'Delete your account?', fields: { password, code }, submit: 'Delete my account',
    inside: [el('p', {}, `In ${days} days everything listed here goes for good. Until then, signing in takes it back.`), address, password.root, ...(two ? [code.root] : [])],
    save: async () => {
      const { due_at: due } = await askDeletion(password.input.value, two ? code.input.value : undefined);
      // At once: the socket has ended with the session, and the page would leave by itself without a word.
      location.assign(`/sign-in#deleted=${due}`);
    },
  });
}
