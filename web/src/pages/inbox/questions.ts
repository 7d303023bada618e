import type { StaffMember } from '../../api/tenant';
import { avatar, setPresence } from '../../components/avatar/avatar';
import type { Labels } from '../../components/label/label';
import { PRIORITIES } from '../../components/label/priority';
import { pick } from '../../components/picker/picker';
import type { Party, Priority } from '../../live/protocol.gen';
import type { Session } from '../../session/start';

/** Who works here, and what their conversations can be about. */
export interface Desk {
  staff: () => readonly StaffMember[];
  nameOf: (who: Party) => string | undefined;
  labels: () => Labels;
}

/** Asks for somebody of the staff, or nobody (`null`); `undefined` when it is not said. `current` is who it is, where that is one. */
export async function pickStaff({ presence, who }: Session, desk: Desk, title: string, current: string | null | undefined): Promise<string | null | undefined> {
  const people = [...desk.staff()].sort((a, b) => Number(b.id === who.user.id) - Number(a.id === who.user.id) || a.name.localeCompare(b.name));
  return pick<string | null>(title, [
    ...people.map((person) => {
      const face = avatar(person, 'small');
      setPresence(face, presence.of(person.id));
      return { value: person.id, label: person.id === who.user.id ? `${person.name} (you)` : person.name, face, current: person.id === current, note: presence.of(person.id) === 'online' ? 'online' : '' };
    }),
    { value: null, label: 'Nobody', current: current === null },
  ]);
}

/** How somebody is called in a sentence. */
export function calledIn({ who }: Session, desk: Desk, to: string | null): string {
  return to === null ? 'nobody' : to === who.user.id ? 'you' : desk.nameOf(to) ?? 'a colleague';
}

/** Asks how urgent something is. */
export function pickPriority(title: string, current: Priority | undefined): Promise<Priority | undefined> {
  return pick(title, PRIORITIES.map((choice) => ({ ...choice, current: choice.value === current })));
}
