import { Disposables, type Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import type { InboxItem } from '../../live/protocol.gen';
import { el, setText } from '../../ui/dom';
import { checkIcon, closeIcon, flagIcon, labelIcon, reopenIcon, snoozeIcon, userIcon, type Icon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { button } from '../button/button';
import type { Selection } from '../inbox-list/selection';
import styles from './bulk-bar.module.css';

const c = mustClass(styles);

/** What can be done with all that is selected. */
export type BulkAction = 'assign' | 'take' | 'resolve' | 'reopen' | 'snooze' | 'priority' | 'labels';

const ACTIONS: readonly { action: BulkAction; label: string; key: string; icon: Icon; kind?: 'primary' }[] = [
  { action: 'assign', label: 'Assign', key: 'a', icon: userIcon },
  { action: 'priority', label: 'Priority', key: 'p', icon: flagIcon },
  { action: 'labels', label: 'Labels', key: 'l', icon: labelIcon },
  { action: 'snooze', label: 'Snooze', key: 'z', icon: snoozeIcon },
  { action: 'reopen', label: 'Open again', key: 'e', icon: reopenIcon },
  { action: 'resolve', label: 'Resolve', key: 'e', icon: checkIcon, kind: 'primary' },
];

/** What can be done with conversations that are so. */
const OFFERS: Record<InboxItem['status'], readonly BulkAction[]> = {
  open: ['assign', 'take', 'priority', 'labels', 'snooze', 'resolve'],
  snoozed: ['assign', 'take', 'priority', 'labels', 'snooze', 'reopen', 'resolve'],
  resolved: ['assign', 'take', 'priority', 'labels', 'reopen'],
};

/** What is going on: how many have their answer. */
export interface Progress {
  done: number;
  total: number;
  stopped: boolean;
}

/** What is shown over the list while something in it is selected, or being done. Does nothing itself but select. */
export class BulkBar implements Disposable {
  readonly root: HTMLElement;
  readonly wanted = new Emitter<BulkAction>();
  readonly stopped = new Emitter<undefined>();
  /** It comes or goes. */
  readonly shown = new Emitter<boolean>();
  #selection: Selection;
  #owned = new Disposables();
  #offered: readonly BulkAction[] = [];
  #busy = false;
  #away: string | undefined;
  #progress: Progress | undefined;

  #all = el('input', { type: 'checkbox', class: c('all'), 'aria-label': 'Select all shown', title: 'Select all shown' });
  #count = el('p', { class: c('count') });
  #clear = button({ label: 'Select nothing', icon: closeIcon, kind: 'plain', small: true, bare: true }, { title: 'Select nothing (Esc)' });
  #buttons = ACTIONS.map(({ action, label, key, icon, kind }) => ({
    action, root: button({ label, icon, kind: kind ?? 'quiet', small: true, bare: true }, { title: `${label} (${key})` }),
  }));
  #actions = el('div', { class: c('actions'), role: 'group', 'aria-label': 'With what is selected' }, ...this.#buttons.map(({ root }) => root));
  #bar = el('progress', { class: c('progress'), 'aria-label': 'Progress' });
  #stop = button({ label: 'Stop', small: true });
  #going = el('div', { class: c('actions') }, this.#bar, this.#stop);
  #note = el('p', { class: c('note') });
  #inside = el('div', { class: c('bar'), hidden: true }, el('div', { class: c('top') }, this.#all, this.#count, this.#clear), this.#actions, this.#going, this.#note);
  /** Is always there, so that what appears in it is read out. */
  #said = el('p', { class: 'visually-hidden', role: 'status' });

  constructor(selection: Selection) {
    this.#selection = selection;
    this.root = el('div', {}, this.#inside, this.#said);
    this.#owned.add(selection.changed.on(() => this.#draw()));
    this.#owned.listen(this.#all, 'change', () => selection.toggleAll());
    this.#owned.listen(this.#clear, 'click', () => selection.clear());
    this.#owned.listen(this.#stop, 'click', () => this.stopped.emit(undefined));
    for (const { action, root } of this.#buttons) this.#owned.listen(root, 'click', () => this.able && this.wanted.emit(action));
  }

  /** Whether something can be asked for now. */
  get able(): boolean {
    return !this.#busy && this.#away === undefined;
  }

  /** Why nothing can be asked for now, when it is not that something is being done. */
  get away(): string | undefined {
    return this.#away;
  }

  /** Offers what makes sense with conversations that are so: all that are shown. */
  offerFor(status: InboxItem['status']): void {
    this.#offered = OFFERS[status];
    this.#draw();
  }

  offers(action: BulkAction): boolean {
    return this.#offered.includes(action);
  }

  /** Why nothing can be done now. */
  setAway(why: string | undefined): void {
    this.#away = why;
    this.#draw();
  }

  /** Something is being done; how far it is when that takes longer than a moment. */
  setBusy(busy: boolean, progress?: Progress): void {
    this.#busy = busy;
    this.#progress = progress;
    this.#draw();
  }

  dispose(): void {
    this.#owned.dispose();
    this.root.remove();
  }

  #draw(): void {
    const { size, shown } = this.#selection;
    const open = size > 0 || this.#progress !== undefined;
    if (open === this.#inside.hidden) {
      this.shown.emit(open);
      this.#inside.hidden = !open;
    }
    this.#all.checked = size > 0 && size === shown;
    this.#all.indeterminate = size > 0 && size < shown;
    const text = this.#text();
    if (open) setText(this.#count, text);
    setText(this.#said, this.#progress ? 'In progress.' : [text, size > 0 && this.#away].filter(Boolean).join(' '));
    for (const { action, root } of this.#buttons) {
      root.hidden = !this.offers(action);
      root.setAttribute('aria-disabled', String(!this.able));
    }
    this.#drawProgress();
    const note = (open && this.#away) || '';
    this.#note.hidden = note === '';
    setText(this.#note, note);
  }

  #drawProgress(): void {
    const progress = this.#progress;
    const [shown, hidden, focus] = progress ? [this.#going, this.#actions, this.#stop] : [this.#actions, this.#going, this.#clear];
    const focused = hidden.contains(document.activeElement);
    [shown.hidden, hidden.hidden] = [false, true];
    if (focused) focus.focus();
    if (!progress) return;
    this.#bar.max = progress.total;
    this.#bar.value = progress.done;
    this.#stop.setAttribute('aria-disabled', String(progress.stopped));
  }

  #text(): string {
    const { size, left } = this.#selection;
    if (this.#progress) return this.#progress.stopped ? 'Stopping…' : `${this.#progress.done} of ${this.#progress.total}…`;
    const gone = left > 0 ? `${left} left the list` : '';
    if (size === 0) return gone && `Nothing is selected any more: ${gone}.`;
    return [`${size} selected`, gone].filter(Boolean).join(' · ');
  }
}
