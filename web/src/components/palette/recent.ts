import { remember, remembered } from '../../base/remembered';

const KEY = 'brigade.recent-actions';
const KEPT = 5;

/** What was done last from the palette, the newest first, by the actions' ids. */
export function recentActions(): string[] {
  return (remembered(KEY) ?? '').split(' ').filter((id) => id !== '').slice(0, KEPT);
}

export function rememberAction(id: string): void {
  remember(KEY, [id, ...recentActions().filter((other) => other !== id)].slice(0, KEPT).join(' '));
}
