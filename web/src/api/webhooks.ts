import { call } from './session';

/** A place that is told what happens. Its secret is in the answers that make one, and nowhere else. */
export interface Webhook {
  id: string;
  rev: number;
  url: string;
  description: string;
  events: string[];
  /** `failing` and `gone`: switched off by us. */
  state: 'on' | 'off' | 'failing' | 'gone';
  created_at: string;
  /** Nothing has arrived since. */
  failing_since: string | null;
  previous_secret_until: string | null;
  waiting: number;
  /** Events that were left out because too many waited. */
  dropped: number;
}

/** What a webhook can be told of. */
export interface WebhookEvent {
  type: string;
  about: string;
}

/** An event on its way to a webhook. */
export interface Delivery {
  id: string;
  event: string;
  type: string;
  about: string | null;
  seq: number | null;
  created_at: string;
  state: 'waiting' | 'delivered' | 'failed';
  attempts: number;
  next_at: string | null;
  tried_at: string | null;
  took_ms: number | null;
  status: number | null;
  answer: string | null;
  failure: 'forbidden' | 'unresolved' | 'unreachable' | 'tls' | 'late' | 'broken' | null;
}

const at = (id: string) => `/v1/tenant/webhooks/${id}`;

export const webhooks = () => call<{ ready: boolean; items: Webhook[] }>('GET', '/v1/tenant/webhooks');
export const webhookEvents = () => call<WebhookEvent[]>('GET', '/v1/tenant/webhooks/events');
export const createWebhook = (webhook: { url: string; description: string; events: string[] }) =>
  call<Webhook & { secret: string }>('POST', '/v1/tenant/webhooks', webhook);
export const changeWebhook = ({ id, rev, url, description, events }: Webhook, on: boolean) =>
  call<Webhook>('PUT', at(id), { rev, url, description, events, on });
export const replaceSecret = (id: string) => call<Webhook & { secret: string }>('POST', `${at(id)}/secret`, {});
export const removeWebhook = (id: string) => call<unknown>('DELETE', at(id));
export const testWebhook = (id: string) => call<Delivery>('POST', `${at(id)}/test`, {});
export const deliveries = (id: string, before?: string) =>
  call<{ items: Delivery[]; more: boolean }>('GET', `${at(id)}/deliveries${before ? `?before=${before}` : ''}`);
export const sendAgain = (id: string, delivery: string) => call<Delivery>('POST', `${at(id)}/deliveries/${delivery}/again`, {});
