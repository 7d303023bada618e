import { remember, remembered } from '../base/remembered';
import type { Pending, Shelf } from './queue';

/** Keeps commands in the tab's own storage, apart for each person: a reload loses none, another person gets none. */
export function tabShelf(owner: string): Shelf {
  const key = `brigade.commands.${owner}`;
  return {
    load() {
      try {
        const kept: unknown = JSON.parse(remembered(key, 'sessionStorage') ?? '[]');
        return Array.isArray(kept) ? kept.filter(isPending) : [];
      } catch {
        return [];
      }
    },
    save(pending) {
      remember(key, pending.length === 0 ? null : JSON.stringify(pending), 'sessionStorage');
    },
  };
}

function isPending(value: unknown): value is Pending {
  const pending = value as Partial<Pending> | null;
  return typeof pending?.id === 'string' && typeof pending.topic === 'string' && typeof pending.type === 'string'
    && typeof pending.body === 'object' && pending.body !== null && typeof pending.at === 'number';
}
