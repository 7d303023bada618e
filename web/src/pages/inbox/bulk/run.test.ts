import { beforeEach, describe, expect, it } from 'vitest';
import { LiveClient } from '../../../live/client';
import type { Pending } from '../../../live/queue';
import { FakeWorld } from '../../../live/testing/fake-world';
import { stepsOf, type Sorted, type Wish } from '../wish';
import { BulkRun, type Job, type Outcome } from './run';

const OPEN: Sorted = { status: 'open', assignee: null };
let world: FakeWorld;
let client: LiveClient;
let kept: Pending[];

beforeEach(() => {
  world = new FakeWorld();
  kept = [];
  client = new LiveClient('usr_me', { load: () => [], save: (pending) => void (kept = pending) }, { world });
  client.connection.open();
  world.welcome();
});

const jobs = (count: number, wish: Wish = { type: 'resolve' }, before: (index: number) => Sorted = () => OPEN): Job[] =>
  Array.from({ length: count }, (_, index) => ({ id: `cnv_${index}`, steps: () => stepsOf(before(index), wish) }));

/** What the newest wire was asked. */
const asked = () => world.sent('cmd');
const acknowledge = (from: number, to: number) => {
  for (const { id } of asked().slice(from, to)) world.say({ t: 'ack', id, seq: 9 });
};
/** Lets promises go on. */
const settle = () => new Promise((resolve) => setTimeout(resolve));
const summary = ({ changed, already, refused, unsent }: Outcome) => [changed.length, already.length, refused.length, unsent.length];

describe('the same for many', () => {
  it('asks a few at a time, each once', async () => {
    const run = new BulkRun(client, jobs(20));
    for (let at = 0; at < 20; at += 8) {
      expect(asked()).toHaveLength(Math.min(at + 8, 20));
      acknowledge(at, at + 8);
      await settle();
    }
    expect(new Set(asked().map(({ topic }) => topic)).size).toBe(20);
    expect(summary(await run.finished)).toEqual([20, 0, 0, 0]);
    expect(run.done).toBe(20);
    expect(kept).toEqual([]);
  });

  it('skips and counts what is so already, as it is when its turn comes', async () => {
    const states = Array.from({ length: 10 }, (): Sorted => ({ ...OPEN }));
    const run = new BulkRun(client, jobs(10, { type: 'resolve' }, (index) => states[index]!));
    states[9]!.status = 'resolved';
    states[3]!.status = 'resolved';
    acknowledge(0, 8);
    await settle();
    acknowledge(8, 10);
    const outcome = await run.finished;
    expect(summary(outcome)).toEqual([9, 1, 0, 0]);
    expect(outcome.already).toEqual(['cnv_9']);
  });

  it('goes on after a refusal, keeps its reason and nothing else of it', async () => {
    const run = new BulkRun(client, jobs(3));
    world.say({ t: 'err', id: asked()[1]!.id, code: 'CONFLICT', message: 'Open it again first.' });
    acknowledge(0, 1);
    acknowledge(2, 3);
    const outcome = await run.finished;
    expect(summary(outcome)).toEqual([2, 0, 1, 0]);
    expect(outcome.refused).toEqual([{ id: 'cnv_1', reason: 'Open it again first.' }]);
    expect(kept).toEqual([]);
  });

  it('knows which steps of one were done before a refusal', async () => {
    const run = new BulkRun(client, jobs(1, { type: 'label', on: ['lbl_1', 'lbl_2'], off: [] }));
    acknowledge(0, 1);
    await settle();
    world.say({ t: 'err', id: asked()[1]!.id, code: 'CONFLICT', message: 'too many' });
    const { changed, refused } = await run.finished;
    expect(changed[0]!.done.map(({ command }) => command.body)).toEqual([{ label: 'lbl_1', on: true }]);
    expect(refused).toHaveLength(1);
  });

  it('begins nothing new while the server wants it to wait, and goes on by itself', async () => {
    const run = new BulkRun(client, jobs(12));
    world.say({ t: 'err', id: asked()[7]!.id, code: 'RATE_LIMITED', message: 'slow down', retry_after: 2 });
    acknowledge(0, 7);
    await settle();
    expect(asked()).toHaveLength(8);
    world.pass(1_999);
    expect(asked()).toHaveLength(8);
    world.pass(1);
    expect(asked()).toHaveLength(13);
    expect(asked().filter(({ id }) => id === asked()[7]!.id)).toHaveLength(2);
    acknowledge(8, 13);
    expect(summary(await run.finished)).toEqual([12, 0, 0, 0]);
  });

  it('stops: what is on its way is waited for, the rest is named', async () => {
    const run = new BulkRun(client, jobs(12));
    acknowledge(0, 2);
    await settle();
    run.stop();
    expect(run.done).toBe(2);
    acknowledge(2, 10);
    const outcome = await run.finished;
    expect(asked()).toHaveLength(10);
    expect(outcome.unsent).toEqual(['cnv_10', 'cnv_11']);
    expect(outcome.changed).toHaveLength(10);
  });

  it('without a connection nothing new is asked; what was asked goes again with its id', async () => {
    const run = new BulkRun(client, jobs(10));
    const before = asked().map(({ id }) => id);
    world.wire.events.close(1006, '');
    world.pass(1_000);
    expect(world.wires).toHaveLength(2);
    world.welcome();
    expect(asked().slice(0, 8).map(({ id }) => id)).toEqual(before);
    acknowledge(0, 8);
    await settle();
    acknowledge(8, 10);
    expect(summary(await run.finished)).toEqual([10, 0, 0, 0]);
    expect(new Set([...before, ...asked().map(({ id }) => id)]).size).toBe(10);
  });

  it('stopped before there is a connection nothing is asked at all', async () => {
    world.wire.events.close(1006, '');
    const run = new BulkRun(client, jobs(3));
    run.stop();
    expect(summary(await run.finished)).toEqual([0, 0, 0, 3]);
  });
});
