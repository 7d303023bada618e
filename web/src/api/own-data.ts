import { call } from './session';

/** A copy of one's own data. */
export interface DataExport {
  id: string;
  state: 'making' | 'ready';
  requested_at: string;
  /** How many of `steps` are done; 0 of 0 before it is begun. */
  steps_done: number;
  steps: number;
  bytes: number | null;
  expires_at: string;
}

export const dataExports = () => call<DataExport[]>('GET', '/v1/auth/exports');
export const requestExport = (password: string, code: string | undefined) => call<DataExport>('POST', '/v1/auth/exports', { password, ...(code === undefined ? {} : { code }) });
export const exportAddress = ({ id }: DataExport) => `/v1/auth/exports/${id}/file`;

/** What stands in the way of deleting one's account. */
export interface DeletionOutlook {
  possible: boolean;
  last_admin_of: string[];
  operator: boolean;
  days: number;
}

export const deletionOutlook = () => call<DeletionOutlook>('GET', '/v1/auth/deletion');
export const askDeletion = (password: string, code: string | undefined) => call<{ due_at: string }>('POST', '/v1/auth/deletion', { password, ...(code === undefined ? {} : { code }) });
