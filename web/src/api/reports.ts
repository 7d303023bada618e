import type { LabelColor } from '../live/protocol.gen';
import { call } from './session';

/** How long something took, in seconds. */
export interface Spread {
  median: number;
  p90: number;
}

/** Which time counts: while the business is open, or all of it. */
export type Clock = 'open' | 'always';

/** What customers said of how they were served: `good` is good or very good. */
export interface Said {
  asked: number;
  rated: number;
  good: number;
}

export interface Kept {
  met: number;
  missed: number;
}

/** What matters come to. */
export interface Figures {
  matters: number;
  answered: number;
  resolved: number;
  /** Customers' messages, of those that are resolved. */
  messages: number;
  first: Spread | null;
  resolution: Spread | null;
  answers_kept: Kept;
  resolutions_kept: Kept;
  feedback: Said;
}

export interface Days {
  from: string;
  to: string;
}

/** What somebody did; `null` is nobody in particular, or a program. */
export interface PersonFigures {
  person: string | null;
  name: string | null;
  matters: number;
  answered: number;
  first: Spread | null;
  resolved: number;
  resolution: Spread | null;
  feedback: Said;
}

export interface LabelFigures {
  label: string | null;
  name: string | null;
  color: LabelColor | null;
  figures: Figures;
}

/** How many got to a step on the way from an enquiry to a client, by how they came; half of them within `median` seconds. */
export interface Reached {
  step: FunnelStep;
  number: number;
  chat: number;
  enquiry: number;
  access: number;
  median: number | null;
}

export type FunnelStep = 'opened' | 'answered' | 'invited' | 'client' | 'onboarding' | 'pack_purchase' | 'subscription_applied' | 'weekly_ordering' | 'consumption';

export interface Report {
  zone: string;
  days: Days;
  days_before: Days;
  grain: 'day' | 'week';
  since: string | null;
  has_hours: boolean;
  clock: Clock;
  everybody: boolean;
  most: number;
  figures: Figures;
  figures_before: Figures;
  slices: { days: Days; figures: Figures }[];
  /** Seven days from Monday on, of 24 hours each. */
  hours: number[][];
  people: PersonFigures[];
  labels: LabelFigures[];
  funnel: Reached[];
}

/** Which tables can be taken along. */
export type Table = 'time' | 'hours' | 'people' | 'labels' | 'funnel';

export const report = (query: URLSearchParams, signal: AbortSignal) => call<Report>('GET', `/v1/reports?${query}`, undefined, { signal });
export const tableAddress = (table: Table, query: URLSearchParams): string => `/v1/reports/figures.csv?table=${table}&${query}`;
export const mattersAddress = (query: URLSearchParams): string => `/v1/reports/matters.csv?${query}`;
