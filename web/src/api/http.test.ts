// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, request, settled } from './http';
import { call, safeNext, sessionChanged } from './session';

const meta = { timestamp: '2026-01-01T00:00:00Z', request_id: 'req_1' };
const ok = (data: unknown) => new Response(JSON.stringify({ success: true, data, meta }));
const no = (status: number, code: string, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify({ success: false, error: { code, message: `${code} text`, details: { field: 'email' } }, meta }), { status, headers });

const fetched = vi.fn<typeof fetch>();
vi.stubGlobal('fetch', fetched);
afterEach(() => {
  fetched.mockReset();
  sessionChanged();
});

describe('a request', () => {
  it('opens the envelope', async () => {
    fetched.mockResolvedValueOnce(ok({ n: 1 }));
    expect(await request('GET', '/v1/x')).toEqual({ n: 1 });
  });

  it('throws the typed no with when to try again', async () => {
    fetched.mockResolvedValueOnce(no(429, 'RATE_LIMITED', { 'retry-after': '7' }));
    const error = await request('GET', '/v1/x').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: 'RATE_LIMITED', status: 429, retryAfter: 7, field: 'email', requestId: 'req_1' });
  });

  it('says so when there is no answer, or one that is not ours', async () => {
    fetched.mockRejectedValueOnce(new TypeError('failed'));
    await expect(request('GET', '/v1/x')).rejects.toMatchObject({ code: 'OFFLINE' });
    fetched.mockResolvedValueOnce(new Response('<html>', { status: 502 }));
    await expect(request('GET', '/v1/x')).rejects.toMatchObject({ code: 'INTERNAL', status: 502 });
  });
});

describe('a call that changes something', () => {
  it('carries the token and fetches a new one once when it is out of date', async () => {
    fetched
      .mockResolvedValueOnce(ok({ csrf: 'old' }))
      .mockResolvedValueOnce(no(403, 'CSRF_FAILED'))
      .mockResolvedValueOnce(ok({ csrf: 'new' }))
      .mockResolvedValueOnce(ok({ done: true }));
    expect(await call('POST', '/v1/x', { a: 1 })).toEqual({ done: true });
    const tokens = fetched.mock.calls.map(([, init]) => (init?.headers as Record<string, string>)['x-csrf-token']);
    expect(tokens).toEqual([undefined, 'old', undefined, 'new']);
  });

  it('is not done as whoever else has signed in meanwhile, nor in another business', async () => {
    const user = { id: 'usr_a' };
    for (const now of [{ user: { id: 'usr_b' }, tenant: { id: 'ten_1' } }, { user, tenant: { id: 'ten_2' } }, {}]) {
      sessionChanged();
      fetched.mockClear();
      fetched
        .mockResolvedValueOnce(ok({ user, tenant: { id: 'ten_1' }, csrf: 'old' }))
        .mockResolvedValueOnce(no(403, 'CSRF_FAILED'))
        .mockResolvedValueOnce(ok({ ...now, csrf: 'new' }));
      await expect(call('POST', '/v1/x', {})).rejects.toMatchObject({ code: 'AUTH_INVALID' });
      expect(fetched).toHaveBeenCalledTimes(3);
    }
  });
});

describe('the address after sign-in', () => {
  it('is only ever one of ours', () => {
    expect(safeNext('/inbox?c=1#x')).toBe('/inbox?c=1#x');
    for (const next of [null, '', 'https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', 'inbox']) {
      expect(safeNext(next), String(next)).toBeUndefined();
    }
  });
});

describe('what brings another session', () => {
  it('is waited for, however it ends; what only asks is not', async () => {
    let answer!: (response: Response) => void;
    let fail!: (error: Error) => void;
    fetched.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    fetched.mockReturnValueOnce(new Promise((_, reject) => (fail = reject)));
    fetched.mockReturnValueOnce(new Promise(() => undefined));
    const asked = [request('POST', '/v1/a', {}), request('DELETE', '/v1/b').catch(() => 'failed')];
    void request('GET', '/v1/c');
    let over = false;
    const waiting = settled().then(() => (over = true));
    answer(ok(1));
    await asked[0];
    expect(over).toBe(false);
    fail(new TypeError('failed'));
    await Promise.all([...asked, waiting]);
    expect(over).toBe(true);
  });
});
