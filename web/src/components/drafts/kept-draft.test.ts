// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '../../api/http';
import { FakeWorld } from '../../live/testing/fake-world';
import { KeptDraft } from './kept-draft';
import { TabDraft } from './tab-draft';
import { FakeDraftServer, settle } from './testing/fake-server';

const CHAT = 'cnv_1';
let world: FakeWorld;
let server: FakeDraftServer;
let draft: KeptDraft;
let taken: string[];

/** A tab: what its storage has, and what it shows. */
function open(owner = 'me'): KeptDraft {
  const opened = new KeptDraft(CHAT, new TabDraft(owner, CHAT), server, world);
  opened.taken.on(() => taken.push(opened.text));
  return opened;
}
const pass = async (ms: number) => {
  const until = world.time + ms;
  while (world.time < until) {
    world.pass(Math.min(250, until - world.time));
    await settle();
  }
};
const ask = async (which = draft) => {
  await pass(5_000);
  await which.ask();
  await settle();
};
const kept = () => server.kept.get(CHAT)?.text;
const writes = () => server.asked.filter((what) => what !== 'read');
const offline = () => new ApiError('OFFLINE', 'No connection.');

beforeEach(() => {
  sessionStorage.clear();
  world = new FakeWorld();
  server = new FakeDraftServer(() => world.time);
  taken = [];
  draft = open();
});

describe('what is saved when', () => {
  it('a second after the last key, and not again within two', async () => {
    draft.write('H', 'send', 7);
    await pass(900);
    draft.write('He', 'send', 8);
    await pass(999);
    expect(writes()).toEqual([]);
    await pass(1);
    expect(writes()).toEqual(['keep send He']);
    expect(server.kept.get(CHAT)!.since).toBe(7);
    draft.write('Hel', 'send', 8);
    await pass(1_500);
    expect(writes()).toHaveLength(1);
    await pass(500);
    expect(writes()).toEqual(['keep send He', 'keep send Hel']);
    await pass(60_000);
    expect(writes()).toHaveLength(2);
  });

  it('somebody who types for a minute asks thirty times at most', async () => {
    for (let key = 0; key < 300; key += 1) {
      draft.write('x'.repeat(key + 1), 'send', 1);
      await pass(key % 3 === 0 ? 1_000 : 50);
    }
    expect(writes().length).toBeLessThanOrEqual(world.time / 2_000 + 1);
    expect(writes().length).toBeGreaterThan(10);
  });

  it('at once when the page is left, and only what is new', async () => {
    draft.write('Hello', 'note', 1);
    draft.save();
    expect(writes()).toEqual(['keep note Hello']);
    await settle();
    draft.save();
    await settle();
    expect(writes()).toHaveLength(1);
  });

  it('what was written while it was being saved is saved after it', async () => {
    draft.write('One', 'send', 1);
    server.hold();
    draft.save();
    draft.write('Two', 'send', 1);
    draft.save();
    await server.release();
    expect(writes()).toEqual(['keep send One', 'keep send Two']);
    expect(kept()).toBe('Two');
  });

  it('waits as long as the server says, also when the page is left', async () => {
    server.refusals.push(new ApiError('RATE_LIMITED', 'A bit much.', { status: 429, retryAfter: 20 }));
    draft.write('Hello', 'send', 1);
    await pass(1_000);
    draft.write('Hello you', 'send', 1);
    draft.save();
    await pass(19_999);
    expect(writes()).toEqual(['keep send Hello']);
    await pass(1);
    expect(kept()).toBe('Hello you');
  });

  it('tries again after a fault and without a network, and not what will never be had', async () => {
    server.refusals.push(new ApiError('UNAVAILABLE', 'Away.'), offline());
    draft.write('Hello', 'send', 1);
    await pass(5_000);
    expect(kept()).toBe('Hello');
    server.refusals.push(new ApiError('CONFLICT', 'There are 500 already.', { details: { constraint: 'drafts_bounded' } }));
    draft.write('Hello you', 'send', 1);
    await pass(60_000);
    draft.save();
    await pass(60_000);
    expect(writes()).toHaveLength(4);
    draft.write('Hello you!', 'send', 1);
    await pass(2_000);
    expect(kept()).toBe('Hello you!');
  });

  it('what is too long stays in the tab, and nothing but spaces is nothing', async () => {
    draft.write('🦀'.repeat(4_000), 'send', 1);
    await pass(2_000);
    expect(writes()).toHaveLength(1);
    draft.write('🦀'.repeat(4_001), 'send', 1);
    await pass(5_000);
    expect(writes()).toHaveLength(1);
    expect(open().text).toHaveLength(8_002);
    draft.write(' \n', 'send', 1);
    await pass(5_000);
    expect(kept()).toBeUndefined();
    expect(draft.isBegun).toBe(false);
  });
});

describe('several devices', () => {
  it('what was begun on one is on the other, goes on there, and comes back', async () => {
    const phone = open('phone');
    draft.write('Dear Ada', 'note', 5);
    await pass(1_000);
    await ask(phone);
    expect([phone.text, phone.kind, phone.since, phone.isBegun]).toEqual(['Dear Ada', 'note', 5, true]);
    phone.write('Dear Ada,', 'send', 9);
    await pass(2_000);
    await ask(draft);
    expect([draft.text, draft.kind, draft.since]).toEqual(['Dear Ada,', 'send', 5]);
    phone.write('', 'send', 9);
    await pass(2_000);
    await ask(draft);
    expect(draft.text).toBe('');
    expect(taken).toEqual(['Dear Ada', 'Dear Ada,', '']);
  });

  it('both wrote: what is here stays, the other is aside, and neither is overwritten before one has chosen', async () => {
    server.put(CHAT, 'From the phone', 'note', 3);
    draft.write('From the desk', 'send', 1);
    await pass(2_000);
    expect(draft.text).toBe('From the desk');
    expect(draft.aside).toMatchObject({ kind: 'note', text: 'From the phone', since: 3 });
    draft.write('From the desk, more', 'send', 1);
    await pass(60_000);
    draft.save();
    await settle();
    expect(kept()).toBe('From the phone');
    expect(open().aside?.text).toBe('From the phone');
    expect(taken).toEqual([]);
  });

  it('using it swaps the two, as often as one likes, and what is used is what is kept', async () => {
    server.put(CHAT, 'From the phone', 'note', 3);
    draft.write('From the desk', 'send', 1);
    await pass(2_000);
    draft.use();
    expect([draft.text, draft.kind, draft.since, draft.aside?.text]).toEqual(['From the phone', 'note', 3, 'From the desk']);
    await pass(2_000);
    expect(kept()).toBe('From the phone');
    draft.write('From the phone, more', 'note', 9);
    await pass(2_000);
    expect(kept()).toBe('From the phone, more');
    draft.use();
    expect([draft.text, draft.aside?.text]).toEqual(['From the desk', 'From the phone, more']);
    await pass(2_000);
    expect(kept()).toBe('From the phone, more');
    draft.dismiss();
    await settle();
    expect(kept()).toBe('From the desk');
    expect(draft.aside).toBeUndefined();
  });

  it('dismissing it keeps what is here; of nothing here, nothing', async () => {
    server.put(CHAT, 'From the phone');
    draft.write('From the desk', 'send', 1);
    await pass(2_000);
    draft.dismiss();
    await settle();
    expect([kept(), draft.text]).toEqual(['From the desk', 'From the desk']);

    server.put(CHAT, 'Again from the phone');
    draft.write('Again from the desk', 'send', 1);
    await pass(2_000);
    draft.write('', 'send', 1);
    draft.save();
    await settle();
    expect([kept(), draft.aside?.text, draft.isBegun]).toEqual(['Again from the phone', 'Again from the phone', true]);
    draft.dismiss();
    await settle();
    expect([kept(), draft.isBegun]).toEqual([undefined, false]);
  });

  it('what was put aside is not lost when yet another comes', async () => {
    server.put(CHAT, 'Second');
    draft.write('First', 'send', 1);
    await pass(2_000);
    draft.use();
    draft.write('Second, more', 'send', 1);
    server.put(CHAT, 'Third');
    await pass(2_000);
    expect([draft.text, draft.aside?.text]).toEqual(['Second, more', 'Third']);
    draft.dismiss();
    expect(draft.aside?.text).toBe('First');
  });

  it('nothing is put under the hands of who is writing, nor into a message that is being changed', async () => {
    draft.write('Hello', 'send', 1);
    await pass(1_000);
    server.put(CHAT, 'From the phone');
    await draft.ask();
    expect(draft.text).toBe('Hello');
    draft.circumstances = { wasSent: () => false, isOccupied: () => true };
    await ask();
    expect(draft.text).toBe('Hello');
    draft.circumstances = { wasSent: () => false, isOccupied: () => false };
    await ask();
    expect([draft.text, draft.aside]).toEqual(['From the phone', undefined]);
  });

  it('an answer that comes after something was saved is old', async () => {
    draft.write('One', 'send', 1);
    await pass(2_000);
    await pass(5_000);
    server.hold();
    const asked = draft.ask();
    draft.write('Two', 'send', 1);
    draft.save();
    await server.release();
    await asked;
    expect([draft.text, kept(), draft.aside]).toEqual(['Two', 'Two', undefined]);
    // The same when the answer says that there is nothing.
    sessionStorage.clear();
    server.kept.clear();
    draft = open();
    await pass(5_000);
    server.hold();
    const again = draft.ask();
    draft.write('Three', 'send', 1);
    draft.save();
    await server.release();
    await again;
    expect([draft.text, kept()]).toEqual(['Three', 'Three']);
  });

  it('a save whose answer was lost is no conflict', async () => {
    server.losesNext = true;
    draft.write('Hello', 'send', 1);
    await pass(1_000);
    draft.write('Hello you', 'send', 1);
    await pass(60_000);
    expect([kept(), draft.aside]).toEqual(['Hello you', undefined]);
  });
});

describe('over a reload', () => {
  it('what was not saved is there, wins, and is saved', async () => {
    draft.write('Hello', 'note', 4);
    await pass(1_000);
    draft.write('Hello again', 'note', 9);
    draft.dispose();
    draft = open();
    expect([draft.text, draft.kind, draft.since]).toEqual(['Hello again', 'note', 4]);
    await ask();
    expect([kept(), draft.text, draft.aside]).toEqual(['Hello again', 'Hello again', undefined]);
    draft = open();
    server.put(CHAT, 'From the phone');
    await ask();
    expect(draft.text).toBe('From the phone');
  });

  it('a save that arrived without its answer being seen is found out', async () => {
    server.losesNext = true;
    draft.write('Hello', 'send', 1);
    draft.save();
    draft.dispose();
    await settle();
    draft = open();
    await ask();
    draft.write('Hello you', 'send', 1);
    await pass(2_000);
    expect([kept(), draft.aside]).toEqual(['Hello you', undefined]);
  });

  it('what was sent just before is taken away, not shown', async () => {
    draft.write('Hello', 'send', 1);
    await pass(1_000);
    server.refusals.push(offline());
    draft.write('', 'send', 1);
    draft.save();
    draft.dispose();
    await settle();
    expect(kept()).toBe('Hello');
    draft = open();
    await ask();
    expect([draft.text, kept(), taken.length]).toEqual(['', undefined, 0]);
  });

  it('without storage it lasts as long as the page', async () => {
    const { setItem, getItem } = Storage.prototype;
    const forbidden = () => {
      throw new Error('forbidden');
    };
    Storage.prototype.setItem = Storage.prototype.getItem = forbidden;
    try {
      draft = open();
      draft.write('Hello', 'send', 3);
      await pass(1_000);
      expect([kept(), draft.text, draft.since]).toEqual(['Hello', 'Hello', 3]);
    } finally {
      Object.assign(Storage.prototype, { setItem, getItem });
    }
  });
});

describe('what was sent', () => {
  it('does not come back on another device when the one that sent it is gone', async () => {
    server.put(CHAT, 'Hello');
    draft.circumstances = { wasSent: ({ text }) => text === 'Hello', isOccupied: () => false };
    await ask();
    expect([draft.text, kept()]).toEqual(['', undefined]);
  });

  it('goes from a device that showed it, but not what was written there meanwhile', async () => {
    server.put(CHAT, 'Hello');
    await ask();
    expect(draft.text).toBe('Hello');
    draft.circumstances = { wasSent: ({ text }) => text === 'Hello', isOccupied: () => false };
    await ask();
    expect([draft.text, kept()]).toEqual(['', undefined]);

    server.put(CHAT, 'Hello');
    draft.write('Something else', 'send', 1);
    await pass(2_000);
    expect([draft.text, kept(), draft.aside]).toEqual(['Something else', 'Something else', undefined]);
  });

  it('when the other device had gone on writing, that waits aside', async () => {
    draft.write('Hello', 'send', 1);
    await pass(1_000);
    server.put(CHAT, 'Hello there');
    draft.write('', 'send', 1);
    draft.save();
    await settle();
    expect([draft.text, draft.aside?.text, kept()]).toEqual(['', 'Hello there', 'Hello there']);
    draft.use();
    expect([draft.text, draft.aside]).toEqual(['Hello there', undefined]);
  });
});
