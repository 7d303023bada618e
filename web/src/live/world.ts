import type { Disposable } from '../base/disposables';

/** The part of a WebSocket the client uses. */
export interface Wire {
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

/** What a wire tells its owner. */
export interface WireEvents {
  open(): void;
  message(data: unknown): void;
  close(code: number, reason: string): void;
}

/** Everything the client needs from outside; tests bring their own. */
export interface World {
  connect(events: WireEvents): Wire;
  now(): number;
  random(): number;
  uuid(): string;
  after(ms: number, run: () => void): Disposable;
  online(): boolean;
  /** Told when the network or the page comes and goes. */
  watch(changed: () => void): Disposable;
}

/** The browser. */
export function browserWorld(path = '/v1/live'): World {
  return {
    connect(events) {
      const url = new URL(path, location.href);
      url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
      const socket = new WebSocket(url, 'brigade.v1');
      socket.onopen = () => events.open();
      socket.onmessage = (event) => events.message(event.data);
      socket.onclose = (event) => events.close(event.code, event.reason);
      return socket;
    },
    now: () => Date.now(),
    random: () => Math.random(),
    uuid: () => newUuid(),
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return { dispose: () => clearTimeout(timer) };
    },
    online: () => navigator.onLine,
    watch(changed) {
      const visible = () => document.visibilityState === 'visible' && changed();
      addEventListener('online', changed);
      addEventListener('offline', changed);
      document.addEventListener('visibilitychange', visible);
      return {
        dispose() {
          removeEventListener('online', changed);
          removeEventListener('offline', changed);
          document.removeEventListener('visibilitychange', visible);
        },
      };
    },
  };
}

/** A version 4 UUID, also where `crypto.randomUUID` is missing (pages without TLS). */
export function newUuid(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
