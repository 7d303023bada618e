import { call, sessionChanged } from './session';

/** How one's own two-step sign-in stands. */
export interface FactorState {
  on: boolean;
  since: string | null;
  /** How many recovery codes were not used. */
  recovery_codes: number;
  /** Whether the business asks for it. */
  required: boolean;
}

/** A QR code: how many squares it is wide, and its dark ones as the `d` of a path. */
export interface Qr {
  size: number;
  path: string;
}

/** What an app is told; shown once. */
export interface Setup {
  secret: string;
  uri: string;
  qr: Qr;
}

const PATH = '/v1/auth/second-factor';

export const factorState = () => call<FactorState>('GET', PATH);
export const beginSetup = (password: string) => call<Setup>('POST', PATH, { password });

/** Turns it on; answers the recovery codes. The session is another one then. */
export async function confirmSetup(code: string): Promise<string[]> {
  const { recovery_codes: codes } = await call<{ recovery_codes: string[] }>('POST', `${PATH}/confirm`, { code });
  sessionChanged();
  return codes;
}

/** Makes new recovery codes; the ones from before end. */
export async function renewCodes(password: string, code: string): Promise<string[]> {
  return (await call<{ recovery_codes: string[] }>('POST', `${PATH}/recovery-codes`, { password, code })).recovery_codes;
}

/** Turns it off. The session is another one then. */
export async function turnOff(password: string, code: string): Promise<void> {
  await call('POST', `${PATH}/remove`, { password, code });
  sessionChanged();
}

/** The code after the password. */
export const finishSignIn = (code: string) => call<unknown>('POST', '/v1/auth/sign-in/second-step', { code });
