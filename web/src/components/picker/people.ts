import type { StaffMember } from '../../api/tenant';
import type { Session } from '../../session/start';
import { avatar, setPresence } from '../avatar/avatar';
import { pick, type Choice } from './picker';

/** The staff to choose from, oneself first, and who is there. */
export function staffChoices({ presence, who }: Session, staff: readonly StaffMember[], current: string | null | undefined): Choice<string>[] {
  const people = [...staff].sort((a, b) => Number(b.id === who.user.id) - Number(a.id === who.user.id) || a.name.localeCompare(b.name));
  return people.map((person) => {
    const face = avatar(person, 'small');
    setPresence(face, presence.of(person.id));
    return { value: person.id, label: person.id === who.user.id ? `${person.name} (you)` : person.name, face, current: person.id === current, note: presence.of(person.id) === 'online' ? 'online' : '' };
  });
}

/** Asks for somebody of the staff, or nobody (`null`); `undefined` when it is not said. `current` is who it is, where that is one. */
export async function pickStaff(session: Session, staff: readonly StaffMember[], title: string, current: string | null | undefined): Promise<string | null | undefined> {
  return pick<string | null>(title, [...staffChoices(session, staff, current), { value: null, label: 'Nobody', current: current === null }]);
}
