import type { NoticeKind } from './notices';
import { call } from './session';

export type MailWhen = 'never' | '15_minutes' | 'hour' | 'daily';

/** What one wants to be told, and how: the same in every business one works for. */
export interface NoticeSettings {
  /** How often they were changed: who changes them says which they saw. */
  rev: number;
  /** What one is not told at all. */
  off: NoticeKind[];
  /** What one is told, and not by mail. */
  unmailed: NoticeKind[];
  /** What one is told, and not on devices on which no page is open. */
  unpushed: NoticeKind[];
  mail: MailWhen;
  /** 0 to 23. */
  mail_hour: number;
  /** `null`: that of the business. */
  zone: string | null;
  quiet: { from: string; to: string } | null;
}

export const noticeSettings = () => call<NoticeSettings>('GET', '/v1/notices/settings');
export const keepNoticeSettings = (settings: NoticeSettings) => call<NoticeSettings>('PUT', '/v1/notices/settings', settings);
