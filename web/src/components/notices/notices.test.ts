// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../api/http';
import type { NoticeSettings } from '../../api/notice-settings';
import type { Notice } from '../../api/notices';
import { Disposables } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import type { ServerFrame, WelcomeFrame } from '../../live/protocol.gen';
import { Actions } from '../palette/actions';
import { Toasts } from '../toast/toast';
import { Alerts } from './alerts';
import { bell } from './bell';
import { NoticeShelf } from './notice-shelf';
import { hrefOf, textOf } from './words';

const ME = 'usr_me';

function notice(more: Partial<Notice> = {}): Notice {
  return {
    id: 'ntc_1', kind: 'answered', conversation: 'cnv_1', account: null, webhook: null, permission: null, name: 'Ada', times: 1, by: 'vis_1', by_name: null,
    words: 'Hello', due_at: null, until: null, at: '2026-11-22T10:00:00.000001Z', read: false, ...more,
  };
}

class FakeServer {
  items: Notice[] = [];
  fails = false;
  asked = 0;
  told: unknown[] = [];
  list = async () => {
    this.asked += 1;
    if (this.fails) throw new ApiError('OFFLINE', 'No connection.');
    return this.items;
  };
  read = async (what: unknown) => {
    this.told.push(what);
    if (this.fails) throw new ApiError('OFFLINE', 'No connection.');
  };
}

const senses = { sound: vi.fn(), settings: async () => ({}) as NoticeSettings };
const server = new FakeServer();
const connection = { frames: new Emitter<ServerFrame>(), welcomed: new Emitter<WelcomeFrame>() };
let shelf: NoticeShelf;
const signal = (who: string, topic = 'tenant:ten_1') => connection.frames.emit({ t: 'eph', topic, type: 'noticed', body: { for: who }, by: 'system' } as ServerFrame);
const soon = () => vi.advanceTimersByTimeAsync(200);
/** When what the page is for has had its turn. */
const begun = () => vi.advanceTimersByTimeAsync(1_600);

beforeEach(() => {
  vi.useFakeTimers();
  Object.assign(server, { items: [notice()], fails: false, asked: 0, told: [] });
  shelf = new NoticeShelf(ME, connection, server);
});
afterEach(() => {
  shelf.dispose();
  document.body.replaceChildren();
  vi.useRealTimers();
});

describe('what one was told', () => {
  it('is asked for at the beginning and whenever there is something new for me, once for several', async () => {
    connection.welcomed.emit({} as WelcomeFrame);
    await soon();
    expect(server.asked, 'the page comes first').toBe(0);
    await begun();
    expect([server.asked, shelf.unread]).toEqual([1, 1]);
    signal('usr_other');
    await soon();
    expect(server.asked).toBe(1);
    signal(ME);
    signal(ME);
    await soon();
    expect(server.asked).toBe(2);
    connection.welcomed.emit({} as WelcomeFrame);
    await soon();
    expect(server.asked).toBe(3);
  });

  it('is read at once here, also while an older answer is on its way, and not when something came after it', async () => {
    await begun();
    shelf.read(shelf.items![0]!);
    expect([shelf.unread, server.told]).toEqual([0, [{ until: notice().at, ids: ['ntc_1'] }]]);
    server.items = [notice({ at: '2026-11-22T10:00:01.000001Z', times: 2 })];
    signal(ME);
    await soon();
    expect(shelf.unread).toBe(1);
    shelf.readAll();
    expect(server.told[1]).toEqual({ until: '2026-11-22T10:00:01.000001Z' });
  });

  it('says nothing of the conversation before one’s eyes', async () => {
    server.items = [notice(), notice({ id: 'ntc_2', conversation: 'cnv_2' })];
    await begun();
    shelf.watch(() => 'cnv_1');
    expect([shelf.unread, server.told]).toEqual([1, [{ until: notice().at, conversation: 'cnv_1' }]]);
    const counts: number[] = [];
    shelf.changed.on(() => counts.push(shelf.unread));
    server.items = [notice({ at: '2026-11-22T10:00:05.000001Z', times: 2 }), notice({ id: 'ntc_2', conversation: 'cnv_2' })];
    signal(ME);
    await soon();
    expect(counts, 'not even for a moment').toEqual([1]);
  });

  it('comes back when it could not be read, and keeps what is there when it could not be asked for', async () => {
    await begun();
    server.fails = true;
    shelf.read(shelf.items![0]!);
    await vi.advanceTimersByTimeAsync(10_500);
    expect(shelf.items).toHaveLength(1);
    server.fails = false;
    await vi.advanceTimersByTimeAsync(10_500);
    expect(shelf.unread).toBe(1);
  });
});

describe('the bell', () => {
  it('counts, opens the list, and opens a conversation on the page', async () => {
    const owned = new Disposables();
    const actions = new Actions();
    server.items = [notice({ name: '<b>Ada</b>', words: null }), notice({ id: 'ntc_2', kind: 'webhook_off', conversation: null, read: true })];
    document.body.append(bell(shelf, new Alerts(shelf, 'Harbour', senses), { actions, owned, toasts: new Toasts() }));
    await begun();
    const opener = document.querySelector('button')!;
    expect(opener.getAttribute('aria-label')).toBe('Notifications, 1 unread');
    const opened: string[] = [];
    shelf.opener = (id) => opened.push(id);
    opener.click();
    await import('./panel');
    await vi.waitFor(() => expect(document.querySelector('dialog a')).not.toBeNull());
    const links = [...document.querySelectorAll<HTMLAnchorElement>('dialog a')];
    expect(links.map(({ textContent }) => textContent)[0]).toContain('Unread: A new message from <b>Ada</b>.');
    expect(links[1]!.getAttribute('href')).toBe('/settings#webhooks');
    links[0]!.click();
    expect([opened, shelf.unread, document.querySelector('dialog')]).toEqual([['cnv_1'], 0, null]);
    expect(opener.getAttribute('aria-label')).toBe('Notifications');
    expect(actions.offered('').map(({ id }) => id)).toEqual(['notices', 'sound']);
    owned.dispose();
  });

  it('says aloud what comes while the page is open, and nothing of what was there before', async () => {
    const owned = new Disposables();
    server.items = [notice({ id: 'ntc_1' })];
    document.body.append(bell(shelf, new Alerts(shelf, 'Harbour', senses), { actions: new Actions(), owned, toasts: new Toasts() }));
    const said = document.querySelector('[role=status]')!;
    await begun();
    expect(said.textContent).toBe('');
    server.items = [notice({ id: 'ntc_2', name: 'Grace' }), ...server.items];
    shelf.ask();
    await begun();
    expect(said.textContent).toBe('A new message from Grace.');
    owned.dispose();
  });
});

describe('the words', () => {
  it('say who, what and how often', () => {
    const now = new Date('2026-11-22T12:00:00Z');
    const say = (more: Partial<Notice>) => textOf(notice(more), now);
    expect(say({ times: 3 })).toBe('3 new messages from Ada.');
    expect(say({ kind: 'assigned', by_name: 'Jonas' })).toBe('Jonas gave you Ada.');
    expect(say({ kind: 'assigned' })).toBe('Brigade gave you Ada.');
    expect(say({ kind: 'due', due_at: '2026-11-22T11:00:00Z' })).toMatch(/^Missed: /);
    expect(say({ kind: 'due', due_at: '2026-11-22T13:00:00Z' })).toMatch(/^What Ada waits for is due today, /);
    expect(hrefOf(notice({ kind: 'entrusted', conversation: null }))).toBe('/inbox');
    const support = { kind: 'support_came', name: 'Olu', conversation: null, permission: 'per_1' } as const;
    expect(say({ ...support, until: '2026-11-22T15:00:00Z' })).toMatch(/^Olu of the platform’s support came to look into your business\. They may look until today, /);
    expect(say({ ...support, until: '2026-11-22T12:00:00Z' })).toMatch(/ That was over today, /);
    expect(hrefOf(notice(support))).toBe('/settings#support');
  });
});
