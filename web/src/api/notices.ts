import { call } from './session';

/** What is told. */
export type NoticeKind = 'assigned' | 'mentioned' | 'answered' | 'waiting' | 'due' | 'accepted' | 'entrusted' | 'held_back' | 'webhook_off' | 'support_came';

/** One thing that one was told. */
export interface Notice {
  id: string;
  kind: NoticeKind;
  conversation: string | null;
  account: string | null;
  webhook: string | null;
  /** Under which support looks. */
  permission: string | null;
  /** What it is about: the customer, the account, the address of the webhook, who of support looks. */
  name: string;
  /** How often it happened since it was last read. */
  times: number;
  by: string | null;
  by_name: string | null;
  words: string | null;
  due_at: string | null;
  /** Of support: until when it may look, or when that was over. */
  until: string | null;
  at: string;
  read: boolean;
}

/** What was read, as far as it had happened by `until`. */
export type WhatWasRead = { until: string; ids?: string[]; conversation?: string };

export const notices = () => call<Notice[]>('GET', '/v1/notices');
/** Arrives also when the page is left at once for what the notice is about. */
export const readNotices = (what: WhatWasRead) => call<unknown>('POST', '/v1/notices/read', what, { keepalive: true });
