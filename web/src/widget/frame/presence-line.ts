import { clockText, daysApart, weekdayText } from '../../components/time-text/time-text';
import { say } from '../../words/say';
import type { SiteConfig } from './site';

/** Whether somebody is there, and if not, when. Says only what is known. */
export function presenceLine(config: SiteConfig, now = new Date()): string {
  if (config.staff_online) return say('there.here');
  if (config.open_now) return say('there.moment');
  const opens = config.opens_at ? new Date(config.opens_at) : undefined;
  if (!opens || opens <= now) return say('there.away');
  const days = daysApart(now, opens);
  const time = clockText(opens.toISOString());
  if (days === 0) return say('there.today', { time });
  if (days === 1) return say('there.tomorrow', { time });
  return days < 7 ? say('there.day', { day: weekdayText(opens), time }) : say('there.soon');
}
