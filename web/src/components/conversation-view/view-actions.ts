import { clipIcon, downIcon } from '../../ui/icons';
import type { Action } from '../palette/actions';
import type { ConversationView } from './conversation-view';

/** What can be done in any conversation that is on the screen. */
export function viewActions(view: () => ConversationView | undefined, group: Action['group']): Action[] {
  /** It is there as soon as the script for files is. */
  const files = () => view()?.composer.root.querySelector<HTMLInputElement>('input[type=file]') ?? undefined;
  return [
    { id: 'files', label: 'Add files…', words: 'attach upload picture', icon: clipIcon, group, when: () => files() !== undefined, run: () => files()?.click() },
    { id: 'newest', label: 'Go to the newest message', words: 'bottom end last', icon: downIcon, group, when: () => view() !== undefined, run: () => view()?.list.toNewest() },
  ];
}
