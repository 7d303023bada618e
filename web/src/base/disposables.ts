/** Something that holds a listener, a timer or a subscription until it is told to let go. */
export interface Disposable {
  dispose(): void;
}

/** Owns what a component holds on to. Every listener of the app is in one of these. */
export class Disposables implements Disposable {
  #held = new Set<Disposable>();
  #over = false;

  /** Takes ownership; at once disposed when the owner is already gone. */
  add<T extends Disposable>(item: T): T {
    if (this.#over) item.dispose();
    else this.#held.add(item);
    return item;
  }

  /** Calls `release` when the owner goes. */
  defer(release: () => void): Disposable {
    return this.add({ dispose: release });
  }

  /** Disposes `item` now and forgets it. */
  drop(item: Disposable | undefined): void {
    if (item && this.#held.delete(item)) item.dispose();
  }

  /** An event listener that ends with its owner. */
  listen<K extends keyof HTMLElementEventMap>(
    target: HTMLElement, type: K, handle: (event: HTMLElementEventMap[K]) => void, options?: AddEventListenerOptions,
  ): Disposable;
  listen<K extends keyof WindowEventMap>(
    target: Window, type: K, handle: (event: WindowEventMap[K]) => void, options?: AddEventListenerOptions,
  ): Disposable;
  listen(target: EventTarget, type: string, handle: (event: Event) => void, options?: AddEventListenerOptions): Disposable;
  listen(target: EventTarget, type: string, handle: (event: never) => void, options?: AddEventListenerOptions): Disposable {
    const listener = handle as (event: Event) => void;
    target.addEventListener(type, listener, options);
    return this.defer(() => target.removeEventListener(type, listener, options));
  }

  /** A timer that ends with its owner. */
  after(milliseconds: number, run: () => void): Disposable {
    const timer = setTimeout(() => {
      this.#held.delete(held);
      run();
    }, milliseconds);
    const held: Disposable = { dispose: () => clearTimeout(timer) };
    return this.add(held);
  }

  /** Runs again and again until the owner goes. */
  every(milliseconds: number, run: () => void): Disposable {
    const timer = setInterval(run, milliseconds);
    return this.defer(() => clearInterval(timer));
  }

  dispose(): void {
    this.#over = true;
    for (const item of [...this.#held].reverse()) item.dispose();
    this.#held.clear();
  }
}
