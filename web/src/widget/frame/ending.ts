import { emptyState } from '../../components/empty/empty';
import { el } from '../../ui/dom';
import { chatIcon, userIcon } from '../../ui/icons';

/** What is left of a chat that is over here. Loaded when it is: the widget is small without it. */
export function ending(why: 'moved' | 'gone', fresh: HTMLElement): HTMLElement {
  return why === 'moved'
    ? emptyState({
      icon: userIcon, title: 'This conversation is now in your account', text: 'Everything that was said is there. Sign in to go on.',
      action: el('p', {}, el('a', { href: '/sign-in?next=/chat', target: '_blank', rel: 'noopener' }, 'Sign in'), ' or ', fresh),
    })
    : emptyState({ icon: chatIcon, title: 'This chat has ended', text: 'It was forgotten, or nobody wrote for a long time.', action: fresh });
}
