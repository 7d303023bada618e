import { createView, views, type SavedView } from '../../api/views';
import { ApiError } from '../../api/http';
import { Disposables, type Disposable } from '../../base/disposables';
import type { InboxList } from '../../components/inbox-list/inbox-list';
import type { Session } from '../../session/start';
import type { Desk } from './questions';
import { viewDialog } from './view-dialog';

/** What colleagues change of the team's views is seen at the latest so long after. */
const FRESH_MS = 60_000;

/** The saved views beside the list: fetched, kept, changed, removed. */
export class InboxViews implements Disposable {
  #session: Session;
  #desk: Desk;
  #list: InboxList;
  #owned = new Disposables();
  #known: SavedView[] = [];
  #since = 0;

  constructor(session: Session, desk: Desk, list: InboxList) {
    this.#session = session;
    this.#desk = desk;
    this.#list = list;
    this.#owned.add(list.chooser.editing.on((view) => void this.#edit(view)));
    this.#owned.listen(document, 'visibilitychange', () => this.#refresh());
    this.#owned.listen(window, 'online', () => this.#refresh());
    this.#owned.every(FRESH_MS, () => this.#refresh());
    void this.#load();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #refresh(): void {
    if (!document.hidden && Date.now() - this.#since >= FRESH_MS) void this.#load();
  }

  async #load(): Promise<void> {
    this.#since = Date.now();
    try {
      this.#show(await views());
    } catch (error) {
      // The lists that everybody has are there all the same; it is asked for again.
      this.#since = 0;
      if (!(error instanceof ApiError)) throw error;
    }
  }

  #show(known: SavedView[]): void {
    this.#known = known;
    this.#list.setViews(known);
  }

  async #edit(view: SavedView | null): Promise<void> {
    const { chooser } = this.#list;
    const { who, toasts } = this.#session;
    if (view?.shared && who.kind !== 'admin') return toasts.show({ text: 'Everybody sees this view. Ask an admin to change it, or save one of your own.' });
    const words = view ?? { name: '', criteria: chooser.criteria, order: chooser.order };
    const outcome = await viewDialog({ view, words, labels: this.#desk.labels(), teams: this.#desk.teams(), staff: this.#desk.staff(), me: who.user.id, admin: who.kind === 'admin' });
    if (outcome?.kind === 'kept') {
      this.#put(outcome.view);
      chooser.choose(outcome.view.id);
    } else if (outcome) this.#removed(outcome.view);
    // It may not have worked because a colleague was faster.
    else if (view) void this.#load();
  }

  #put(view: SavedView): void {
    const others = this.#known.filter(({ id }) => id !== view.id);
    this.#show([...others, view].sort((a, b) => (a.id < b.id ? -1 : 1)));
  }

  #removed(view: SavedView): void {
    this.#show(this.#known.filter(({ id }) => id !== view.id));
    const undo = () => createView(view, view.shared).then(
      (again) => {
        this.#put(again);
        this.#list.chooser.choose(again.id);
      },
      (error: Error) => this.#session.toasts.show({ text: error.message, danger: true }),
    );
    this.#session.toasts.show({ text: `The view “${view.name}” is removed.`, action: { label: 'Undo', run: () => void undo() } });
  }
}
