import { changeReply, createReply, MAX_SHORTCUT, removeReply, replies, type CannedReply } from '../../api/replies';
import { button } from '../../components/button/button';
import { MAX_CHARACTERS } from '../../components/composer/composer';
import { matching, VARIABLES } from '../../components/composer/reply-picker';
import { formDialog } from '../../components/dialog/form-dialog';
import { field, textField } from '../../components/field/field';
import { finder } from '../../components/finder/finder';
import type { Session } from '../../session/start';
import { el, type Child } from '../../ui/dom';
import { plusIcon } from '../../ui/icons';
import { c, card, doButton, loaded, messageOf } from './parts';

/** Texts that are sent often: the staff looks them up, an admin changes them. */
export function replySection({ owned, toasts }: Session, admin: boolean): Child[] {
  const complain = (text: string) => toasts.show({ text, danger: true });
  const list = loaded(owned, 'Loading the canned replies', replies, (all, again) => {
    const rows = all.map((reply) => el(
      'li', {},
      el('div', { class: c('grow') }, el('b', {}, `/${reply.shortcut}`), el('div', { class: c('excerpt'), dir: 'auto' }, reply.text)),
      admin ? doButton(owned, { label: 'Change' }, async () => (await edit(reply)) && again(), complain, { 'aria-label': `Change /${reply.shortcut}` }) : null,
      admin ? doButton(owned, { label: 'Remove', kind: 'plain' }, async () => {
        await removeReply(reply.id);
        again();
        const undo = () => void createReply(reply).then(again, (error: unknown) => complain(messageOf(error)));
        toasts.show({ text: `/${reply.shortcut} is removed.`, action: { label: 'Undo', run: undo } });
      }, complain, { 'aria-label': `Remove /${reply.shortcut}` }) : null,
    ));
    const add = admin ? button({ label: 'Add a reply', icon: plusIcon, kind: 'primary' }) : null;
    if (add) owned.listen(add, 'click', () => void edit().then((done) => done && again()));
    return el('div', { class: c('form') },
      finder(owned, all, rows, (words) => matching(all, words.replace(/^\//, '')))?.root,
      rows.length > 0 ? el('ul', { class: c('rows') }, ...rows) : el('p', { class: c('soft') }, 'There are none yet.'),
      el('div', { class: c('foot') }, add ?? el('span', { class: c('soft') }, 'Your admins add and change them.')));
  });
  return [card('What you write often', el('p', { class: c('soft') }, 'Type / and the shortcut in a conversation. The text goes where you are writing, and you can change it before it is sent.'), list)];
}

/** Asks for a reply and keeps it; resolves to whether it was kept. */
function edit(reply?: CannedReply): Promise<boolean> {
  const shortcut = field({ label: 'Shortcut', name: 'shortcut', hint: 'Lower-case letters, digits and hyphens, such as opening-hours.' },
    { autocomplete: 'off', spellcheck: 'false', maxlength: MAX_SHORTCUT + 1, value: reply?.shortcut ?? '' });
  const text = textField({ label: 'Text', name: 'text', hint: `Filled in when it is used: ${VARIABLES.map((name) => `{{${name}}}`).join(' ')}. What to say when a name is not known goes after a bar: {{customer.first_name|friend}}.` },
    { rows: 7, dir: 'auto', maxlength: MAX_CHARACTERS * 2 });
  text.input.value = reply?.text ?? '';
  return formDialog({
    title: reply ? `Change /${reply.shortcut}` : 'New canned reply',
    fields: { shortcut, text },
    submit: reply ? 'Save' : 'Add',
    wide: true,
    save: () => {
      const wanted = { shortcut: shortcut.input.value, text: text.input.value };
      return reply ? changeReply({ ...reply, ...wanted }) : createReply(wanted);
    },
  });
}
