import { inviteClient } from '../../api/tenant';
import { formDialog } from '../../components/dialog/form-dialog';
import { field } from '../../components/field/field';
import type { ConversationState } from '../../live/protocol.gen';
import { el } from '../../ui/dom';

/** Asks for name and address and sends the invitation. Resolves to the address it went to. */
export async function inviteDialog(state: ConversationState): Promise<string | undefined> {
  const before = state.invited ?? state.contact ?? state.identity;
  const name = field({ label: 'Name', name: 'name' }, { required: true, autocomplete: 'off', maxlength: 200, value: before?.name ?? '' });
  const email = field({ label: 'E-mail', name: 'email', hint: 'They choose a password with the link in the mail. The address counts as verified then.' },
    { type: 'email', required: true, autocomplete: 'off', maxlength: 254, value: before?.email ?? '' });
  const sent = await formDialog({
    title: 'Invite as a client',
    fields: { name, email },
    inside: [el('p', {}, 'On accepting, this conversation and its history belong to their account, and you go on there.'), name.root, email.root],
    submit: 'Send the invitation',
    check: () => {
      const empty = [name, email].find(({ input }) => input.value.trim() === '');
      empty?.setProblem('This is needed.');
      empty?.input.focus();
      return !empty;
    },
    save: () => inviteClient(state.id, email.input.value.trim(), name.input.value.trim()),
  });
  return sent ? email.input.value.trim() : undefined;
}
