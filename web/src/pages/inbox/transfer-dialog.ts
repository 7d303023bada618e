import { formDialog } from '../../components/dialog/form-dialog';
import { choiceField, textField } from '../../components/field/field';
import type { ConversationState } from '../../live/protocol.gen';
import type { Session } from '../../session/start';
import { el } from '../../ui/dom';
import type { Desk } from './questions';

/** Asks to whom a conversation is handed on, and what they should know. `undefined` when it is not said. */
export async function transferDialog({ presence, who }: Session, desk: Desk, state: ConversationState): Promise<{ to: string | null; note: string | undefined } | undefined> {
  const people = desk.staff().filter(({ id }) => id !== state.assignee).toSorted((a, b) => a.name.localeCompare(b.name));
  const named = people.map(({ id, name }) => ({ value: id, label: `${name}${id === who.user.id ? ' (you)' : ''}${presence.of(id) === 'online' ? ', online' : ''}` }));
  const back = state.assignee === null ? [] : [{ value: '', label: 'Nobody: back to those that wait' }];
  const to = choiceField({ label: 'To', name: 'to' }, [...named, ...back]);
  const note = textField({ label: 'What they should know', name: 'note', hint: 'An internal note. Customers never see it.' }, { maxlength: 4000 });
  const sure = await formDialog({
    title: 'Hand on', fields: { to, note },
    inside: [el('p', {}, `${state.name} is answered by somebody else from now on.`), to.root, note.root],
    submit: 'Hand on', save: async () => undefined,
  });
  if (!sure) return undefined;
  const text = note.input.value.trim();
  return { to: to.input.value === '' ? null : to.input.value, note: text === '' ? undefined : text };
}
