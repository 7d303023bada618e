import { el } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import { richText } from '../../ui/rich-text';
import { confirmLoss, openDialog } from '../dialog/dialog';
import { clockText, dayText } from '../time-text/time-text';
import type { Version } from './conversation-view';
import styles from './conversation-view.module.css';

const c = mustClass(styles);

/** Asks before a message is deleted for everybody. */
export function confirmDelete(): Promise<boolean> {
  return confirmLoss({ title: 'Delete this message?', text: 'Everybody will see that something was deleted, but not what it said.', yes: 'Delete' });
}

/** Shows what an edited message said before. */
export async function showVersions(fetching: Promise<{ versions: Version[] }>): Promise<void> {
  const body = el('div', {}, 'Loading…');
  const opened = openDialog({ title: 'Earlier versions', body: [body] });
  try {
    body.replaceChildren(el('ol', { class: c('versions') }, ...(await fetching).versions.map(({ text, at }) =>
      el('li', { class: c('version') }, el('time', { class: c('when'), datetime: at }, `${dayText(at)}, ${clockText(at)}`), richText(text)))));
  } catch {
    body.replaceChildren('The earlier versions could not be loaded. Close this and try again.');
  }
  await opened;
}
