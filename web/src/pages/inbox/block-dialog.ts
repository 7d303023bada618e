import { formDialog } from '../../components/dialog/form-dialog';
import { textField } from '../../components/field/field';
import { topicOf } from '../../live/conversation';
import { addressOf } from '../../live/desk';
import type { BlockBody, ConversationState } from '../../live/protocol.gen';
import type { Session } from '../../session/start';
import { el } from '../../ui/dom';

const MAX_REASON = 500;

/** Asks why a visitor is to be blocked, and does it. Resolves to what was asked for. */
export async function blockDialog({ client }: Session, state: ConversationState): Promise<BlockBody | undefined> {
  const reason = textField({ label: 'Why', name: 'reason', hint: 'For your colleagues. The visitor does not see it.' }, { rows: 2, maxlength: MAX_REASON, dir: 'auto', required: true });
  const address = el('input', { type: 'checkbox', name: 'email' });
  const known = addressOf(state);
  const tick = known ? el('label', {}, address, ' Also block the address ', el('bdi', {}, known), ', so that it cannot be left in another chat') : null;
  let asked: BlockBody | undefined;
  const done = await formDialog({
    title: `Block ${state.name}?`,
    fields: { reason },
    inside: [
      el('p', {}, 'They can read this conversation, and write nothing more in this browser. They are told so kindly, without a reason. You can take it back at any time.'),
      reason.root, tick,
    ],
    submit: 'Block',
    check: () => {
      const said = reason.input.value.trim() !== '';
      if (!said) reason.setProblem('Say why, in a few words.');
      return said;
    },
    save: async () => {
      asked = { reason: reason.input.value.trim(), ...(address.checked && { email: true }) };
      await client.command(topicOf(state.id), 'block', { ...asked }).done;
    },
  });
  return done ? asked : undefined;
}
