import { query } from './query';
import { call } from './session';
import type { AuditLine } from './settings';

/** How a part does, the worst last. */
export type Standing = 'well' | 'attention' | 'down';

/** One part of the platform. */
export interface Part {
  name: string;
  standing: Standing;
  /** As far as the node that answered has seen. */
  since: string;
  ms: number | null;
  note: string;
}

/** The jobs of one kind. */
export interface Depth {
  task: string;
  due: number;
  oldest_due: string | null;
  later: number;
  running: number;
  failing: number;
  dead: number;
  last_failure: { error: string; at: string } | null;
}

/** What is in the memory of the node that answered, and what it has done since it started. */
export interface Node {
  version: string;
  /** Seconds. */
  uptime: number;
  entities: Record<string, number>;
  sockets: number;
  requests: number;
  commands_waiting: number;
  commands_committed: number;
  commands_shed: number;
  commits_broken: number;
  sockets_closed_slow: number;
  sockets_cut: number;
  connections: number;
  connections_idle: number;
}

/** The platform at a glance; what the database would say is null while it is away. */
export interface Overview {
  standing: Standing;
  parts: Part[];
  node: Node;
  nodes: number | null;
  tenants: { all: number; suspended: number } | null;
  queue: { kinds: Depth[]; letters: number; oldest_letter: string | null } | null;
}

/** A business in figures; null as long as it has not been counted. */
export interface Tenant {
  id: string;
  name: string;
  slug: string;
  status: 'active' | 'suspended';
  created_at: string;
  figures: {
    counted_at: string;
    people: number;
    customers: number;
    conversations: number;
    messages_7_days: number;
    file_bytes: number;
    last_message_at: string | null;
  } | null;
}

/** A job that failed too often. */
export interface DeadLetter {
  id: number;
  task: string;
  tenant: { id: string; name: string | null } | null;
  attempts: number;
  since: string;
  failed_at: string;
  error: string;
}

/** A stretch of a list, and where the next one begins. */
export interface Page<T, N> {
  items: T[];
  next: N | null;
}

/** The platform's record, with the names of those who did it. */
export interface Activity extends Page<AuditLine, number> {
  names: Record<string, string>;
}

export const overview = (signal?: AbortSignal) => call<Overview>('GET', '/v1/platform/overview', undefined, signal ? { signal } : {});

export const tenants = (which: { search?: string; after?: string | undefined; limit?: number }, signal?: AbortSignal) =>
  call<Page<Tenant, string>>('GET', `/v1/platform/tenants${query(which)}`, undefined, signal ? { signal } : {});

export const deadLetters = (which: { task?: string; before?: number | undefined; limit?: number }, signal?: AbortSignal) =>
  call<Page<DeadLetter, number>>('GET', `/v1/platform/dead-letters${query(which)}`, undefined, signal ? { signal } : {});

export const retryJob = (id: number) => call<unknown>('POST', `/v1/platform/dead-letters/${id}/retry`);
export const retryJobs = (task: string, upto: number) => call<{ jobs: number }>('POST', '/v1/platform/dead-letters/retry', { task, upto });
export const putAwayJob = (id: number) => call<unknown>('DELETE', `/v1/platform/dead-letters/${id}`);

export const activity = (which: { event?: string; from?: string | undefined; before?: number | undefined; limit?: number }, signal?: AbortSignal) =>
  call<Activity>('GET', `/v1/platform/activity${query(which)}`, undefined, signal ? { signal } : {});
