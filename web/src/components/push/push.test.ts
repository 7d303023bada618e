// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PushDevice, PushDevices } from '../../api/devices';
import { Emitter } from '../../base/emitter';
import type { Notice } from '../../api/notices';
import type { NoticeShelf } from '../notices/notice-shelf';
import { choosePush, pushChosen } from './chosen';
import { keepPush, pushState, turnPushOff, turnPushOn } from './push';

const server = vi.hoisted(() => ({ devices: [] as { id: string; current: boolean }[], added: [] as unknown[] }));
vi.mock('../../api/devices', () => ({
  pushDevices: async () => ({ public_key: 'key', devices: server.devices }),
  addPushDevice: async (to: unknown) => void server.added.push(to),
  removePushDevice: async (id: string) => void (server.devices = server.devices.filter((each) => each.id !== id)),
}));

const subscription = { toJSON: () => ({ endpoint: 'https://push.example/1', keys: { p256dh: 'p', auth: 'a' } }), unsubscribe: vi.fn(async () => true) };
const TOLD = { endpoint: 'https://push.example/1', p256dh: 'p', auth: 'a' };
const shown = [{ tag: 'ntc_1', close: vi.fn() }, { tag: 'ntc_2', close: vi.fn() }, { tag: 'test', close: vi.fn() }];
const pushManager = { subscribe: vi.fn(async () => subscription), getSubscription: vi.fn(async (): Promise<typeof subscription | null> => subscription) };
const registration = { pushManager, getNotifications: async () => shown };
const known = (...devices: Partial<PushDevice>[]) => ({ public_key: 'key', devices }) as PushDevices;

function can(permission: NotificationPermission, answer: NotificationPermission = permission): void {
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('PushManager', class {});
  vi.stubGlobal('Notification', { permission, requestPermission: async () => answer });
  Object.defineProperty(navigator, 'serviceWorker', { configurable: true, value: { register: vi.fn(), ready: Promise.resolve(registration), getRegistration: async () => registration } });
}

beforeEach(() => {
  localStorage.clear();
  Object.assign(server, { devices: [], added: [] });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.clearAllMocks();
});

describe('being told in this browser while no page is open', () => {
  it('is on where it is allowed and the server knows this browser', () => {
    can('granted');
    expect([pushState(known({ current: true })), pushState(known({ current: false }))]).toEqual(['on', 'off']);
    can('default');
    expect(pushState(known({ current: true }))).toBe('off');
    can('denied');
    expect(pushState(known({ current: true }))).toBe('denied');
    vi.stubGlobal('isSecureContext', false);
    expect(pushState(known({ current: true }))).toBe('unsupported');
  });

  it('is switched on with what its person says, also where another key was used before', async () => {
    can('default', 'denied');
    expect(await turnPushOn('usr_1', known())).toBe('denied');
    can('default', 'default');
    expect(await turnPushOn('usr_1', known())).toBe('off');
    expect([server.added, pushChosen()]).toEqual([[], null]);
    can('default', 'granted');
    pushManager.subscribe.mockRejectedValueOnce(new DOMException('another key', 'InvalidStateError'));
    expect(await turnPushOn('usr_1', known())).toBe('on');
    expect([server.added, pushChosen(), subscription.unsubscribe.mock.calls.length]).toEqual([[TOLD], 'usr_1', 1]);
  });

  it('is switched off at the server first', async () => {
    can('granted');
    server.devices = [{ id: 'dvc_1', current: true }, { id: 'dvc_2', current: false }];
    choosePush('usr_1');
    await turnPushOff(known(...server.devices));
    expect([server.devices.map(({ id }) => id), pushChosen(), subscription.unsubscribe.mock.calls.length]).toEqual([['dvc_2'], null, 1]);
  });

  it('is said again after another sign-in, and what was read is taken from the desktop', async () => {
    can('granted');
    const shelf = { changed: new Emitter<undefined>(), items: undefined as Partial<Notice>[] | undefined };
    await keepPush(shelf as unknown as NoticeShelf);
    expect(server.added).toEqual([TOLD]);
    shelf.changed.emit(undefined);
    await vi.waitFor(() => expect(shown[0]!.close).not.toHaveBeenCalled());
    shelf.items = [{ id: 'ntc_1', read: true }, { id: 'ntc_2', read: false }];
    shelf.changed.emit(undefined);
    await vi.waitFor(() => expect(shown[0]!.close).toHaveBeenCalledOnce());
    expect([shown[1]!.close.mock.calls.length, shown[2]!.close.mock.calls.length]).toEqual([0, 0]);
    server.devices = [{ id: 'dvc_1', current: true }];
    await keepPush(shelf as unknown as NoticeShelf);
    expect(server.added).toEqual([TOLD]);
  });
});
