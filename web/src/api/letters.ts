import { call } from './session';

/** What a letter says where something is filled in, such as `{{business.name}}`. */
export interface Wording {
  subject: string;
  text: string;
}

export type Occasion = 'client_invitation' | 'staff_invitation' | 'transcript';

/** A letter that a business may word itself. */
export interface Letter {
  occasion: Occasion;
  /** How often it was changed since the usual words were last used, 0 while it is: who changes it says which one they saw. */
  rev: number;
  /** The business's own words; null while the usual ones are used. */
  own: Wording | null;
  ours: Wording;
  /** What can be filled in. */
  placeholders: string[];
}

/** A letter as it arrives. */
export interface Preview {
  subject: string;
  text: string;
  html: string;
}

export const MAX_SUBJECT = 150;
export const MAX_TEXT = 4_000;

export const letters = () => call<Letter[]>('GET', '/v1/tenant/letters');
export const wordLetter = (occasion: Occasion, rev: number, { subject, text }: Wording) => call<Letter>('PUT', `/v1/tenant/letters/${occasion}`, { rev, subject, text });
export const restoreLetter = (occasion: Occasion) => call<unknown>('DELETE', `/v1/tenant/letters/${occasion}`);
export const previewLetter = (occasion: Occasion, { subject, text }: Wording) => call<Preview>('POST', `/v1/tenant/letters/${occasion}/preview`, { subject, text });
