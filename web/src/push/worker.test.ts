import { beforeEach, describe, expect, it, vi } from 'vitest';

type Handle = (event: Record<string, unknown>) => void;

const ORIGIN = 'https://chat.example';
const KEYS = { p256dh: 'p', auth: 'a' };
const handlers: Record<string, Handle> = {};
const pages: { url: string; focus: () => Promise<void> }[] = [];
const renewed = { toJSON: () => ({ endpoint: 'https://push.example/2', keys: KEYS }) };
const worker = {
  addEventListener: (type: string, handle: Handle) => (handlers[type] = handle),
  registration: { showNotification: vi.fn(async () => undefined), pushManager: { subscribe: vi.fn(async () => renewed) } },
  clients: { matchAll: async () => pages, openWindow: vi.fn(async () => undefined) },
  location: { origin: ORIGIN },
};
vi.stubGlobal('self', worker);
await import('./worker');

/** It happens, and everything that it leads to has happened. */
async function happens(type: string, event: Record<string, unknown>): Promise<void> {
  const done: Promise<unknown>[] = [];
  handlers[type]!({ ...event, waitUntil: (each: Promise<unknown>) => done.push(each) });
  await Promise.all(done);
}
const clicked = (url: unknown) => happens('notificationclick', { notification: { close: vi.fn(), data: { url } } });

beforeEach(() => {
  vi.clearAllMocks();
  pages.length = 0;
});

describe('the service worker', () => {
  it('shows what is pushed, and something even when it cannot be read', async () => {
    const told = { title: 'Harbour', body: 'A new message from Ada.', url: '/inbox?c=cnv_1', tag: 'ntc_1', at: '2026-11-22T10:00:00Z' };
    await happens('push', { data: { json: () => told } });
    expect(worker.registration.showNotification).toHaveBeenCalledWith('Harbour', expect.objectContaining({ body: told.body, tag: 'ntc_1', data: { url: told.url }, timestamp: Date.parse(told.at) }));
    for (const data of [null, { json: () => JSON.parse('{') as unknown }]) await happens('push', { data });
    expect(worker.registration.showNotification).toHaveBeenCalledTimes(3);
    expect(worker.registration.showNotification).toHaveBeenLastCalledWith('Brigade', expect.objectContaining({ tag: 'new' }));
  });

  it('leads to a page that shows the conversation already, or else to a new one, and nowhere else', async () => {
    const focus = vi.fn(async () => undefined);
    pages.push({ url: `${ORIGIN}/inbox?c=cnv_2`, focus: vi.fn() }, { url: `${ORIGIN}/inbox?c=cnv_1`, focus });
    await clicked('/inbox?c=cnv_1');
    expect([focus.mock.calls.length, worker.clients.openWindow.mock.calls.length]).toEqual([1, 0]);
    await clicked('/inbox?c=cnv_3');
    expect(worker.clients.openWindow).toHaveBeenLastCalledWith(`${ORIGIN}/inbox?c=cnv_3`);
    await clicked('https://elsewhere.example/');
    await clicked('//elsewhere.example/');
    await clicked('javascript:alert(1)');
    expect(worker.clients.openWindow).toHaveBeenCalledTimes(1);
  });

  it('tells the server when the push service gives it another address', async () => {
    const fetched = vi.fn(async () => ({ json: async () => ({ data: { csrf: 'token' } }) }));
    vi.stubGlobal('fetch', fetched);
    await happens('pushsubscriptionchange', { oldSubscription: { options: { applicationServerKey: new ArrayBuffer(65) } } });
    expect(fetched).toHaveBeenLastCalledWith('/v1/notices/devices', expect.objectContaining({
      method: 'POST', headers: { 'content-type': 'application/json', 'x-csrf-token': 'token' }, body: JSON.stringify({ endpoint: 'https://push.example/2', ...KEYS }),
    }));
    fetched.mockClear();
    await happens('pushsubscriptionchange', {});
    expect(fetched).not.toHaveBeenCalled();
  });
});
