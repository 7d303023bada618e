import { emptyState } from '../../components/empty/empty';
import { el } from '../../ui/dom';
import { chatIcon, userIcon } from '../../ui/icons';
import { say } from '../../words/say';

/** What is left of a chat that is over here. Loaded when it is: the widget is small without it. */
export function ending(why: 'moved' | 'gone', fresh: HTMLElement): HTMLElement {
  return why === 'moved'
    ? emptyState({
      icon: userIcon, title: say('end.moved'), text: say('end.moved.how'),
      action: el('p', {}, el('a', { href: '/sign-in?next=/chat', target: '_blank', rel: 'noopener' }, say('end.signin')), say('end.or'), fresh),
    })
    : emptyState({ icon: chatIcon, title: say('end.gone'), text: say('end.gone.why'), action: fresh });
}
