/** What can be in a sign-in history. */
export type Moment =
  | 'signed_in' | 'program_signed_in' | 'password_refused' | 'code_refused' | 'password_changed' | 'password_reset' | 'second_factor_on'
  | 'second_factor_off' | 'second_factor_reset' | 'recovery_codes_renewed' | 'recovery_code_used' | 'signed_out_everywhere';

/** How it is said. */
export const MOMENTS: Record<Moment, string> = {
  signed_in: 'Signed in',
  program_signed_in: 'A program signed in',
  password_refused: 'Wrong password',
  code_refused: 'Right password, wrong code',
  password_changed: 'Password changed',
  password_reset: 'New password set by mail or by whoever runs Brigade',
  second_factor_on: 'Two-step sign-in turned on',
  second_factor_off: 'Two-step sign-in turned off',
  second_factor_reset: 'Two-step sign-in reset by an admin',
  recovery_codes_renewed: 'New recovery codes made',
  recovery_code_used: 'Recovery code used',
  signed_out_everywhere: 'Signed out everywhere',
};

/** Somebody tried and was not let in. */
export function isRefusal(what: Moment): boolean {
  return what === 'password_refused' || what === 'code_refused';
}
