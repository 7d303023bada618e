import { clockText } from '../../components/time-text/time-text';
import type { SiteConfig } from './site';

const weekday = new Intl.DateTimeFormat('en', { weekday: 'long' });

/** Whether somebody is there, and if not, when. Says only what is known. */
export function presenceLine(config: SiteConfig, now = new Date()): string {
  if (config.staff_online) return 'We are here';
  if (config.open_now) return 'Away for a moment. Write, and we answer as soon as we are back';
  const opens = config.opens_at ? new Date(config.opens_at) : undefined;
  if (!opens || opens <= now) return 'Away. Write, and we answer when we are back';
  const days = Math.round((new Date(opens).setHours(0, 0, 0, 0) - new Date(now).setHours(0, 0, 0, 0)) / 86_400_000);
  const day = days === 0 ? 'today' : days === 1 ? 'tomorrow' : days < 7 ? `on ${weekday.format(opens)}` : 'soon';
  return `Away. Back ${day}${days < 7 ? ` at ${clockText(opens.toISOString())}` : ''}`;
}
