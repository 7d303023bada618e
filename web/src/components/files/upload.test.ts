// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, type Ask } from '../../api/http';
import { Upload } from './upload';

const PART = 1_048_576;
const file = (size: number, name = 'plan.pdf') => new File([new Uint8Array(size)], name);

/** A server that keeps parts, and can be made to fail. */
class Server {
  received = 0;
  parts: [offset: number, size: number][] = [];
  removed = 0;
  fail: ((method: string, offset: number) => ApiError | undefined) | undefined;
  #size = 0;
  #looked = false;

  ask: Ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const offset = Number(/offset=(\d+)/.exec(path)?.[1] ?? NaN);
    const error = this.fail?.(method, offset);
    if (error) throw error;
    if (method === 'POST') this.#size = (body as { size: number }).size;
    if (method === 'DELETE') this.removed += 1;
    if (method === 'PUT') {
      const part = body as Blob;
      this.parts.push([offset, part.size]);
      if (offset === this.received) this.received += part.size;
      // Looked at when the last part is given, not before.
      this.#looked = this.received === this.#size;
    }
    const attachment = this.#looked ? { id: 'att_1', name: 'plan.pdf', type: 'application/pdf', size: this.#size } : null;
    return { id: 'att_1', size: this.#size, offset: this.received, part_bytes: PART, attachment } as T;
  };
}

describe('an upload', () => {
  let server: Server;
  beforeEach(() => {
    vi.useFakeTimers();
    server = new Server();
  });
  afterEach(() => vi.useRealTimers());
  const upload = (size: number) => new Upload(file(size), '/v1/conversations/cnv_1', server.ask);

  it('gives a file in parts and says how far it is', async () => {
    const giving = upload(2 * PART + 5);
    const seen: number[] = [];
    giving.changed.on(() => seen.push(giving.progress));
    await giving.run();
    expect(server.parts).toEqual([[0, PART], [PART, PART], [2 * PART, 5]]);
    expect(giving.attachment?.id).toBe('att_1');
    expect(seen.at(-1)).toBe(1);
    expect([...seen].sort()).toEqual(seen);
  });

  it('goes on where it was after the connection was lost, also when an answer was', async () => {
    let failures = 0;
    server.fail = (method, offset) => {
      if (method !== 'PUT' || offset !== PART || failures >= 3) return undefined;
      failures += 1;
      // The second time the part arrived and only its answer was lost.
      if (failures === 2) server.received += PART;
      return new ApiError('OFFLINE', 'No connection');
    };
    const giving = upload(3 * PART);
    const running = giving.run();
    await vi.advanceTimersByTimeAsync(0);
    expect(giving.waiting).toBe(true);
    await vi.advanceTimersByTimeAsync(60_000);
    await running;
    expect(server.parts.map(([offset]) => offset)).toEqual([0, 2 * PART]);
    expect(giving.attachment).toBeDefined();
  });

  it('goes on when a part that was taken for lost came after all', async () => {
    let late = true;
    server.fail = (method) => {
      if (method !== 'PUT' || !late) return undefined;
      late = false;
      server.received = PART;
      return new ApiError('CONFLICT', 'Another part of this file has come meanwhile.');
    };
    const giving = upload(PART + 1);
    const running = giving.run();
    await vi.advanceTimersByTimeAsync(5_000);
    await running;
    expect(server.parts).toEqual([[PART, 1]]);
    expect(giving.attachment).toBeDefined();
  });

  it('is back as soon as the network is', async () => {
    let offline = true;
    server.fail = () => (offline ? new ApiError('OFFLINE', 'No connection') : undefined);
    const giving = upload(10);
    const running = giving.run();
    await vi.advanceTimersByTimeAsync(0);
    offline = false;
    window.dispatchEvent(new Event('online'));
    await running;
    expect(giving.attachment).toBeDefined();
  });

  it('waits as long as the server says', async () => {
    let refused = false;
    server.fail = (method) => {
      if (method !== 'PUT' || refused) return undefined;
      refused = true;
      return new ApiError('RATE_LIMITED', 'Slowly', { retryAfter: 20 });
    };
    const giving = upload(10);
    const running = giving.run();
    await vi.advanceTimersByTimeAsync(19_000);
    expect(server.parts).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_100);
    await running;
    expect(giving.attachment).toBeDefined();
  });

  it('gives the last part again when the file was all there and not looked at', async () => {
    let away = true;
    server.fail = (method, offset) => {
      if (method !== 'PUT' || offset !== PART || !away) return undefined;
      away = false;
      server.received = PART + 3;
      return new ApiError('UNAVAILABLE', 'The scanner is away');
    };
    const giving = upload(PART + 3);
    const running = giving.run();
    await vi.advanceTimersByTimeAsync(5_000);
    await running;
    expect(server.parts).toEqual([[0, PART], [PART, 3]]);
    expect(giving.attachment).toBeDefined();
  });

  it('ends with what the server says when it is a no, and before anything is sent when it is plain', async () => {
    server.fail = (method) => (method === 'PUT' ? new ApiError('INVALID_INPUT', 'This file was found to be harmful') : undefined);
    const harmful = upload(10);
    await harmful.run();
    expect(harmful.problem).toBe('This file was found to be harmful');
    for (const size of [0, 25 * PART + 1]) {
      const asked = vi.fn();
      const giving = new Upload(file(size), '/v1/conversations/cnv_1', asked as unknown as Ask);
      await giving.run();
      expect(giving.problem).toMatch(size === 0 ? /empty/ : /25 MB/);
      expect(asked).not.toHaveBeenCalled();
    }
  });

  it('given up, it stops and takes away what is there', async () => {
    server.fail = (method, offset) => (method === 'PUT' && offset > 0 ? new ApiError('OFFLINE', 'No connection') : undefined);
    const giving = upload(2 * PART);
    const running = giving.run();
    await vi.advanceTimersByTimeAsync(0);
    giving.stop();
    await running;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.removed).toBe(1);
    expect(server.parts).toHaveLength(1);
  });
});
