import { describe, expect, it } from 'vitest';
import { ConversationStore } from './conversation-store';
import { applyForStaff } from './desk';
import { LogTopic } from './log-topic';
import type { EvFrame, ServerFrame, SubFrame } from './protocol.gen';
import { randomLog, seeded, stateAfter, TOPIC } from './testing/random-log';

/** A server whose frames reach the client late, twice, or not at all until the client asks again. */
class UnreliableServer {
  head = 1;
  epoch = 1;
  pipe: ServerFrame[] = [];
  asked: SubFrame[] = [];
  constructor(readonly log: EvFrame[], readonly random: () => number) {}

  snapshot(): ServerFrame {
    return { t: 'snap', topic: TOPIC, epoch: this.epoch, seq: this.head, state: stateAfter(this.log, this.head) };
  }

  answer(sub: SubFrame) {
    this.asked.push(sub);
    if (sub.after === undefined) return void this.pipe.push(this.snapshot());
    const tooFar = this.random() < 0.2 || sub.epoch !== this.epoch;
    if (tooFar) return void this.pipe.push({ t: 'resync', topic: TOPIC }, this.snapshot());
    this.pipe.push(...this.log.slice(sub.after, this.head), { t: 'live', topic: TOPIC, epoch: this.epoch, seq: this.head });
  }

  /** Something happens; a faulty pipe loses, doubles or repeats frames. */
  happen() {
    const entry = this.log[this.head]!;
    this.head += 1;
    const fate = this.random();
    if (fate < 0.1) return;
    this.pipe.push(entry);
    if (fate > 0.9) this.pipe.push(entry);
    if (fate > 0.8) this.pipe.push(this.log[Math.floor(this.random() * this.head)]!);
    if (fate > 0.97) this.pipe.push(this.snapshot());
  }
}

function run(seed: number) {
  const random = seeded(seed);
  const server = new UnreliableServer(randomLog(120, random), random);
  const store = new ConversationStore('usr_me', applyForStaff);
  const topic = new LogTopic(TOPIC, store, (frame) => server.answer(frame));
  topic.follow();
  while (server.head < 120) {
    const turn = random();
    if (turn < 0.55) server.happen();
    else if (turn < 0.58) {
      // The socket is cut: what was under way is lost, the client comes back and asks.
      server.pipe = [];
      if (random() < 0.2) server.epoch += 1;
      topic.follow();
    } else {
      const frame = server.pipe.shift();
      if (frame) topic.receive(structuredClone(frame));
    }
  }
  topic.follow();
  for (let frame = server.pipe.shift(); frame; frame = server.pipe.shift()) topic.receive(structuredClone(frame));
  return { server, store, topic };
}

describe('a log over an unreliable line', () => {
  it('ends as the server has it, whatever was lost, doubled or cut', () => {
    for (let seed = 0; seed < 400; seed += 1) {
      const { server, store, topic } = run(seed);
      expect(topic.seq, `seed ${seed}`).toBe(120);
      expect(store.state, `seed ${seed}`).toEqual(stateAfter(server.log, 120));
    }
  });

  it('asks for what is missing from the last entry without a hole, once', () => {
    const log = randomLog(20, seeded(7));
    const asked: SubFrame[] = [];
    const store = new ConversationStore('usr_me', applyForStaff);
    const topic = new LogTopic(TOPIC, store, (frame) => asked.push(frame));
    topic.receive({ t: 'snap', topic: TOPIC, epoch: 3, seq: 10, state: stateAfter(log, 10) });
    for (const entry of [log[12]!, log[13]!, log[14]!]) topic.receive(entry);
    expect(asked).toEqual([{ t: 'sub', topic: TOPIC, after: 10, epoch: 3 }]);
    for (const entry of log.slice(10)) topic.receive(entry);
    expect(topic.seq).toBe(20);
  });

  it('takes an older snapshot only after a resync', () => {
    const log = randomLog(20, seeded(8));
    const store = new ConversationStore('usr_me', applyForStaff);
    const topic = new LogTopic(TOPIC, store, () => undefined);
    topic.receive({ t: 'snap', topic: TOPIC, epoch: 1, seq: 15, state: stateAfter(log, 15) });
    topic.receive({ t: 'snap', topic: TOPIC, epoch: 1, seq: 5, state: stateAfter(log, 5) });
    expect(topic.seq).toBe(15);
    topic.receive({ t: 'resync', topic: TOPIC });
    topic.receive({ t: 'snap', topic: TOPIC, epoch: 1, seq: 5, state: stateAfter(log, 5) });
    expect(topic.seq).toBe(5);
    expect(store.state).toEqual(stateAfter(log, 5));
  });
});

describe('older pages', () => {
  it('get the edits that happened while they were read, once', async () => {
    for (let seed = 0; seed < 100; seed += 1) {
      const random = seeded(seed);
      const log = randomLog(80, random);
      const full = stateAfter(log, 80);
      const start = 20 + Math.floor(random() * 40);
      const snapshot = stateAfter(log, start);
      const kept = snapshot.messages.splice(0, Math.floor(snapshot.messages.length / 2));
      // With nothing before what is shown, nothing is read.
      if (kept.length === 0) continue;
      snapshot.more = true;
      const store = new ConversationStore('usr_me', applyForStaff);
      const topic = new LogTopic(TOPIC, store, () => undefined);
      topic.receive({ t: 'snap', topic: TOPIC, epoch: 1, seq: start, state: snapshot });
      // The page is read at some moment between the request and its arrival.
      const readAt = start + Math.floor(random() * (80 - start));
      const loading = store.loadOlder(async (before) => {
        for (const entry of log.slice(start)) topic.receive(structuredClone(entry));
        return { messages: stateAfter(log, readAt).messages.filter((message) => message.seq < before), more: false };
      });
      await loading;
      const sorted = (list: typeof full.messages) => list.map((message) => ({
        ...message,
        reactions: Object.fromEntries(Object.entries(message.reactions).map(([emoji, who]) => [emoji, [...who].sort()])),
      }));
      expect(sorted(store.state!.messages), `seed ${seed}`).toEqual(sorted(full.messages));
    }
  });

  it('are not added to a state that was replaced meanwhile', async () => {
    const log = randomLog(40, seeded(3));
    const store = new ConversationStore('usr_me', applyForStaff);
    store.reset({ ...stateAfter(log, 40), more: true });
    const count = store.state!.messages.length;
    const loading = store.loadOlder(async () => {
      store.reset({ ...stateAfter(log, 40), more: true });
      return { messages: [{ ...store.state!.messages[0]!, seq: 0 }], more: false };
    });
    await loading;
    expect(store.state!.messages).toHaveLength(count);
  });
});
