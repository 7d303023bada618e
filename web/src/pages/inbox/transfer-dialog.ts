import { formDialog } from '../../components/dialog/form-dialog';
import { choiceField, textField } from '../../components/field/field';
import { teamsByName } from '../../components/team/team';
import type { ConversationState } from '../../live/protocol.gen';
import type { Session } from '../../session/start';
import { el } from '../../ui/dom';
import type { Desk, Given } from './questions';

/** Asks to whom a conversation is handed on, and what they should know. `undefined` when it is not said. */
export async function transferDialog({ presence, who }: Session, desk: Desk, state: ConversationState): Promise<{ given: Given; note: string | undefined } | undefined> {
  const people = desk.staff().filter(({ id }) => id !== state.assignee).toSorted((a, b) => a.name.localeCompare(b.name));
  const named = people.map(({ id, name }) => ({ value: id, label: `${name}${id === who.user.id ? ' (you)' : ''}${presence.of(id) === 'online' ? ', online' : ''}` }));
  // One that nobody of it has is there already.
  const others = teamsByName(desk.teams()).filter(([id]) => id !== state.team || state.assignee !== null);
  const teams = others.map(([id, { name }]) => ({ value: id, label: `${name} (team)` }));
  const back = state.assignee === null ? [] : [{ value: '', label: 'Nobody: back to those that wait' }];
  const to = choiceField({ label: 'To', name: 'to' }, [...named, ...teams, ...back]);
  const note = textField({ label: 'What they should know', name: 'note', hint: 'An internal note. Customers never see it.' }, { maxlength: 4000 });
  const sure = await formDialog({
    title: 'Hand on', fields: { to, note },
    inside: [el('p', {}, `${state.name} is answered by somebody else from now on.`), to.root, note.root],
    submit: 'Hand on', save: async () => undefined,
  });
  if (!sure) return undefined;
  const [chosen, text] = [to.input.value, note.input.value.trim()];
  const given: Given = chosen.startsWith('tea_') ? { team: chosen } : { to: chosen === '' ? null : chosen };
  return { given, note: text === '' ? undefined : text };
}
