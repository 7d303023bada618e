import '../../tokens/app.css';
import { ApiError, request } from '../../api/http';
import { Disposables } from '../../base/disposables';
import { brand } from '../../components/brand/brand';
import { button } from '../../components/button/button';
import { emptyState, loadingState } from '../../components/empty/empty';
import { timeElement } from '../../components/time-text/time-text';
import { el, fill, mustFind } from '../../ui/dom';
import { mailIcon, offlineIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { richText } from '../../ui/rich-text';
import styles from './outbox.module.css';

const c = mustClass(styles);

interface Mail {
  id: string;
  at: string;
  to: string;
  subject: string;
  text: string;
}

const EVERY_MS = 3_000;
const list = el('div', {}, loadingState('Loading mails', 3));
let shown = '';

async function load(): Promise<void> {
  try {
    const mails = await request<Mail[]>('GET', '/v1/dev/outbox');
    const key = JSON.stringify(mails.map(({ id }) => id));
    if (key === shown) return;
    shown = key;
    fill(list, mails.length === 0
      ? emptyState({ icon: mailIcon, title: 'No mail yet', text: 'Invitations, resets and confirmations appear here instead of in a mailbox.' })
      : el('ol', { class: c('mails') }, ...mails.map(mailItem)));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    shown = '';
    const again = button({ label: 'Try again', kind: 'primary' });
    new Disposables().listen(again, 'click', () => void load());
    fill(list, emptyState({ icon: offlineIcon, title: 'The outbox cannot be shown', text: error.code === 'NOT_FOUND' ? 'It exists only in the demonstration.' : error.message, action: again }));
  }
}

function mailItem(mail: Mail): HTMLElement {
  return el(
    'li', { class: c('mail') },
    el('div', { class: c('head') }, el('span', {}, `To ${mail.to}`), timeElement(mail.at)),
    el('h2', { class: c('subject') }, mail.subject),
    el('div', { class: c('text') }, richText(mail.text)),
  );
}

fill(
  mustFind('#app'),
  el('main', { class: c('page') }, brand(),
    el('div', {}, el('h1', {}, 'Outbox'), el('p', { class: c('lead') }, 'The demonstration sends no real mail. What would have been sent is here, the newest first.')), list),
);
void load();
new Disposables().every(EVERY_MS, () => document.visibilityState === 'visible' && void load());
