import { inviteClient } from '../../api/tenant';
import { openDialog } from '../../components/dialog/dialog';
import { clearProblems, field, problemSummary, showProblem } from '../../components/field/field';
import type { ConversationState } from '../../live/protocol.gen';
import { el } from '../../ui/dom';

/** Asks for name and address and sends the invitation. Resolves to the address it went to. */
export async function inviteDialog(state: ConversationState): Promise<string | undefined> {
  const known = state.invited ?? state.contact;
  const fields = {
    name: field({ label: 'Name', name: 'name' }, { required: true, autocomplete: 'off', maxlength: 200, value: known?.name ?? '' }),
    email: field({ label: 'E-mail', name: 'email', hint: 'They choose a password with the link in the mail. The address counts as verified then.' },
      { type: 'email', required: true, autocomplete: 'off', maxlength: 254, value: known?.email ?? '' }),
  };
  const summary = problemSummary();
  const sent = await openDialog({
    title: 'Invite as a client',
    body: [
      el('p', {}, 'On accepting, this conversation and its history belong to their account, and you go on there.'),
      summary.root, fields.name.root, fields.email.root,
    ],
    submit: { label: 'Send the invitation' },
    run: async () => {
      clearProblems(fields, summary);
      const empty = Object.values(fields).find(({ input }) => input.value.trim() === '');
      if (empty) {
        empty.setProblem('This is needed.');
        empty.input.focus();
        return false;
      }
      try {
        await inviteClient(state.id, fields.email.input.value.trim(), fields.name.input.value.trim());
        return true;
      } catch (error) {
        showProblem(error, fields, summary);
        return false;
      }
    },
  });
  return sent ? fields.email.input.value.trim() : undefined;
}
