import { beforeEach, describe, expect, it } from 'vitest';
import type { EphOutFrame, Signal } from './protocol.gen';
import { FakeWorld } from './testing/fake-world';
import { TOPIC } from './testing/random-log';
import { Typing } from './typing';
import { Writing, type Mode } from './writing';

let world: FakeWorld;
let sent: string[];
let mode: Mode;
let answers: Typing;
let notes: Typing;
let writing: Writing;

const send = (frame: EphOutFrame) => sent.push(`${frame.type} ${frame.body.on ? 'on' : 'off'}`) > 0;
const hear = (type: Signal, by: string) => [answers, notes].forEach((each) => each.receive({ t: 'eph', topic: TOPIC, type, body: { on: true }, by }));

beforeEach(() => {
  world = new FakeWorld();
  sent = [];
  mode = 'send';
  answers = new Typing(TOPIC, world, send);
  notes = new Typing(TOPIC, world, send, 'noting');
  writing = new Writing(answers, notes, (who) => who.startsWith('usr_'), () => mode);
});

describe('writing', () => {
  it('an answer is told to everybody and a note to the staff alone', () => {
    writing.touch();
    expect(sent).toEqual(['typing on']);
    mode = 'note';
    writing.touch();
    writing.touch();
    expect(sent).toEqual(['typing on', 'typing off', 'noting on']);
    mode = 'send';
    writing.touch();
    expect(sent.slice(3)).toEqual(['noting off', 'typing on']);
    writing.stop();
    expect(sent.slice(5)).toEqual(['typing off']);
  });

  it('what was sent needs no word', () => {
    mode = 'note';
    writing.touch();
    writing.sent();
    writing.touch();
    expect(sent).toEqual(['noting on', 'noting on']);
  });

  it('customers are shown apart from colleagues, and what those write', () => {
    let changes = 0;
    writing.changed.on(() => (changes += 1));
    hear('typing', 'vis_1');
    hear('typing', 'usr_a');
    hear('noting', 'usr_b');
    expect(writing.who).toEqual(['vis_1']);
    expect(writing.colleagues).toEqual([{ who: 'usr_a', what: 'answer' }, { who: 'usr_b', what: 'note' }]);
    expect(changes).toBe(3);
    world.pass(8_000);
    expect([writing.who, writing.colleagues]).toEqual([[], []]);
    writing.dispose();
    hear('typing', 'usr_a');
    expect(changes).toBe(6);
  });
});
