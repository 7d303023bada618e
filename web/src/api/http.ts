import type { ErrorCode } from '../live/protocol.gen';
import { heard, say } from '../words/say';

/** Why a request came to nothing: a code of the server, or `OFFLINE` when there was no answer at all. */
export type ApiCode = ErrorCode | 'OFFLINE';

/** A typed no, with what to do next as its message. */
export class ApiError extends Error {
  readonly code: ApiCode;
  readonly status: number;
  readonly details: unknown;
  /** Seconds until trying again makes sense. */
  readonly retryAfter: number | undefined;
  /** To tell to whoever runs the server. */
  readonly requestId: string | undefined;

  constructor(code: ApiCode, message: string, more: { status?: number; details?: unknown; retryAfter?: number | undefined; requestId?: string | undefined } = {}) {
    super(message);
    this.code = code;
    this.status = more.status ?? 0;
    this.details = more.details;
    this.retryAfter = more.retryAfter;
    this.requestId = more.requestId;
  }

  /** The input field that is wrong, when one is. */
  get field(): string | undefined {
    const field = (this.details as { field?: unknown } | null | undefined)?.field;
    return typeof field === 'string' ? field : undefined;
  }
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

/** What goes with a request beside its body. */
export interface Extra {
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Whether it is to arrive when the page is left meanwhile: for little bodies. */
  keepalive?: boolean;
}

type Envelope =
  | { success: true; data: unknown; meta: { request_id: string } }
  | { success: false; error: { code: ErrorCode; message: string; details?: unknown }; meta: { request_id: string } };

/** How something is asked: as whoever is signed in, or with a visitor's token. A `Blob` goes as it is. */
export type Ask = <T>(method: Method, path: string, body?: unknown, extra?: Extra) => Promise<T>;

/** Requests whose answers may bring another session. */
const changing = new Set<Promise<unknown>>();

/** Until no answer is under way that may bring another session: who one is should not be asked in between. */
export async function settled(): Promise<void> {
  while (changing.size > 0) await Promise.allSettled(changing);
}

function remember(answer: Promise<unknown>): void {
  const done = () => changing.delete(answer);
  changing.add(answer);
  answer.then(done, done);
}

/** One request, its envelope opened. Throws an [`ApiError`] and nothing else, except when it was aborted. */
export async function request<T>(method: Method, path: string, body?: unknown, extra: Extra = {}): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json', ...extra.headers };
  const raw = body instanceof Blob;
  if (body !== undefined) headers['content-type'] = raw ? 'application/octet-stream' : 'application/json';
  const init: RequestInit = { ...extra, method, headers, credentials: 'same-origin', cache: 'no-store' };
  if (body !== undefined) init.body = raw ? body : JSON.stringify(body);
  let response: Response;
  try {
    const answer = fetch(path, init);
    if (method !== 'GET') remember(answer);
    response = await answer;
  } catch (error) {
    if (extra.signal?.aborted) throw error;
    throw new ApiError('OFFLINE', say('http.offline'));
  }
  return open<T>(response);
}

async function open<T>(response: Response): Promise<T> {
  const envelope = (await response.json().catch(() => null)) as Envelope | null;
  if (envelope?.success === true) return envelope.data as T;
  const retryAfter = Number(response.headers.get('retry-after') ?? NaN);
  const more = { status: response.status, retryAfter: Number.isFinite(retryAfter) ? retryAfter : undefined };
  if (envelope?.success === false) {
    const { code, message, details } = envelope.error;
    throw new ApiError(code, heard(message, code), { ...more, details, requestId: envelope.meta?.request_id });
  }
  throw new ApiError('INTERNAL', say('http.broken'), more);
}
