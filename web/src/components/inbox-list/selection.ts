import { Emitter } from '../../base/emitter';

/**
 * Which of the shown conversations are selected, by their ids. What is not shown is not selected: nothing is done to what
 * nobody sees. Knows nothing of how it looks.
 */
export class Selection {
  /** What is selected or shown changed. */
  readonly changed = new Emitter<undefined>();
  #shown: readonly string[] = [];
  #chosen = new Set<string>();
  /** Where a range begins. */
  #anchor: string | undefined;
  #left = 0;

  /** What is selected, in the order of the list. */
  get ids(): string[] {
    return this.#shown.filter((id) => this.#chosen.has(id));
  }

  get size(): number {
    return this.#chosen.size;
  }

  /** How many there are to select. */
  get shown(): number {
    return this.#shown.length;
  }

  /** How many that were selected left the list since the person chose last. */
  get left(): number {
    return this.#left;
  }

  has(id: string): boolean {
    return this.#chosen.has(id);
  }

  /** Selects one, or not any more. */
  toggle(id: string): void {
    this.#choose([id], !this.has(id));
    this.#anchor = id;
  }

  /** Does to everything between the last one that was toggled and this one what toggling would do to this one. */
  toggleTo(id: string): void {
    const [from, to] = [this.#shown.indexOf(this.#anchor ?? id), this.#shown.indexOf(id)];
    const range = from < 0 ? [id] : this.#shown.slice(Math.min(from, to), Math.max(from, to) + 1);
    this.#choose(range, !this.has(id));
    this.#anchor = id;
  }

  /** Selects everything shown; when that is so already, nothing. */
  toggleAll(): void {
    this.#choose(this.#shown, this.size < this.shown);
  }

  /** Selects these, as far as they are shown, and nothing else. */
  replace(ids: readonly string[]): void {
    this.#chosen.clear();
    this.#choose(ids, true);
  }

  clear(): void {
    this.#anchor = undefined;
    this.replace([]);
  }

  /** The list shows these now, in this order. */
  show(ids: readonly string[]): void {
    if (ids.length === this.#shown.length && ids.every((id, index) => id === this.#shown[index])) return;
    this.#shown = ids;
    const kept = new Set(this.ids);
    this.#left += this.#chosen.size - kept.size;
    this.#chosen = kept;
    this.changed.emit(undefined);
  }

  #choose(ids: readonly string[], on: boolean): void {
    for (const id of ids) {
      if (!on) this.#chosen.delete(id);
      else if (this.#shown.includes(id)) this.#chosen.add(id);
    }
    this.#left = 0;
    this.changed.emit(undefined);
  }
}
