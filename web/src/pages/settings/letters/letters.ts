import { letters, restoreLetter, type Letter, type Occasion } from '../../../api/letters';
import { Disposables } from '../../../base/disposables';
import { confirmLoss } from '../../../components/dialog/dialog';
import type { Session } from '../../../session/start';
import { el, fill, type Child } from '../../../ui/dom';
import { c, card, doButton, loaded } from '../parts';
import { editor, type Drafts } from './editor';

/** What each is, and to whom it goes. */
export const ABOUT: Record<Occasion, { title: string; to: string }> = {
  client_invitation: { title: 'Invitation of a client', to: 'To a visitor whom you invite as a client.' },
  staff_invitation: { title: 'Invitation to the team', to: 'To somebody whom you invite to work with you.' },
  transcript: { title: 'Copy of a chat', to: 'To a customer who asks for what was said, or to whom you have it sent.' },
};

/** What was written and not saved, while the page is open: looking at another letter, or at other settings, loses nothing. */
const DRAFTS: Drafts = new Map();

/** The letters a business may word itself. */
export function letterSection(session: Session): Child[] {
  const { owned } = session;
  owned.listen(window, 'beforeunload', (event) => DRAFTS.size > 0 && event.preventDefault());
  return [
    el('p', { class: c('lead') }, 'These letters go out in your name, and can say it in your words. The button, how long it works and what to do with a letter that was a mistake always come after them. Letters about passwords and signing in are the same for everybody.'),
    loaded(owned, 'Loading the letters', letters, (all) => letterList(session, all)),
  ];
}

function letterList(session: Session, all: Letter[]): HTMLElement {
  const { owned, toasts } = session;
  const complain = (text: string) => toasts.show({ text, danger: true });
  const list = el('ul', { class: c('rows') });
  const box = el('div', {});
  let shown = owned.add(new Disposables());
  let open: Occasion | undefined;

  const show = (occasion: Occasion | undefined) => {
    owned.drop(shown);
    shown = owned.add(new Disposables());
    open = occasion;
    const letter = all.find((each) => each.occasion === occasion);
    fill(box, letter ? editor({ ...session, owned: shown }, letter, { title: ABOUT[letter.occasion].title, drafts: DRAFTS, changed: draw, kept }) : null);
    draw();
  };
  const put = (letter: Letter) => all.splice(all.findIndex(({ occasion }) => occasion === letter.occasion), 1, letter);
  function kept(letter: Letter): void {
    put(letter);
    draw();
  }
  const restore = async (letter: Letter) => {
    if (!(await confirmLoss({ title: 'Go back to the usual words?', text: 'Your words for this letter are deleted. Letters that are on their way stay as they are.', yes: 'Go back' }))) return;
    await restoreLetter(letter.occasion);
    DRAFTS.delete(letter.occasion);
    put({ ...letter, rev: 0, own: null });
    if (open === letter.occasion) show(open);
    else draw();
    list.querySelector<HTMLElement>(`[data-occasion="${letter.occasion}"] button`)?.focus();
    toasts.show({ text: `${ABOUT[letter.occasion].title}: the usual words are used again.` });
  };
  function draw(): void {
    const focused = list.contains(document.activeElement) ? document.activeElement?.getAttribute('aria-label') : null;
    fill(list, ...all.map((letter) => {
      const { title, to } = ABOUT[letter.occasion];
      const change = doButton(owned, { label: 'Change' }, async () => {
        show(letter.occasion);
        box.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true });
        box.scrollIntoView({ block: 'start' });
      }, complain, { 'aria-label': `Change: ${title}`, 'aria-expanded': open === letter.occasion ? 'true' : 'false' });
      return el('li', { 'data-occasion': letter.occasion },
        el('div', { class: c('grow') },
          el('b', {}, title), ' ', el('span', { class: c('tag') }, letter.own ? 'your words' : 'usual words'),
          DRAFTS.has(letter.occasion) ? el('span', { class: c('tag', 'warn') }, 'not saved yet') : null,
          el('div', { class: c('soft') }, to)),
        change,
        letter.own ? doButton(owned, { label: 'Back to the usual words', kind: 'plain' }, () => restore(letter), complain, { 'aria-label': `Back to the usual words: ${title}` }) : null);
    }));
    if (focused) [...list.querySelectorAll('button')].find((each) => each.getAttribute('aria-label') === focused)?.focus();
  }
  draw();
  return el('div', { class: c('form') }, card('Letters in your words', list), box);
}
