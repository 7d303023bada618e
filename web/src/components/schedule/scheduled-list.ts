import { Disposables, type Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import type { LiveConversation } from '../../live/live-conversation';
import type { ConversationState, Party, Scheduled, Seq } from '../../live/protocol.gen';
import { el, fill, setText } from '../../ui/dom';
import { icon, alertIcon, clockIcon, downIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { button } from '../button/button';
import styles from './schedule.module.css';
import { heldText, summaryText, willBeHeld } from './texts';
import { momentIn } from './zone';

const c = mustClass(styles);

/** What is done with one. */
export type ScheduledAction = 'send' | 'change' | 'cancel';

interface Parts {
  live: Pick<LiveConversation, 'store'>;
  me: Party;
  nameOf: (who: Party) => string;
  /** What the customer is called. */
  customer: () => string;
  zone: () => string;
}

/** What is sent later, above the field one writes in: the same before everybody of the staff. */
export class ScheduledList implements Disposable {
  readonly root = el('details', { class: c('box'), hidden: true, 'data-scheduled': '' });
  readonly actions = new Emitter<{ action: ScheduledAction; item: Scheduled }>();
  #parts: Parts;
  #owned = new Disposables();
  #line = el('span');
  #mark = el('span', { class: c('mark') });
  #summary = el('summary', { class: c('summary') });
  #list = el('ul', { class: c('list'), 'aria-label': 'Scheduled messages' });
  #drawn = '';
  #known = new Set<Seq>();

  constructor(parts: Parts) {
    this.#parts = parts;
    fill(this.#summary, this.#mark, this.#line, el('span', { class: c('mark', 'turn') }, icon(downIcon)));
    fill(this.root, this.#summary, this.#list);
    this.#owned.add(parts.live.store.changed.on(() => this.draw()));
    // Days pass before an open page.
    this.#owned.every(60_000, () => this.draw());
    this.#owned.listen(this.#list, 'click', (event) => {
      const where = (event.target as Element).closest<HTMLElement>('[data-do]');
      const item = this.#items.find(({ item: seq }) => String(seq) === where?.closest<HTMLElement>('[data-item]')?.dataset['item']);
      if (where && item) this.actions.emit({ action: where.dataset['do'] as ScheduledAction, item });
    });
    this.draw();
  }

  draw(): void {
    const { state } = this.#parts.live.store;
    const items = this.#items;
    const moment = (at: string) => momentIn(at, this.#parts.zone());
    const lines = state ? items.map((item) => this.#linesOf(state, item, moment)) : [];
    const key = JSON.stringify([items, lines]);
    if (key === this.#drawn) return;
    this.#drawn = key;
    const focused = document.activeElement?.closest<HTMLElement>('[data-do]');
    const [where, what] = [focused?.closest<HTMLElement>('[data-item]')?.dataset['item'], focused?.dataset['do']];
    const within = focused && this.root.contains(focused);
    this.root.hidden = items.length === 0;
    // What is new, or needs somebody, is not folded away.
    if (items.some(({ item, held }) => !this.#known.has(item) || held !== null)) this.root.open = true;
    this.#known = new Set(items.filter(({ held }) => held === null).map(({ item }) => item));
    const back = items.some(({ held }) => held !== null);
    this.#summary.classList.toggle(c('attention'), back);
    fill(this.#mark, icon(back ? alertIcon : clockIcon));
    setText(this.#line, summaryText(items, moment));
    fill(this.#list, ...items.map((item, index) => this.#itemOf(item, lines[index]!)));
    if (within) (this.#list.querySelector<HTMLElement>(`[data-item="${where}"] [data-do="${what}"]`) ?? this.#summary).focus();
  }

  dispose(): void {
    this.#owned.dispose();
    this.root.remove();
  }

  get #items(): readonly Scheduled[] {
    return this.#parts.live.store.state?.scheduled ?? [];
  }

  #linesOf(state: ConversationState, item: Scheduled, moment: (at: string) => string): { about: string; problem: string } {
    const who = item.by === this.#parts.me ? 'You' : this.#parts.nameOf(item.by);
    const customer = this.#parts.customer();
    const problem = item.held !== null ? heldText(item, customer)
      : willBeHeld(state, item) ? `${customer} has written since: it will be held back.` : '';
    const careful = item.unless_reply_after !== null && problem === '' ? ` · unless ${customer} writes first` : '';
    return { about: `${who} · ${moment(item.send_at)}${careful}`, problem };
  }

  #itemOf(item: Scheduled, { about, problem }: { about: string; problem: string }): HTMLElement {
    const own = item.by === this.#parts.me;
    const tool = (label: string, what: ScheduledAction) => button({ label, small: true, ...(what !== 'send' && { kind: 'plain' as const }) }, { 'data-do': what });
    return el('li', { class: c('item'), 'data-item': item.item },
      el('div', { class: c('about') },
        el('p', { class: c('text'), dir: 'auto' }, item.text),
        el('p', { class: c('soft') }, about),
        problem === '' ? null : el('p', { class: c('attention') }, problem)),
      el('span', { class: c('tools') },
        tool(own ? 'Send now' : 'Send as mine', 'send'), own ? tool('Change', 'change') : null, tool('Cancel', 'cancel')));
  }
}
