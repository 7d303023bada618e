import type { Criteria, Narrowing } from '../components/inbox-list/criteria';
import type { Order } from '../components/inbox-list/filters';
import { query } from './query';
import { call } from './session';

/** A saved view of the inbox: which conversations, in which order, under a name. */
export interface SavedView {
  id: string;
  /** How often it was changed: who changes it says which one they saw. */
  rev: number;
  /** Whether the whole staff sees it; otherwise it is one's own. */
  shared: boolean;
  name: string;
  criteria: Criteria;
  order: Order;
}

/** What is said of a view when it is kept or changed. */
export type ViewWords = Pick<SavedView, 'name' | 'criteria' | 'order'>;

/** How many conversations there are; of views of what is resolved nobody counts them. */
export interface Counts {
  open: number;
  waiting: number;
  mine: number;
  due: number;
  snoozed: number;
  views: { id: string; count: number | null }[];
}

export const MAX_VIEW_NAME = 60;

export const views = () => call<SavedView[]>('GET', '/v1/inbox/views');
export const createView = ({ name, criteria, order }: ViewWords, shared: boolean) => call<SavedView>('POST', '/v1/inbox/views', { name, criteria, order, shared });
export const changeView = ({ id, rev }: SavedView, { name, criteria, order }: ViewWords) => call<SavedView>('PUT', `/v1/inbox/views/${id}`, { rev, name, criteria, order });
export const removeView = ({ id }: SavedView) => call<unknown>('DELETE', `/v1/inbox/views/${id}`);

/** Of all conversations there are; of the lists only what they are narrowed to. */
export function counts(narrowing: Narrowing): Promise<Counts> {
  return call<Counts>('GET', `/v1/inbox/counts${query({ ...narrowing })}`);
}
