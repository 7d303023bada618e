// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Api } from './api';

interface Outside {
  open(): void;
  identify(token: string | null): void;
  forget(): void;
  on(name: string, handler: (detail: unknown) => void): void;
  off(name: string, handler: (detail: unknown) => void): void;
  push(run: (api: Outside) => void): void;
}

const page = window as unknown as { Brigade?: Outside | ((api: Outside) => void)[]; reportError: (error: unknown) => void };
const outside = () => page.Brigade as Outside;
const open = vi.fn();
const identify = vi.fn();

function begun(): Api {
  const api = new Api(open, () => {}, () => {}, identify);
  api.begin();
  return api;
}

describe('what a page can do with the chat', () => {
  beforeEach(() => {
    delete page.Brigade;
    open.mockClear();
  });

  it('is done when the chat is there, in order, if it was asked for before', () => {
    const said: unknown[] = [];
    page.Brigade = [(brigade) => brigade.on('unread', (count) => said.push(count)), (brigade) => brigade.open()];
    const api = begun();
    expect(open).toHaveBeenCalledTimes(1);
    api.tell('unread', 2);
    outside().push((brigade) => brigade.open());
    expect([open.mock.calls.length, said]).toEqual([2, [2]]);
  });

  it('hears how things are also when it listens later, and each change once', () => {
    const api = begun();
    api.tell('ready');
    api.tell('unread', 1);
    const [ready, unread, opened] = [vi.fn(), vi.fn(), vi.fn()];
    outside().on('ready', ready);
    outside().on('unread', unread);
    outside().on('opened', opened);
    api.tell('ready');
    api.tell('unread', 1);
    api.tell('unread', 0);
    api.tell('opened');
    api.tell('opened');
    expect([ready.mock.calls.length, unread.mock.calls.flat(), opened.mock.calls.length]).toEqual([1, [1, 0], 2]);
    outside().off('unread', unread);
    api.tell('unread', 5);
    expect(unread).toHaveBeenCalledTimes(2);
  });

  it('passes on who is here, and that they have gone', () => {
    page.Brigade = [(brigade) => brigade.identify('a.b')];
    const api = begun();
    outside().forget();
    expect(identify.mock.calls).toEqual([['a.b'], [null]]);
    const failed = vi.fn();
    outside().on('identify_failed', failed);
    api.tell('identify_failed', 'TOKEN_EXPIRED');
    api.tell('identify_failed', 'TOKEN_EXPIRED');
    expect(failed.mock.calls).toEqual([['TOKEN_EXPIRED'], ['TOKEN_EXPIRED']]);
  });

  it('goes on when a script of the page fails', () => {
    page.reportError = vi.fn();
    page.Brigade = [() => { throw new Error('mistake'); }, (brigade) => brigade.open(), 'nonsense' as never];
    const api = begun();
    const after = vi.fn();
    outside().on('opened', () => { throw new Error('another'); });
    outside().on('opened', after);
    api.tell('opened');
    expect([open.mock.calls.length, after.mock.calls.length, (page.reportError as ReturnType<typeof vi.fn>).mock.calls.length]).toEqual([1, 1, 3]);
  });
});
