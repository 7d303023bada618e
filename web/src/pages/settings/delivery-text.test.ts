import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../api/webhooks';
import { attemptsText, outcomeText, stateText } from './delivery-text';

const delivery = (more: Partial<Delivery>): Delivery => ({
  id: 'dlv_1', event: 'evt_1', type: 'message.sent', about: null, seq: null, created_at: '', state: 'waiting', attempts: 0,
  next_at: null, tried_at: null, took_ms: null, status: null, answer: null, failure: null, ...more,
});

describe('a delivery', () => {
  it('says what was answered, or why nothing was', () => {
    expect(outcomeText(delivery({ status: 200, took_ms: 35 }))).toBe('200 in 35 ms');
    expect(outcomeText(delivery({ failure: 'late' }))).toBe('no answer within 15 s');
    expect(outcomeText(delivery({}))).toBe('not tried yet');
  });
  it('says how it stands', () => {
    expect(stateText(delivery({}))).toBe('waiting');
    expect(stateText(delivery({ status: 500 }))).toBe('tried again');
    expect(stateText(delivery({ failure: 'tls' }))).toBe('tried again');
    expect(stateText(delivery({ state: 'failed', status: 410 }))).toBe('given up');
    expect(stateText(delivery({ state: 'delivered', status: 200 }))).toBe('delivered');
  });
  it('counts', () => {
    expect([attemptsText(1), attemptsText(10)]).toEqual(['1 attempt', '10 attempts']);
  });
});
