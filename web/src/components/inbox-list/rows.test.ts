// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { InboxItem } from '../../live/protocol.gen';
import { Rows } from './rows';

const item = (id: string, name = id): InboxItem => ({
  id, kind: 'site', status: 'open', name, assignee: null, account: null, preview: null, preview_by: null,
  last_message_at: null, waiting_since: null, unread_by: {}, unread_rest: 0, page: null,
});

let rows: Rows;

const draw = (...items: InboxItem[]) => rows.draw(items, (each) => ({ item: each, me: 'usr_me', nameOf: () => undefined, labels: {}, teams: {}, current: false, selected: each.id === 'b', draft: each.id === 'c', minute: 0 }));
/** Where the focus is: the line, and what in it. */
const focused = () => `${rows.idOf(document.activeElement)} ${document.activeElement?.tagName}`;

beforeEach(() => {
  rows = new Rows();
  document.body.replaceChildren(rows.root);
  draw(item('a'), item('b'), item('c'));
});

describe('the lines of the list', () => {
  it('are one link and one box each, which says whose it is', () => {
    const boxes = [...rows.root.querySelectorAll('input')];
    expect(boxes.map((box) => [box.getAttribute('aria-label'), box.checked])).toEqual([['Select a', false], ['Select b', true], ['Select c', false]]);
    expect(rows.root.querySelectorAll('li > a')).toHaveLength(3);
    expect(rows.idOf(boxes[2]!)).toBe('c');
  });

  it('say where something was begun and not sent', () => {
    const marked = () => [...rows.root.children].map((row) => [...row.querySelectorAll('a span')].some((each) => each.textContent === 'Draft'));
    expect(marked()).toEqual([false, false, true]);
    draw(item('a'), item('b'));
    expect(marked()).toEqual([false, false]);
  });

  it('say what is sent later, what was held back, and who is blocked', () => {
    const words = () => [...rows.root.children].map((row) => row.querySelector('a')!.textContent);
    const says = /sends|Held back|Blocked/;
    expect(words().filter((each) => says.test(each))).toEqual([]);
    const sends = new Date();
    sends.setHours(23, 59);
    draw({ ...item('a'), sends_at: sends.toISOString() }, { ...item('b'), held_back: true, blocked: true }, item('c'));
    expect(words()[0]).toMatch(/sends today,? .*59/i);
    expect(words()[1]).toMatch(/Held back.*Blocked/);
    expect(words()[2]).not.toMatch(says);
  });

  it.each(['a', 'input'])('keep the focus in a %s when they are moved and drawn anew', (tag) => {
    rows.root.children[2]!.querySelector<HTMLElement>(tag)!.focus();
    draw(item('c', 'another name'), item('a'), item('b'));
    expect(focused()).toBe(`c ${tag.toUpperCase()}`);
    expect(rows.root.querySelectorAll('li > a')).toHaveLength(3);
  });

  it('that are gone leave the focus to the line in their place, or the last', () => {
    rows.focus('b');
    draw(item('a'), item('c'));
    expect(focused()).toBe('c A');
    draw(item('a'));
    expect(focused()).toBe('a A');
  });

  it('take no focus that is elsewhere', () => {
    const elsewhere = document.createElement('button');
    document.body.append(elsewhere);
    elsewhere.focus();
    draw(item('c'), item('b'));
    expect(document.activeElement).toBe(elsewhere);
  });
});

describe('the lines of a long list', () => {
  let came: (target: Element, near: boolean) => void;
  const many = Array.from({ length: 120 }, (_, at) => item(`i${at}`));
  const drawn = () => [...rows.root.children].filter((row) => row.querySelector('a')).map((row) => rows.idOf(row));
  const last = () => rows.root.children[119]!;

  beforeEach(() => {
    vi.stubGlobal('IntersectionObserver', class {
      constructor(seen: IntersectionObserverCallback) {
        came = (target, isIntersecting) => seen([{ target, isIntersecting } as unknown as IntersectionObserverEntry], this as unknown as IntersectionObserver);
      }

      observe(): void { /* Said by `came`. */ }
      unobserve(): void { /* Said by `came`. */ }
      disconnect(): void { /* Said by `came`. */ }
    });
    rows = new Rows();
    document.body.replaceChildren(rows.root);
    draw(...many);
  });

  afterEach(() => vi.unstubAllGlobals());

  it('have all their places, and are drawn below the first hundred when they come near', () => {
    expect(rows.root.children).toHaveLength(120);
    expect(drawn()).toHaveLength(100);
    came(last(), true);
    expect(drawn().at(-1)).toBe('i119');
    draw(...many.slice(0, 119), item('i119', 'renamed'));
    expect(last().textContent).toContain('renamed');
  });

  it('that went again are drawn as they are then when they come back', () => {
    came(last(), true);
    came(last(), false);
    draw(...many.slice(0, 119), item('i119', 'renamed'));
    expect(last().textContent).not.toContain('renamed');
    came(last(), true);
    expect(last().textContent).toContain('renamed');
  });

  it('take the focus wherever they are', () => {
    rows.focus('i110');
    expect(focused()).toBe('i110 A');
  });
});
