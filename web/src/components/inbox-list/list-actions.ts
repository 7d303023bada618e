import { inboxIcon, searchIcon } from '../../ui/icons';
import type { Action, Offer } from '../palette/actions';
import { FILTERS, type FilterName } from './filters';

/** Each part of the conversations, to go to. */
export function listActions(show: (name: FilterName) => void): Action[] {
  return FILTERS.map(({ name, label }) => ({
    id: `list.${name}`, label: `Conversations: ${label}`, words: 'list filter', icon: inboxIcon, group: 'Go to', run: () => show(name),
  }));
}

/** Looks for what is written in everything that was said. */
export function findAction(find: (words: string) => void): Offer {
  return (search) => (search === '' ? [] : [{ label: `Find “${search}” in what was said`, icon: searchIcon, group: 'Find', last: true, run: () => find(search) }]);
}
