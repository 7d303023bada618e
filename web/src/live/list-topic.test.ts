import { describe, expect, it } from 'vitest';
import { ListTopic } from './list-topic';
import { seeded } from './testing/random-log';

const topic = 'tenant:ten_1/inbox';
const st = (key: string, rev: number, body: unknown) => ({ t: 'st', topic, key, rev, body }) as const;

describe('a list', () => {
  it('keeps the latest of each key whatever the order of arrival', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const random = seeded(seed);
      const frames = Array.from({ length: 40 }, (_, index) => st(`k${Math.floor(random() * 5)}`, index + 1, random() < 0.2 ? null : index));
      const expected = new Map<string, unknown>();
      for (const frame of frames) expected.set(frame.key, frame.body);
      const list = new ListTopic<number>(topic, () => undefined);
      list.receive({ t: 'snap', topic, epoch: 0, seq: 0, state: { items: [] } });
      const shuffled = frames.map((frame) => ({ frame, order: random() })).sort((a, b) => a.order - b.order);
      for (const { frame } of shuffled) list.receive(frame);
      for (const [key, body] of expected) expect(list.get(key) ?? null, `seed ${seed} ${key}`).toBe(body);
    }
  });

  it('a snapshot after a reconnect forgets what is not in it and keeps what is newer here', () => {
    const list = new ListTopic<string>(topic, () => undefined);
    list.receive({ t: 'snap', topic, epoch: 0, seq: 0, state: { items: [{ key: 'a', rev: 1, body: 'a1' }, { key: 'b', rev: 1, body: 'b1' }] } });
    list.receive(st('a', 5, 'a5'));
    list.receive({ t: 'snap', topic, epoch: 0, seq: 0, state: { items: [{ key: 'a', rev: 3, body: 'a3' }] } });
    expect(list.get('a')).toBe('a5');
    expect(list.get('b')).toBeUndefined();
  });
});
