/** Which of the lines are on the page, and how high are those before and after them. */
export interface Stretch {
  from: number;
  /** The first one after it. */
  to: number;
  above: number;
  below: number;
}

/** As high as a line with a few words and nothing else, until one was measured. */
const USUAL = 76;

/** How high the lines of a list are: those that were seen as they were measured, the others as these are on average. */
export class Heights {
  #known = new Map<string, number>();
  #sum = 0;

  /** A line is so high; one that is not laid out says nothing. */
  measured(id: string, height: number): void {
    if (height <= 0) return;
    this.#sum += height - (this.#known.get(id) ?? 0);
    this.#known.set(id, height);
  }

  of(id: string): number {
    return this.#known.get(id) ?? this.#usual;
  }

  /** Where a line begins. */
  before(ids: readonly string[], index: number): number {
    let top = 0;
    for (let at = 0; at < index; at += 1) top += this.of(ids[at]!);
    return top;
  }

  /** The lines that are between `top` and `bottom`, at least in part; always one, if there is any. */
  between(ids: readonly string[], top: number, bottom: number): Stretch {
    const usual = this.#usual;
    let [from, to, above, below, end] = [0, 0, 0, 0, 0];
    for (const [at, id] of ids.entries()) {
      const height = this.#known.get(id) ?? usual;
      if (end + height <= top && at < ids.length - 1) [from, above] = [at + 1, above + height];
      else if (end < bottom || at === from) to = at + 1;
      else below += height;
      end += height;
    }
    return { from, to, above, below };
  }

  get #usual(): number {
    return this.#known.size === 0 ? USUAL : this.#sum / this.#known.size;
  }
}
