// The demo site is a customer's site: it opens the chat as any other page would.
import { Disposables } from '../../base/disposables';

const owned = new Disposables();
for (const opener of document.querySelectorAll<HTMLButtonElement>('[data-open-chat]')) {
  owned.listen(opener, 'click', () => {
    const page = window as { Brigade?: { push(run: (chat: { open(): void }) => void): unknown } };
    (page.Brigade ??= []).push((chat) => chat.open());
  });
}
