import { describe, expect, it } from 'vitest';
import { CommandQueue } from '../../live/queue';
import { FakeWorld } from '../../live/testing/fake-world';
import { tellOfUnsent } from './unsent';

const TOPIC = 'conversation:cnv_1';

function desk() {
  const queue = new CommandQueue(new FakeWorld(), { load: () => [], save: () => undefined }, () => true, () => undefined);
  queue.connected();
  const told: string[] = [];
  const desk = { queue, told, here: 'cnv_2' as string | undefined, opened: '' };
  tellOfUnsent({
    queue, current: () => desk.here, nameOf: () => 'Mia', open: (id) => (desk.opened = id),
    show: (toast) => {
      told.push(toast.text);
      toast.action?.run();
    },
  });
  const refuse = (id: string) => queue.refused({ t: 'err', id, code: 'CONFLICT', message: 'Ben answered.' });
  return Object.assign(desk, { refuse, send: (type = 'send') => queue.submit(TOPIC, type, { text: 'x' }, { keep: true }).id });
}

describe('a message that could not be sent', () => {
  it('is told of where one is, once for each time, with the way to it', () => {
    const there = desk();
    const id = there.send();
    there.refuse(id);
    there.queue.changed.emit(TOPIC);
    expect(there.told).toEqual(['What you wrote to Mia was not sent. Ben answered.']);
    expect(there.opened).toBe('cnv_1');
    there.queue.retry(id);
    there.refuse(id);
    expect(there.told).toHaveLength(2);
  });

  it('says so itself where it was written, also when one leaves later', () => {
    const there = desk();
    there.here = 'cnv_1';
    there.refuse(there.send());
    there.here = undefined;
    there.queue.changed.emit(TOPIC);
    expect(there.told).toEqual([]);
  });

  it('is a message: nothing is said of what is done beside writing', () => {
    const there = desk();
    there.refuse(there.send('resolve'));
    expect(there.told).toEqual([]);
  });
});
