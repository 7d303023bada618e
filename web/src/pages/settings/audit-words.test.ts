import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { topicOf, TOPICS, WORDS, wordsOf } from './audit-words';

/** Names of events, where the server writes its audit log: not those of jobs and of what only looks like one. */
const EVENT = /"((?:account|api_keys?|canned_reply|conversation|identity_secret|inbox_view|invitation|job|letter|membership|own_data|report|second_factor|session|staff|support|team|tenant|user|webhook)\.[a-z_]+)"/g;
/** Here are the names of what other servers are told. */
const TOLD = join('webhooks', 'event.rs');
const NO_EVENTS = ['tenant.command', 'webhook.test', 'own_data.build', 'own_data.expire', 'account.delete', 'support.end'];

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.rs') && !name.endsWith(TOLD)).map((name) => readFileSync(join(folder, name), 'utf8'));
}

const written = new Set(['../domain/src', '../store/src'].flatMap(sources).flatMap((text) => [...text.matchAll(EVENT)].map(([, name]) => name!)).filter((name) => !NO_EVENTS.includes(name)));

describe('the audit log', () => {
  it('has words for everything the server writes into it, and for nothing else', () => {
    expect(written.size).toBeGreaterThan(40);
    expect(Object.keys(WORDS).sort()).toEqual([...written].sort());
  });

  it('says by its name what a later server writes', () => {
    expect([wordsOf('kitchen.rented_out'), topicOf('kitchen.rented_out')]).toEqual(['kitchen rented out', 'settings']);
    expect(TOPICS.map(({ value }) => value)).toContain(topicOf('session.signed_in'));
  });
});
