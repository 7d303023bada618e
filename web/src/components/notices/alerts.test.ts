// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NoticeSettings } from '../../api/notice-settings';
import type { Notice } from '../../api/notices';
import { Emitter } from '../../base/emitter';
import { Alerts } from './alerts';
import type { NoticeShelf } from './notice-shelf';
import { isQuiet } from './quiet';

const settings: NoticeSettings = { rev: 1, off: [], unmailed: [], unpushed: [], mail: 'hour', mail_hour: 8, zone: 'Europe/Berlin', quiet: null };
let kept = settings;
const heard = vi.fn();
const shown = vi.fn<(text: string, tag: string, chosen: () => void) => boolean>(() => true);
const shelf = { changed: new Emitter<undefined>(), items: [] as Notice[], read: vi.fn(), opener: vi.fn() };
const pages: Alerts[] = [];
let at = 0;

/** Something new is known, some minutes after what was before. */
async function comes(more: Partial<Notice> = {}): Promise<void> {
  at += 1;
  vi.advanceTimersByTime(60_001);
  shelf.items = [{ id: `ntc_${at}`, kind: 'answered', conversation: 'cnv_1', name: 'Ada', times: 1, words: 'My card is 4111', read: false, at: `2026-11-22T10:${String(at).padStart(2, '0')}:00.000001Z`, ...more } as Notice, ...shelf.items];
  shelf.changed.emit(undefined);
  await vi.advanceTimersByTimeAsync(0);
}

/** A page of this device. */
function page(): Alerts {
  const alerts = new Alerts(shelf as unknown as NoticeShelf, 'Harbour', { sound: heard, desktop: shown, settings: async () => kept });
  pages.push(alerts);
  return alerts;
}

beforeEach(async () => {
  vi.useFakeTimers({ now: new Date('2026-11-22T21:30:00Z') });
  localStorage.clear();
  kept = settings;
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('Notification', { permission: 'granted', requestPermission: async () => 'granted' });
});
afterEach(() => {
  pages.splice(0).forEach((each) => each.dispose());
  shelf.items = [];
  vi.clearAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('a sound', () => {
  it('is made for what is new, by one page of the device, and not for what was there, was read, or follows at once', async () => {
    page();
    page();
    await comes();
    expect(heard, 'what was there before the page').not.toHaveBeenCalled();
    await comes();
    expect(heard).toHaveBeenCalledTimes(1);
    await comes({ read: true });
    expect(heard).toHaveBeenCalledTimes(1);
    await comes();
    shelf.items = [{ ...shelf.items[0]!, id: 'ntc_more', at: '2026-11-22T11:00:00.000001Z' }, ...shelf.items];
    shelf.changed.emit(undefined);
    await vi.advanceTimersByTimeAsync(0);
    expect(heard, 'two at once are one sound').toHaveBeenCalledTimes(2);
  });

  it('is heard when it is turned on, and not again once it is off, on every page of the device', async () => {
    const [one, other] = [page(), page()];
    await comes();
    one!.sound = false;
    await comes();
    expect([heard.mock.calls.length, other!.sound]).toEqual([0, false]);
    one!.sound = true;
    expect(heard).toHaveBeenCalledTimes(1);
  });

  it('is not made in quiet hours, by the clock of whom they are', async () => {
    page();
    await comes();
    // 22:30 in Berlin, 21:30 in London.
    kept = { ...settings, quiet: { from: '22:00', to: '07:00' } };
    await comes();
    expect(heard).not.toHaveBeenCalled();
    kept = { ...kept, zone: 'Europe/London' };
    await comes();
    expect(heard).toHaveBeenCalledTimes(1);
  });
});

describe('the desktop', () => {
  it('shows who and not what, while the page is not seen, and opens it', async () => {
    const alerts = page();
    await comes();
    expect(alerts.desktop, 'not before it was chosen').toBe(false);
    expect(await alerts.showOnDesktop(true)).toBe(true);
    expect(shown).toHaveBeenCalledTimes(1);
    await comes();
    expect(shown, 'the page is seen').toHaveBeenCalledTimes(1);
    vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    await comes();
    const [text, , chosen] = shown.mock.calls[1]!;
    expect(text).toBe('A new message from Ada.');
    chosen();
    expect(shelf.read.mock.calls[0]![0]).toBe(shelf.items[0]);
    expect(shelf.opener).toHaveBeenCalledWith('cnv_1');
    vi.restoreAllMocks();
  });

  it('is left to the service worker where one is pushed to as well, under the tag that a push has: for one thing there is one', async () => {
    const plain = vi.fn();
    vi.stubGlobal('Notification', class { static permission = 'granted'; constructor(...said: unknown[]) { plain(...said); } });
    const showNotification = vi.fn(async () => undefined);
    Object.defineProperty(navigator, 'serviceWorker', { configurable: true, value: { getRegistration: async () => ({ showNotification }) } });
    localStorage.setItem('brigade.desktop', 'on');
    localStorage.setItem('brigade.push', 'usr_1');
    pages.push(new Alerts(shelf as unknown as NoticeShelf, 'Harbour', { sound: heard, settings: async () => kept }));
    vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    await comes();
    await comes();
    expect(showNotification).toHaveBeenCalledWith('Harbour', { body: 'A new message from Ada.', tag: shelf.items[0]!.id, data: { url: '/inbox?c=cnv_1' } });
    expect(plain).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it('stays off where the browser refuses or cannot', async () => {
    const alerts = page();
    shown.mockReturnValueOnce(false);
    expect([await alerts.showOnDesktop(true), alerts.desktop]).toEqual([false, false]);
    vi.stubGlobal('Notification', { permission: 'denied', requestPermission: async () => 'denied' });
    expect([await alerts.showOnDesktop(true), alerts.desktop]).toEqual([false, false]);
    vi.stubGlobal('isSecureContext', false);
    expect(await alerts.showOnDesktop(true)).toBe(false);
  });
});

it('quiet hours hold over midnight and when the clocks change', () => {
  const quiet = (from: string, to: string, now: string) => isQuiet({ quiet: { from, to }, zone: 'Europe/Berlin' }, new Date(now));
  expect(quiet('22:00', '07:00', '2026-11-22T23:10:00Z')).toBe(true);
  expect(quiet('22:00', '07:00', '2026-11-22T06:00:00Z')).toBe(false);
  expect(quiet('12:00', '13:00', '2026-11-22T11:59:59Z')).toBe(true);
  expect(quiet('00:00', '01:00', '2026-11-21T23:00:00Z')).toBe(true);
  // Summer time began in the night: 03:30 by the new clock.
  expect(quiet('03:00', '04:00', '2026-03-29T01:30:00Z')).toBe(true);
  expect(isQuiet({ quiet: null, zone: null }, new Date())).toBe(false);
});
