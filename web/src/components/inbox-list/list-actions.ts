import { editIcon, inboxIcon, plusIcon, searchIcon } from '../../ui/icons';
import type { Action, Offer } from '../palette/actions';
import { FILTERS, type List } from './filters';
import type { InboxList } from './inbox-list';

/** Each list that everybody has, to go to. */
export function listActions(show: (key: string) => void): Action[] {
  return FILTERS.map((list) => ({ id: `list.${list.key}`, words: 'list filter', ...goTo(list, show) }));
}

/** Saved views, to go to by their names. With nothing written there could be too many. */
export function savedViewOffer({ chooser }: InboxList, show: (key: string) => void): Offer {
  return (search) => (search === '' ? [] : chooser.lists.filter(({ view }) => view).map((list) => goTo(list, show)));
}

/** Keeps what is shown as a view, or changes the one that is. */
export function savedViewActions({ chooser }: InboxList): Action[] {
  const view = () => chooser.list.view;
  return [
    { id: 'view.keep', label: 'Save the list as a view…', words: 'filter new', icon: plusIcon, group: 'Go to', when: () => !view(), run: () => chooser.editing.emit(null) },
    { id: 'view.change', label: () => `Change the view “${view()?.name ?? ''}”…`, words: 'filter remove', icon: editIcon, group: 'Go to', when: () => view() !== undefined, run: () => chooser.editing.emit(view()!) },
  ];
}

function goTo({ key, label }: List, show: (key: string) => void) {
  return { label: `Conversations: ${label}`, icon: inboxIcon, group: 'Go to', run: () => show(key) };
}

/** Looks for what is written in everything that was said. */
export function findAction(find: (words: string) => void): Offer {
  return (search) => (search === '' ? [] : [{ label: `Find “${search}” in what was said`, icon: searchIcon, group: 'Find', last: true, run: () => find(search) }]);
}
