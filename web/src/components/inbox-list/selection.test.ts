import { beforeEach, describe, expect, it } from 'vitest';
import { Selection } from './selection';

let selection: Selection;

beforeEach(() => {
  selection = new Selection();
  selection.show(['a', 'b', 'c', 'd', 'e']);
});

describe('what is selected', () => {
  it('is one after the other, in the order of the list', () => {
    selection.toggle('d');
    selection.toggle('a');
    expect(selection.ids).toEqual(['a', 'd']);
    selection.toggle('d');
    expect(selection.ids).toEqual(['a']);
  });

  it('is a range in either direction, and a range can be taken out again', () => {
    selection.toggle('d');
    selection.toggleTo('b');
    expect(selection.ids).toEqual(['b', 'c', 'd']);
    selection.toggleTo('e');
    expect(selection.ids).toEqual(['b', 'c', 'd', 'e']);
    selection.toggleTo('c');
    expect(selection.ids).toEqual(['b']);
  });

  it('is one when a range has no beginning, or its beginning is gone', () => {
    selection.toggleTo('c');
    expect(selection.ids).toEqual(['c']);
    selection.show(['a', 'b', 'd', 'e']);
    selection.toggleTo('e');
    expect(selection.ids).toEqual(['e']);
  });

  it('is everything shown, and then nothing', () => {
    selection.toggle('b');
    selection.toggleAll();
    expect(selection.ids).toEqual(['a', 'b', 'c', 'd', 'e']);
    selection.toggleAll();
    expect(selection.size).toBe(0);
  });

  it('stays when the list is in another order', () => {
    selection.toggle('a');
    selection.toggle('e');
    selection.show(['e', 'd', 'c', 'b', 'a', 'f']);
    expect(selection.ids).toEqual(['e', 'a']);
    expect(selection.left).toBe(0);
  });

  it('loses what leaves the list, counts it until the person chooses again, and does not take it back by itself', () => {
    for (const id of ['a', 'b', 'c']) selection.toggle(id);
    selection.show(['b', 'd', 'e']);
    selection.show(['d', 'e', 'b']);
    expect([selection.ids, selection.left]).toEqual([['b'], 2]);
    selection.show(['a', 'b', 'c', 'd', 'e']);
    expect(selection.ids).toEqual(['b']);
    selection.toggle('c');
    expect(selection.left).toBe(0);
  });

  it('can be put back, but only what is shown', () => {
    selection.toggle('e');
    selection.replace(['a', 'gone']);
    expect([selection.ids, selection.size]).toEqual([['a'], 1]);
    selection.clear();
    expect(selection.size).toBe(0);
  });

  it('is told when it changed, and only then', () => {
    let told = 0;
    selection.changed.on(() => (told += 1));
    selection.show(['a', 'b', 'c', 'd', 'e']);
    expect(told).toBe(0);
    selection.toggle('a');
    selection.show(['a']);
    expect(told).toBe(2);
  });
});
