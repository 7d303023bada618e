import { search, type Hit, type Within } from '../../api/search';
import { ApiError } from '../../api/http';
import { Disposables, type Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import type { Party, Seq } from '../../live/protocol.gen';
import { el, fill } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import { button } from '../button/button';
import { chip } from '../chip/chip';
import { loadingState } from '../empty/empty';
import { timeElement } from '../time-text/time-text';
import styles from './search-results.module.css';

const c = mustClass(styles);
/** So long after the last key it is asked for. */
const PAUSE_MS = 200;
/** What is said is found so long after. */
const SETTLED_MS = 1_500;
/** Shorter words are in everything. */
const SHORTEST = 2;

/** How somebody is called. */
export type NameOf = (who: Party) => string | undefined;

/** What was said in all conversations with the label and of the team that are chosen, whatever list is shown: below the list, while something is looked for. */
export class SearchResults implements Disposable {
  readonly root = el('section', { class: c('results'), 'aria-label': 'Said anywhere', hidden: true });
  readonly chosen = new Emitter<{ id: string; seq: Seq | undefined }>();
  #owned = new Disposables();
  #nameOf: NameOf;
  #ask: typeof search;
  #wanted = '';
  #within: Within = { label: '', team: '' };
  #said = el('p', { class: c('said'), role: 'status' });
  #body = el('div', {});
  #timer: Disposable | undefined;
  #again: Disposable | undefined;
  #newsAt = 0;
  #shown = '';
  /** Whether the last answer was none, and asking again may help. */
  #failed = false;

  constructor(nameOf: NameOf, ask: typeof search = search) {
    this.#nameOf = nameOf;
    this.#ask = ask;
    this.root.append(el('h3', { class: c('heading') }, 'Said anywhere'), this.#said, this.#body);
    this.#owned.listen(this.root, 'click', (event) => this.#clicked(event as MouseEvent));
    this.#owned.listen(window, 'online', () => { if (this.#failed) void this.#run(); });
  }

  /** Looks for something, or for nothing any more. */
  lookFor(text: string, within: Within): void {
    const wanted = text.trim().length < SHORTEST ? '' : text.trimStart();
    if (this.#isFor(wanted, within)) return;
    [this.#wanted, this.#within] = [wanted, within];
    this.#owned.drop(this.#timer);
    this.root.hidden = wanted === '';
    this.#shown = '';
    this.#failed = false;
    if (wanted === '') return fill(this.#body);
    if (!this.#body.querySelector('a')) fill(this.#body, loadingState('Looking everywhere', 2));
    this.#timer = this.#owned.after(PAUSE_MS, () => void this.#run());
  }

  /** Something was said somewhere: what is shown may not be all any more. */
  news(): void {
    this.#newsAt = Date.now();
    if (this.#wanted !== '') this.#later();
  }

  dispose(): void {
    this.#owned.dispose();
    this.root.remove();
  }

  #isFor(wanted: string, { label, team }: Within): boolean {
    return wanted === this.#wanted && label === this.#within.label && team === this.#within.team;
  }

  /** Asks once more when what was said can be found. */
  #later(): void {
    this.#again ??= this.#owned.after(SETTLED_MS, () => {
      this.#again = undefined;
      if (this.#wanted !== '') void this.#run();
    });
  }

  async #run(): Promise<void> {
    const [wanted, within] = [this.#wanted, this.#within];
    try {
      const found = await this.#ask(wanted, within);
      // Meanwhile something else may be looked for.
      if (this.#isFor(wanted, within)) this.#show(found);
    } catch (error) {
      if (!this.#isFor(wanted, within)) return;
      const again = button({ label: 'Try again', kind: 'quiet', small: true }, { 'data-again': true });
      this.#shown = '';
      // What is looked for may be no word, which is not worth an alarm.
      this.#failed = !(error instanceof ApiError && error.code === 'INVALID_INPUT');
      fill(this.#said, error instanceof ApiError ? error.message : 'This did not work.');
      fill(this.#body, this.#failed ? again : null);
      if (!(error instanceof ApiError)) throw error;
    }
  }

  #show({ hits, more }: { hits: Hit[]; more: boolean }): void {
    this.#failed = false;
    if (Date.now() - this.#newsAt < SETTLED_MS) this.#later();
    // What is the same stays as it is, and so does the focus in it.
    const look = JSON.stringify([hits, more]);
    if (look === this.#shown) return;
    this.#shown = look;
    const [exact, similar] = [hits.filter((hit) => !hit.similar), hits.filter((hit) => hit.similar)];
    const count = exact.length === 1 ? 'One conversation' : `${exact.length} conversations`;
    fill(this.#said, exact.length === 0 ? this.#nobody() : more ? `The newest ${exact.length}. Write more words to find others.` : `${count}.`);
    fill(this.#body,
      exact.length > 0 ? this.#list(exact) : null,
      similar.length > 0 ? el('h4', { class: c('heading') }, 'Spelled like it') : null,
      similar.length > 0 ? this.#list(similar) : null);
  }

  #nobody(): string {
    const all = [this.#within.team && '“All teams”', this.#within.label && '“All labels”'].filter(Boolean).join(' and ');
    return all === '' ? 'Nobody has said this.' : `Nobody has said this where you look. Choose ${all} to look everywhere.`;
  }

  #list(hits: Hit[]): HTMLElement {
    return el('ul', { class: c('list') }, ...hits.map((hit) => el('li', {}, this.#row(hit))));
  }

  #row({ conversation, passage }: Hit): HTMLElement {
    const { id, name, status } = conversation;
    const by = passage === null ? '' : passage.by.startsWith('vis_') ? '' : `${this.#nameOf(passage.by) ?? name}: `;
    return el(
      'a', { class: c('row'), href: `/inbox?c=${id}${passage ? `&m=${passage.seq}` : ''}`, 'data-id': id, 'data-seq': passage?.seq ?? null },
      el('span', { class: c('top') }, el('span', { class: c('name'), dir: 'auto' }, name), passage ? timeElement(passage.at) : null),
      el('span', { class: c('text', passage?.note && 'note'), dir: 'auto' }, by,
        ...(passage ? passage.pieces.map(({ text, hit }) => (hit ? el('mark', { class: c('hit') }, text) : text)) : ['Found by the name'])),
      status === 'open' ? null : chip(null, [status === 'snoozed' ? 'Snoozed' : 'Resolved']),
    );
  }

  #clicked(event: MouseEvent): void {
    const target = event.target as Element;
    if (target.closest('[data-again]')) return void this.#run();
    const link = target.closest<HTMLElement>('[data-id]');
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const seq = link.dataset['seq'];
    this.chosen.emit({ id: link.dataset['id']!, seq: seq === undefined ? undefined : Number(seq) });
  }
}
