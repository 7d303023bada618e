import { clockText, daysApart, weekdayText } from '../../components/time-text/time-text';
import { FORM } from '../../words/form';
import { filled, language } from '../../words/say';

/** When an answer can be expected. Says only what is known: the hours, not who is there. */
export function whatNext({ open_now, opens_at }: { open_now: boolean; opens_at: string | null }, now = new Date()): string {
  const words = FORM[language];
  if (open_now) return words.open;
  const opens = opens_at === null ? undefined : new Date(opens_at);
  if (!opens || opens <= now) return words.later;
  const days = daysApart(now, opens);
  const time = clockText(opens.toISOString());
  if (days === 0) return filled(words.today, { time });
  if (days === 1) return filled(words.tomorrow, { time });
  return days < 7 ? filled(words.day, { day: weekdayText(opens), time }) : words.later;
}
