// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../api/http';
import type { NoticeSettings } from '../../api/notice-settings';
import { Disposables } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import type { Session } from '../../session/start';
import { notificationSection } from './notifications';

const USUAL: NoticeSettings = { rev: 0, off: [], unmailed: [], unpushed: [], mail: 'hour', mail_hour: 8, zone: null, quiet: null };

const server = vi.hoisted(() => ({ kept: undefined as unknown as NoticeSettings, fails: false, saves: [] as NoticeSettings[] }));
vi.mock('../../api/notice-settings', () => ({
  noticeSettings: async () => server.kept,
  keepNoticeSettings: async (wanted: NoticeSettings) => {
    server.saves.push(wanted);
    await Promise.resolve();
    if (server.fails) throw new ApiError('OFFLINE', 'No connection.');
    if (wanted.rev !== server.kept.rev) throw new ApiError('CONFLICT', 'Somebody was faster.');
    return (server.kept = { ...wanted, rev: wanted.rev + 1 });
  },
}));

const owned = new Disposables();
const complaints: string[] = [];
const toasts = { show: ({ text }: { text: string }) => complaints.push(text) };
const changed = new Emitter<undefined>();
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
const box = (label: string) => document.querySelector<HTMLInputElement>(`[aria-label="${label}"]`)!;
const choose = (input: HTMLInputElement, checked: boolean) => {
  input.checked = checked;
  input.dispatchEvent(new Event('change', { bubbles: true }));
};
const ASSIGNED = 'A conversation is given to me';
const MENTIONED = 'Somebody mentions me';

const show = async (kind: string) => {
  document.body.replaceChildren(...(notificationSection({ owned, who: { kind }, toasts, notices: { changed } } as unknown as Session) as Node[]));
  await settle();
};

beforeEach(async () => {
  Object.assign(server, { kept: USUAL, fails: false, saves: [] });
  await show('account_manager');
});
afterEach(() => document.body.replaceChildren());

describe('what one wants to be told', () => {
  it('is kept at once, also when one is quick, and what is not told is not mailed', async () => {
    choose(box(`Told here: ${ASSIGNED}`), false);
    choose(box(`By e-mail: ${MENTIONED}`), false);
    choose(box(`On my devices: ${MENTIONED}`), false);
    expect([box(`By e-mail: ${ASSIGNED}`).disabled, box(`By e-mail: ${ASSIGNED}`).checked]).toEqual([true, false]);
    expect([box(`On my devices: ${ASSIGNED}`).disabled, box(`On my devices: ${ASSIGNED}`).checked]).toEqual([true, false]);
    await settle();
    expect(server.kept).toEqual({ ...USUAL, rev: 3, off: ['assigned'], unmailed: ['mentioned'], unpushed: ['mentioned'] });
    expect(document.body.textContent).toContain('Saved.');
    expect(box(`Told here: A webhook was switched off`)).toBeNull();
  });

  it('is always told to admins when support looks, and by mail and elsewhere as they like', async () => {
    const support = 'The platform’s support begins to look (always told here)';
    expect(box(`Told here: ${support}`)).toBeNull();
    await show('admin');
    expect([box(`Told here: ${support}`).disabled, box(`Told here: ${support}`).checked]).toEqual([true, true]);
    choose(box(`By e-mail: ${support}`), false);
    choose(box('Told here: A webhook was switched off'), false);
    await settle();
    expect(server.kept).toMatchObject({ off: ['webhook_off'], unmailed: ['support_came'] });
  });

  it('comes back with a reason when it could not be kept', async () => {
    server.fails = true;
    choose(box(`Told here: ${ASSIGNED}`), false);
    await settle();
    expect([box(`Told here: ${ASSIGNED}`).checked, complaints]).toEqual([true, ['No connection.']]);
  });

  it('is tried once more when another page was faster, and shows what another page chose', async () => {
    server.kept = { ...USUAL, rev: 4 };
    choose(box(`Told here: ${ASSIGNED}`), false);
    await settle();
    expect(server.kept).toEqual({ ...USUAL, rev: 5, off: ['assigned'] });
    server.kept = { ...USUAL, rev: 6 };
    changed.emit(undefined);
    await settle();
    expect(box(`Told here: ${ASSIGNED}`).checked).toBe(true);
  });

  it('takes the clock of this device for quiet hours', async () => {
    choose([...document.querySelectorAll<HTMLInputElement>('label input')].at(0)!, true);
    await settle();
    expect(server.kept.quiet).toEqual({ from: '22:00', to: '07:00' });
    expect(server.kept.zone).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
  });
});
