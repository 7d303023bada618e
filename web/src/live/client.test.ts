import { beforeEach, describe, expect, it } from 'vitest';
import { LiveClient } from './client';
import { followConversation } from './live-conversation';
import { planAfterClose } from './comeback';
import { parseServerFrame } from './frames';
import { Presence } from './presence';
import type { Pending, Shelf } from './queue';
import { FakeWorld } from './testing/fake-world';
import { emptyConversation, TOPIC } from './testing/random-log';

function memoryShelf(): Shelf & { kept: Pending[] } {
  return {
    kept: [],
    load() {
      return structuredClone(this.kept);
    },
    save(pending) {
      this.kept = structuredClone(pending);
    },
  };
}

let world: FakeWorld;
let shelf: ReturnType<typeof memoryShelf>;
let client: LiveClient;

function start() {
  client = new LiveClient('usr_me', shelf, { world });
  client.connection.open();
  world.welcome();
}

beforeEach(() => {
  world = new FakeWorld();
  shelf = memoryShelf();
  start();
});

const send = (text: string) => client.command(TOPIC as 'conversation:x', 'send', { text }, { keep: true });

describe('a socket', () => {
  it('that is welcomed as somebody else is given up, and nothing goes over it', () => {
    client = new LiveClient('usr_me', memoryShelf(), { world });
    client.connection.mine = ({ who }) => who === 'usr_me';
    client.follow({ topic: TOPIC, waiting: false, follow: () => client.connection.send({ t: 'sub', topic: TOPIC }), receive: () => undefined });
    client.connection.open();
    void send('not as somebody else');
    world.welcome('usr_other');
    expect(world.wire.sent.map(({ t }) => t)).toEqual(['hello']);
    expect(world.wire.closed).toBe(true);
    expect(client.connection.current).toEqual({ kind: 'signed_out' });
    client.connection.restart();
    world.welcome('usr_me');
    expect(world.wire.sent.map(({ t }) => t)).toEqual(['hello', 'sub', 'cmd']);
  });
});

describe('commands', () => {
  it('go one after the other within a topic', () => {
    const first = send('1');
    send('2');
    expect(world.sent('cmd').map((frame) => frame.body)).toEqual([{ text: '1' }]);
    world.say({ t: 'ack', id: first.id, seq: 2 });
    expect(world.sent('cmd').map((frame) => frame.body)).toEqual([{ text: '1' }, { text: '2' }]);
  });

  it('are sent again with the same id after a cut, until they are answered', async () => {
    const { id, done } = send('hello');
    world.wire.events.close(1006, '');
    expect(client.queue.of(TOPIC)).toMatchObject([{ id, state: 'waiting' }]);
    world.pass(1_000);
    world.welcome();
    expect(world.sent('cmd')).toMatchObject([{ id, body: { text: 'hello' } }]);
    world.say({ t: 'ack', id, seq: 7 });
    await expect(done).resolves.toBe(7);
    expect(client.queue.of(TOPIC)).toEqual([]);
    expect(shelf.kept).toEqual([]);
  });

  it('survive a reload in the middle of a send, with the same id', () => {
    const { id } = send('hello');
    client.dispose();
    start();
    expect(world.sent('cmd')).toMatchObject([{ id, body: { text: 'hello' } }]);
    expect(client.queue.of(TOPIC)).toMatchObject([{ id, restored: true }]);
  });

  it('wait and go again after a passing refusal, in order', () => {
    const first = send('1');
    send('2');
    world.say({ t: 'err', id: first.id, code: 'RATE_LIMITED', message: 'slow down', retry_after: 3 });
    expect(client.queue.of(TOPIC)[0]).toMatchObject({ state: 'waiting', problem: { code: 'RATE_LIMITED' } });
    world.pass(2_900);
    expect(world.sent('cmd')).toHaveLength(1);
    world.pass(200);
    expect(world.sent('cmd').map((frame) => frame.id)).toEqual([first.id, first.id]);
  });

  it('stay as failed when refused, and can be tried again or given up', async () => {
    const { id, done } = send('no');
    world.say({ t: 'err', id, code: 'FORBIDDEN', message: 'not yours' });
    await expect(done).rejects.toThrow('not yours');
    expect(client.queue.of(TOPIC)).toMatchObject([{ state: 'failed', problem: { message: 'not yours' } }]);
    client.queue.retry(id);
    expect(world.sent('cmd').map((frame) => frame.id)).toEqual([id, id]);
    world.say({ t: 'err', id, code: 'FORBIDDEN', message: 'not yours' });
    client.queue.discard(id);
    expect(shelf.kept).toEqual([]);
  });

  it('a newer read cursor replaces one that was not sent, never one that was', () => {
    world.wire.events.close(1006, '');
    const read = (seq: number) => client.command(TOPIC as 'conversation:x', 'read', { seq }, { newest: true });
    read(1);
    read(2);
    world.pass(1_000);
    world.welcome();
    expect(world.sent('cmd').map((frame) => frame.body)).toEqual([{ seq: 2 }]);
    read(3);
    read(4);
    world.say({ t: 'ack', id: world.sent('cmd')[0]!.id, seq: 9 });
    expect(world.sent('cmd').map((frame) => frame.body)).toEqual([{ seq: 2 }, { seq: 4 }]);
  });

  it('a socket that swallows a command is given up', () => {
    send('hello');
    const swallowed = world.wire;
    world.pass(15_100);
    expect(swallowed.closed).toBe(true);
    world.welcome();
    expect(world.sent('cmd')).toHaveLength(1);
  });
});

describe('the connection', () => {
  it('comes back after going away, when the server said to', () => {
    world.wire.events.close(1001, 'retry_after_ms=1234');
    expect(client.connection.current).toEqual({ kind: 'waiting', until: 1234 });
    world.pass(1_233);
    expect(world.wires).toHaveLength(1);
    world.pass(1);
    expect(world.wires).toHaveLength(2);
  });

  it('stays away after 1000 and asks for a session after 4401 and 4403', () => {
    world.wire.events.close(4403, '');
    expect(client.connection.current.kind).toBe('signed_out');
    world.pass(100_000);
    expect(world.wires).toHaveLength(1);
    client.connection.restart();
    world.welcome();
    world.wire.events.close(1000, '');
    expect(client.connection.current.kind).toBe('ended');
  });

  it('gives the socket up when the network goes and returns with it', () => {
    world.surroundings(false);
    expect(client.connection.current.kind).toBe('offline');
    world.surroundings(true);
    expect(world.wires).toHaveLength(2);
    world.welcome();
    expect(client.connection.current.kind).toBe('online');
  });

  it('finds out about a dead socket when the page wakes', () => {
    followConversation(client, 'cnv_1');
    world.say({ t: 'snap', topic: TOPIC, epoch: 1, seq: 4, state: emptyConversation() });
    world.surroundings(true);
    expect(world.sent('sub').at(-1)).toEqual({ t: 'sub', topic: TOPIC, after: 4, epoch: 1 });
    world.pass(10_100);
    expect(world.wire.closed || world.wires.length > 1).toBe(true);
  });

  it('does not hear a wire that was given up', () => {
    const old = world.wire;
    world.surroundings(false);
    old.events.close(1000, '');
    expect(client.connection.current.kind).toBe('offline');
  });

  it('waits longer each time, with jitter', () => {
    const delays = [0, 1, 2, 3, 20].map((attempt) => planAfterClose(1006, '', attempt, () => 1));
    expect(delays.map((plan) => plan.kind === 'again' && plan.ms)).toEqual([500, 1000, 2000, 4000, 30_000]);
    expect(planAfterClose(1006, '', 3, () => 0)).toEqual({ kind: 'again', ms: 2000 });
  });
});

describe('topics', () => {
  it('are resumed from where they were after a reconnect', () => {
    const { store } = followConversation(client, 'cnv_1');
    expect(world.sent('sub')).toEqual([{ t: 'sub', topic: TOPIC }]);
    world.say({ t: 'snap', topic: TOPIC, epoch: 2, seq: 10, state: emptyConversation() });
    world.wire.events.close(4408, '');
    world.pass(1_000);
    world.welcome();
    expect(world.sent('sub')).toEqual([{ t: 'sub', topic: TOPIC, after: 10, epoch: 2 }]);
    world.say({ t: 'ev', topic: TOPIC, seq: 11, type: 'resolved', body: {}, by: 'usr_me', at: '2026-01-01T00:00:00Z' });
    expect(store.state?.status).toBe('resolved');
  });

  it('a refused subscription is told, one that may pass is tried again', () => {
    const { store } = followConversation(client, 'cnv_1');
    const heard: string[] = [];
    store.changed.on((change) => heard.push(change.kind));
    world.say({ t: 'err', topic: TOPIC, code: 'UNAVAILABLE', message: 'in a moment', retry_after: 1 });
    world.pass(1_000);
    expect(world.sent('sub')).toHaveLength(2);
    world.say({ t: 'err', topic: TOPIC, code: 'NOT_FOUND', message: 'nothing here' });
    expect(heard).toEqual(['refused']);
  });

  it('a refused signal is not taken for a refused subscription', () => {
    const { store } = followConversation(client, 'cnv_1');
    const heard: string[] = [];
    world.say({ t: 'snap', topic: TOPIC, epoch: 2, seq: 10, state: emptyConversation() });
    store.changed.on((change) => heard.push(change.kind));
    world.say({ t: 'err', topic: TOPIC, code: 'RATE_LIMITED', message: 'slow down', retry_after: 1 });
    world.pass(5_000);
    expect(heard).toEqual([]);
    expect(world.sent('sub')).toHaveLength(1);
  });

  it('the end of the right to read is told, whenever it comes', () => {
    const { store } = followConversation(client, 'cnv_1');
    const heard: string[] = [];
    world.say({ t: 'snap', topic: TOPIC, epoch: 2, seq: 10, state: emptyConversation() });
    store.changed.on((change) => heard.push(change.kind));
    world.say({ t: 'err', topic: TOPIC, code: 'NOT_FOUND', message: 'not yours' });
    expect(heard).toEqual(['refused']);
  });

  it('typing is told at most every four seconds and forgotten without news', () => {
    const { typing } = followConversation(client, 'cnv_1');
    typing.touch();
    typing.touch();
    expect(world.sent('eph')).toHaveLength(1);
    world.pass(4_000);
    typing.touch();
    typing.stop();
    typing.stop();
    expect(world.sent('eph').map((frame) => frame.body)).toEqual([{ on: true }, { on: true }, { on: false }]);
    world.say({ t: 'eph', topic: TOPIC, type: 'typing', body: { on: true }, by: 'vis_1' });
    expect(typing.who).toEqual(['vis_1']);
    world.pass(8_000);
    expect(typing.who).toEqual([]);
  });

  it('presence is watched again after a reconnect and unknown in between', () => {
    const presence = client.add(new Presence((frame) => client.connection.send(frame)));
    presence.watch(['usr_a']);
    world.say({ t: 'sig', type: 'presence', body: { who: 'usr_a', status: 'online' } });
    expect(presence.of('usr_a')).toBe('online');
    world.wire.events.close(1006, '');
    expect(presence.of('usr_a')).toBeUndefined();
    world.pass(1_000);
    world.welcome();
    expect(world.sent('sig')).toEqual([{ t: 'sig', type: 'presence_watch', body: { who: ['usr_a'] } }]);
  });
});

describe('a refused command', () => {
  it('can be told otherwise before it is tried again, under the id it had', () => {
    const { id } = send('hello');
    client.queue.amend(id, { body: { text: 'too early' } });
    world.say({ t: 'err', id, code: 'CONFLICT', message: 'no' });
    client.queue.amend(id, { body: { text: 'hello there' }, problem: { code: 'CONFLICT', message: 'no', again: 'Send anyway' } });
    expect(shelf.kept).toMatchObject([{ body: { text: 'hello there' }, problem: { again: 'Send anyway' } }]);
    client.queue.retry(id);
    expect(world.sent('cmd').map((frame) => [frame.id, frame.body])).toEqual([[id, { text: 'hello' }], [id, { text: 'hello there' }]]);
  });
});

describe('frames', () => {
  it('that are none are not taken for one', () => {
    for (const text of ['', 'null', '[]', '{', '{"t":"nope"}', '{"t":"ev","topic":"x"}', '{"t":"toString"}', 5]) {
      expect(parseServerFrame(text), String(text)).toBeNull();
    }
    expect(parseServerFrame('{"t":"ack","id":"1","seq":1}')).toEqual({ t: 'ack', id: '1', seq: 1 });
  });
});
