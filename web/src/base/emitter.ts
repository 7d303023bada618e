import type { Disposable } from './disposables';

/** One kind of news and those who want to hear it. */
export class Emitter<T> {
  #listeners = new Set<(value: T) => void>();

  /** Hears every value until disposed. */
  on(listener: (value: T) => void): Disposable {
    const own = (value: T) => listener(value);
    this.#listeners.add(own);
    return { dispose: () => void this.#listeners.delete(own) };
  }

  emit(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }
}
