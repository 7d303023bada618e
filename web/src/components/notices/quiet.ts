import type { NoticeSettings } from '../../api/notice-settings';

/** Whether it is quiet for somebody who set these hours, by their own clock or, if they have said none, by this device's. */
export function isQuiet({ quiet, zone }: Pick<NoticeSettings, 'quiet' | 'zone'>, now: Date): boolean {
  if (!quiet) return false;
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...(zone === null ? {} : { timeZone: zone }) });
  const time = clock.format(now);
  const { from, to } = quiet;
  return from < to ? from <= time && time < to : from <= time || time < to;
}
