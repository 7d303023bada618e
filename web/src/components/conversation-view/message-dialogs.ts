import { el } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import { richText } from '../../ui/rich-text';
import { say } from '../../words/say';
import { confirmLoss, openDialog } from '../dialog/dialog';
import { clockText, dayText } from '../time-text/time-text';
import type { Version } from './conversation-view';
import styles from './conversation-view.module.css';

const c = mustClass(styles);

/** Asks before a message is deleted for everybody. */
export function confirmDelete(): Promise<boolean> {
  return confirmLoss({ title: say('delete.title'), text: say('delete.text'), yes: say('delete') });
}

/** Shows what an edited message said before. */
export async function showVersions(fetching: Promise<{ versions: Version[] }>): Promise<void> {
  const body = el('div', {}, say('versions.loading'));
  const opened = openDialog({ title: say('versions.title'), body: [body] });
  try {
    body.replaceChildren(el('ol', { class: c('versions') }, ...(await fetching).versions.map(({ text, at }) =>
      el('li', { class: c('version') }, el('time', { class: c('when'), datetime: at }, say('versions.when', { day: dayText(at), time: clockText(at) })), richText(text)))));
  } catch {
    body.replaceChildren(say('versions.failed'));
  }
  await opened;
}
