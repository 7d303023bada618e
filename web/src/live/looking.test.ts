import { beforeEach, describe, expect, it } from 'vitest';
import { Looking } from './looking';
import type { EphOutFrame, Party } from './protocol.gen';
import { FakeWorld } from './testing/fake-world';
import { TOPIC } from './testing/random-log';

let world: FakeWorld;
let sent: { at: number; on: unknown }[];
let looking: Looking;

/** One of several that hear each other. */
function looker(me: Party, send: (frame: EphOutFrame) => void): Looking {
  return new Looking(TOPIC, me, world, (frame) => {
    send(frame);
    return true;
  });
}
const hear = (by: Party, on = true, opened = false) => looking.receive({ t: 'eph', topic: TOPIC, type: 'looking', body: { on, ...(opened ? { opened } : {}) }, by });
const times = () => sent.filter(({ on }) => on === true).map(({ at }) => at);

beforeEach(() => {
  world = new FakeWorld();
  sent = [];
  looking = looker('usr_me', (frame) => sent.push({ at: world.now(), on: frame.body.on }));
});

describe('looking', () => {
  it('is told on opening, again every 15 s, and once that it is over', () => {
    looking.show(true);
    world.pass(35_000);
    expect(times()).toEqual([300, 15_300, 30_300]);
    looking.show(false);
    world.pass(60_000);
    expect(sent.at(-1)).toEqual({ at: 35_000, on: false });
    expect(sent).toHaveLength(4);
  });

  it('who skims through conversations tells nothing', () => {
    looking.show(true);
    world.pass(200);
    looking.dispose();
    world.pass(60_000);
    expect(sent).toEqual([]);
  });

  it('others are forgotten when they say so, and 40 s after their last news', () => {
    hear('usr_a');
    hear('usr_b');
    world.pass(39_000);
    hear('usr_b');
    world.pass(1_500);
    expect(looking.who).toEqual(['usr_b']);
    hear('usr_b', false);
    expect(looking.who).toEqual([]);
  });

  it('tells of changes only when there are any, and never of oneself', () => {
    let changes = 0;
    looking.changed.on(() => (changes += 1));
    hear('usr_me');
    hear('usr_a');
    hear('usr_a');
    hear('usr_b', false);
    expect([looking.who, changes]).toEqual([['usr_a'], 1]);
  });

  it('takes any body for what it can be', () => {
    for (const body of [null, {}, { on: 'x' }, 7]) looking.receive({ t: 'eph', topic: TOPIC, type: 'looking', body, by: 'usr_a' });
    expect(looking.who).toEqual(['usr_a']);
    looking.receive({ t: 'eph', topic: TOPIC, type: 'typing', body: { on: true }, by: 'usr_b' });
    expect(looking.who).toEqual(['usr_a']);
  });

  it('a newcomer is told soon, many newcomers at most once a second', () => {
    looking.show(true);
    world.pass(5_000);
    hear('usr_a');
    world.pass(600);
    expect(times(), 'who has been there is no newcomer').toEqual([300]);
    hear('usr_a', true, true);
    world.pass(600);
    expect(times(), 'on another device it is one').toEqual([300, 5_900]);
    for (let n = 0; n < 50; n += 1) {
      hear(`usr_${n}`, true, true);
      world.pass(20);
    }
    world.pass(2_000);
    const apart = times().slice(1).map((at, index) => at - times()[index]!);
    expect(Math.min(...apart)).toBeGreaterThanOrEqual(1_000);
    expect(times().length).toBeLessThan(6);
  });

  it('who is not there tells nobody, and a tab that closes takes the other not with it', () => {
    hear('usr_a', true, true);
    hear('usr_me', false);
    world.pass(20_000);
    expect(sent).toEqual([]);
    looking.show(true);
    world.pass(5_000);
    hear('usr_me', false);
    world.pass(1_000);
    expect(times()).toEqual([20_300, 25_300]);
  });

  it('is told at once when the socket is back', () => {
    looking.connected();
    world.pass(1_000);
    expect(sent).toEqual([]);
    looking.show(true);
    world.pass(2_000);
    looking.connected();
    world.pass(1);
    expect(times()).toEqual([1_300, 3_000]);
  });

  it('says which is the first since it was opened, or since the socket came back', () => {
    const first: unknown[] = [];
    const one = looker('usr_me', (frame) => first.push(frame.body.opened ?? false));
    one.show(true);
    world.pass(16_000);
    one.connected();
    world.pass(16_000);
    one.show(false);
    expect(first).toEqual([true, false, true, false, false]);
  });

  it('several who open it one after the other all know of each other within a second, and talk little', () => {
    const all: Looking[] = [];
    let signals = 0;
    for (let n = 0; n < 6; n += 1) {
      const me = `usr_${n}`;
      const one = looker(me, (frame) => {
        signals += 1;
        for (const other of all) if (other !== one) other.receive({ ...frame, by: me });
      });
      all.push(one);
      one.show(true);
      world.pass(1_400);
      for (const each of all) expect(each.who).toHaveLength(all.length - 1);
    }
    world.pass(60_000 - 6 * 1_400);
    for (const each of all) expect(each.who).toHaveLength(5);
    expect(signals / all.length, 'signals of one in a minute').toBeLessThan(12);
  });
});
