// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '../../api/http';
import { FakeWorld } from '../../live/testing/fake-world';
import { DraftShelf } from './shelf';
import { FakeDraftServer, settle } from './testing/fake-server';

let world: FakeWorld;
let server: FakeDraftServer;
let shelf: DraftShelf;
let changes: number;

function open(owner = 'ten_1.usr_me') {
  shelf = new DraftShelf(owner, server, world);
  changes = 0;
  shelf.changed.on(() => (changes += 1));
}
const list = async () => {
  world.pass(5_000);
  await settle();
  await shelf.list();
};

beforeEach(() => {
  sessionStorage.clear();
  [world, server] = [new FakeWorld(), new FakeDraftServer()];
  open();
});

describe('where something is begun', () => {
  it('is known from the server, and from what is written and sent here, at once', async () => {
    server.put('cnv_1', 'Hello');
    await list();
    expect([shelf.has('cnv_1'), shelf.has('cnv_2')]).toEqual([true, false]);
    const draft = shelf.of('cnv_2');
    const before = changes;
    draft.write('H', 'send', 1);
    expect([shelf.has('cnv_2'), changes]).toEqual([true, before + 1]);
    draft.write('He', 'send', 1);
    expect(changes).toBe(before + 1);
    draft.write('', 'send', 1);
    expect([shelf.has('cnv_2'), changes]).toEqual([false, before + 2]);
  });

  it('a conversation that was opened and of which the server has not answered is as the list says', async () => {
    server.put('cnv_1', 'Hello');
    await list();
    server.refusals.push(new ApiError('OFFLINE', 'No connection.'));
    const draft = shelf.of('cnv_1');
    await draft.ask();
    expect(shelf.has('cnv_1')).toBe(true);
    await draft.ask();
    expect([shelf.has('cnv_1'), draft.text]).toEqual([true, 'Hello']);
  });

  it('what another device took away is gone with the next list, except where one is', async () => {
    const draft = shelf.of('cnv_1');
    draft.write('Hello', 'send', 1);
    await list();
    expect(shelf.has('cnv_1')).toBe(true);
    const left = shelf.open('cnv_1');
    expect(shelf.of('cnv_1').text).toBe('Hello');
    server.kept.clear();
    await list();
    expect(shelf.has('cnv_1')).toBe(true);
    left.dispose();
    await list();
    expect(shelf.has('cnv_1')).toBe(false);
    // Its text is asked about when it is opened again.
    await shelf.of('cnv_1').ask();
    expect(shelf.of('cnv_1').text).toBe('');
  });

  it('a list that was asked for before something was sent is old', async () => {
    const draft = shelf.of('cnv_1');
    draft.write('Hello', 'send', 1);
    draft.save();
    await settle();
    world.pass(5_000);
    server.hold();
    const asked = shelf.list();
    draft.write('', 'send', 1);
    draft.save();
    await server.release();
    await asked;
    expect(shelf.has('cnv_1')).toBe(false);
  });

  it('without an answer nothing is forgotten, and it is asked again', async () => {
    server.put('cnv_1', 'Hello');
    await list();
    server.refusals.push(new ApiError('OFFLINE', 'No connection.'));
    await list();
    expect(shelf.has('cnv_1')).toBe(true);
    server.kept.clear();
    await shelf.list();
    expect(shelf.has('cnv_1')).toBe(false);
  });
});

describe('coming and going', () => {
  it('what was not saved before a reload is saved, also where one is not', async () => {
    shelf.of('cnv_1').write('Hello', 'send', 1);
    shelf.of('cnv_2').write('You', 'send', 1);
    shelf.dispose();
    open('ten_1.usr_other');
    await settle();
    expect(server.kept.size).toBe(0);
    open();
    await settle();
    expect([...server.kept].map(([id, { text }]) => [id, text])).toEqual([['cnv_1', 'Hello'], ['cnv_2', 'You']]);
    expect(shelf.has('cnv_1')).toBe(true);
  });

  it('who comes back saves and asks, and is not asked for everything twice', async () => {
    shelf.of('cnv_1').write('Hello', 'send', 1);
    let heard = 0;
    shelf.back.on(() => (heard += 1));
    shelf.cameBack();
    await settle();
    expect([server.kept.get('cnv_1')?.text, heard]).toEqual(['Hello', 1]);
    await list();
    const asked = () => server.asked.filter((what) => what === 'list').length;
    const before = asked();
    shelf.cameBack();
    shelf.cameBack();
    await settle();
    expect(asked()).toBe(before);
  });
});
