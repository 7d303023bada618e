import type { Priority } from '../../live/protocol.gen';
import { flagIcon, icon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { chip } from '../chip/chip';
import styles from './priority.module.css';

const c = mustClass(styles);

/** How urgent something can be, the most urgent first, and how that is said. */
export const PRIORITIES: readonly { value: Priority; label: string }[] = [
  { value: 'urgent', label: 'Urgent' }, { value: 'high', label: 'High' }, { value: 'normal', label: 'Normal' }, { value: 'low', label: 'Low' },
];

/** How it is said. */
export function priorityText(priority: Priority): string {
  return PRIORITIES.find(({ value }) => value === priority)!.label;
}

/** The rank of a priority: 0 is the most urgent. */
export function rankOf(priority: Priority | undefined): number {
  return PRIORITIES.findIndex(({ value }) => value === (priority ?? 'normal'));
}

/** A flag with its name. */
export function priorityChip(priority: Priority): HTMLElement {
  return chip(c('priority', priority), [icon(flagIcon), priorityText(priority)]);
}
