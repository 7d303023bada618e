// The demo site is a customer's site: it uses the chat as any other page would, through its button.
import { Disposables } from '../../base/disposables';

const owned = new Disposables();
for (const opener of document.querySelectorAll<HTMLButtonElement>('[data-open-chat]')) {
  owned.listen(opener, 'click', () => {
    const button = document.getElementById('brigade-chat')?.shadowRoot?.querySelector('button');
    if (button?.getAttribute('aria-expanded') === 'false') button.click();
  });
}
