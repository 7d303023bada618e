import type { StaffMember } from '../../api/tenant';
import type { Labels } from '../../components/label/label';
import { PRIORITIES } from '../../components/label/priority';
import { staffChoices } from '../../components/picker/people';
import { pick, type Choice } from '../../components/picker/picker';
import { teamFace, teamsByName, type Teams } from '../../components/team/team';
import type { Party, Priority } from '../../live/protocol.gen';
import type { Session } from '../../session/start';

/** Who works here, and what their conversations can be about. */
export interface Desk {
  staff: () => readonly StaffMember[];
  nameOf: (who: Party) => string | undefined;
  labels: () => Labels;
  teams: () => Teams;
}

/** Who a conversation is given to: somebody, or nobody (`null`); or a team, or none. */
export type Given = { to: string | null } | { team: string | null };

/** Asks who a conversation, or several, are given to: a colleague or a team. Both are said where they are the same for all. */
export async function pickTaker(session: Session, desk: Desk, title: string, current: { assignee: string | null | undefined; team: string | null | undefined }): Promise<Given | undefined> {
  const teams = teamsByName(desk.teams());
  const noTeam: Choice<Given>[] = teams.length === 0 || current.team === null ? [] : [{ value: { team: null }, label: 'No team' }];
  return pick<Given>(title, [
    ...staffChoices(session, desk.staff(), current.assignee).map((choice) => ({ ...choice, value: { to: choice.value } })),
    ...teams.map(([id, { name }]): Choice<Given> => ({ value: { team: id }, label: name, face: teamFace(), note: 'team', current: id === current.team })),
    { value: { to: null }, label: 'Nobody', current: current.assignee === null && !current.team },
    ...noTeam,
  ]);
}

/** How whoever gets it is called in a sentence. */
export function takerIn(session: Session, desk: Desk, given: Given): string {
  if ('to' in given) return calledIn(session, desk, given.to);
  return given.team === null ? 'no team' : desk.teams()[given.team]?.name ?? 'a team';
}

/** How that is said: "assigned to you", "given to Kitchen". */
export function givenText(session: Session, desk: Desk, given: Given): string {
  if ('team' in given && given.team === null) return 'no team’s any more';
  return `${'to' in given ? 'assigned' : 'given'} to ${takerIn(session, desk, given)}`;
}

/** How somebody is called in a sentence. */
function calledIn({ who }: Session, desk: Desk, to: string | null): string {
  return to === null ? 'nobody' : to === who.user.id ? 'you' : desk.nameOf(to) ?? 'a colleague';
}

/** Asks how urgent something is. */
export function pickPriority(title: string, current: Priority | undefined): Promise<Priority | undefined> {
  return pick(title, PRIORITIES.map((choice) => ({ ...choice, current: choice.value === current })));
}
