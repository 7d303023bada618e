import type { StaffMember } from '../../api/tenant';
import type { AccountState, Onboarding } from '../../live/protocol.gen';
import type { Session } from '../../session/start';
import { pick, type Choice } from '../picker/picker';
import { pickStaff } from '../picker/people';
import { LIFECYCLE, openSteps } from './next';

type Step = { to: AccountState['lifecycle']; onboarding?: Onboarding };

/** Asks who looks after the account from now on. */
export async function chooseManager(session: Session, staff: readonly StaffMember[], account: AccountState): Promise<void> {
  const manager = await pickStaff(session, staff, 'Who is the account manager?', account.manager);
  if (manager === undefined || manager === account.manager) return;
  await session.client.command(`account:${account.id}`, 'set_manager', { manager }).done.catch(complain(session));
}

/** Asks which step the account takes, and takes it. */
export async function takeStep(session: Session, account: AccountState): Promise<void> {
  const step = await pick('What is the next step?', openSteps(account).flatMap(choicesOf));
  if (step) await session.client.command(`account:${account.id}`, 'advance', step).done.catch(complain(session));
}

/** Onboarding is by hand or assisted (BK-LIFE-13). */
function choicesOf(to: Step['to']): Choice<Step>[] {
  if (to !== 'onboarding') return [{ value: { to }, label: LIFECYCLE[to] }];
  return [
    { value: { to, onboarding: 'manual' }, label: LIFECYCLE[to], note: 'the account manager does it' },
    { value: { to, onboarding: 'assisted' }, label: `${LIFECYCLE[to]}, assisted`, note: 'they do it, with help' },
  ];
}

function complain(session: Session): (error: Error) => void {
  return (error) => session.toasts.show({ text: error.message, danger: true });
}
