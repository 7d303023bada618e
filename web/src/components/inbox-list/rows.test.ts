// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { InboxItem } from '../../live/protocol.gen';
import { Rows } from './rows';

const item = (id: string, name = id): InboxItem => ({
  id, kind: 'site', status: 'open', name, assignee: null, account: null, preview: null, preview_by: null,
  last_message_at: null, waiting_since: null, unread_by: {}, unread_rest: 0, page: null,
});

let rows: Rows;
let scroller: HTMLElement;
const lines = () => [...rows.root.querySelectorAll<HTMLElement>('li')];

const draw = (...items: InboxItem[]) => rows.draw(items, (each) => ({ item: each, me: 'usr_me', nameOf: () => undefined, labels: {}, teams: {}, current: false, selected: each.id === 'b', draft: each.id === 'c', minute: 0 }));
/** Where the focus is: the line, and what in it. */
const focused = () => `${rows.idOf(document.activeElement)} ${document.activeElement?.tagName}`;

beforeEach(() => {
  scroller = document.createElement('div');
  rows = new Rows(scroller);
  scroller.append(rows.root);
  document.body.replaceChildren(scroller);
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
    const marked = () => lines().map((row) => [...row.querySelectorAll('a span')].some((each) => each.textContent === 'Draft'));
    expect(marked()).toEqual([false, false, true]);
    draw(item('a'), item('b'));
    expect(marked()).toEqual([false, false]);
  });

  it('say what is sent later, what was held back, and who is blocked', () => {
    const words = () => lines().map((row) => row.querySelector('a')!.textContent);
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
    lines()[2]!.querySelector<HTMLElement>(tag)!.focus();
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
  const HEIGHT = 80;
  const many = Array.from({ length: 1_000 }, (_, at) => item(`i${at}`));
  const onPage = () => lines().map((row) => rows.idOf(row)!);
  const heights = () => [...rows.root.children].map((part) => Number.parseFloat((part as HTMLElement).style.height || '0'));
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const scrollTo = async (top: number) => {
    scroller.scrollTop = top;
    scroller.dispatchEvent(new Event('scroll'));
    await frame();
    await frame();
  };

  beforeEach(() => {
    vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(HEIGHT);
    vi.spyOn(scroller, 'clientHeight', 'get').mockReturnValue(10 * HEIGHT);
    vi.spyOn(rows.root, 'getBoundingClientRect').mockImplementation(() => ({ top: -scroller.scrollTop }) as DOMRect);
    draw(...many);
    draw(...many);
  });

  afterEach(() => vi.restoreAllMocks());

  it('are on the page where one looks, in a list as long as all of them', async () => {
    expect(onPage()[0]).toBe('i0');
    expect(onPage().length).toBeLessThan(30);
    await scrollTo(500 * HEIGHT);
    expect(onPage()).toContain('i500');
    expect(onPage()).toContain('i509');
    expect(onPage().length).toBeLessThan(40);
    const [above, , below] = heights();
    expect(above! + below! + onPage().length * HEIGHT).toBe(1_000 * HEIGHT);
    expect(lines()[0]!.getAttribute('aria-posinset')).toBe(String(Number(onPage()[0]!.slice(1)) + 1));
    expect(lines()[0]!.getAttribute('aria-setsize')).toBe('1000');
    await scrollTo(1_000 * HEIGHT);
    expect(onPage().at(-1)).toBe('i999');
  });

  it('stay as they are while what is on the page is enough', async () => {
    const before = onPage();
    await scrollTo(2 * HEIGHT);
    expect(onPage()).toEqual(before);
  });

  it('that changed while they were away are drawn as they are when they come', async () => {
    draw(...many.slice(0, 500), item('i500', 'renamed'), ...many.slice(501));
    expect(rows.root.textContent).not.toContain('renamed');
    await scrollTo(500 * HEIGHT);
    expect(rows.root.textContent).toContain('renamed');
  });

  it('take the focus wherever they are, and keep it while one looks elsewhere', async () => {
    rows.focus('i900');
    expect(focused()).toBe('i900 A');
    expect(onPage()).toContain('i899');
    await scrollTo(0);
    expect(onPage()).toContain('i0');
    expect(focused()).toBe('i900 A');
    const [above, , below] = heights();
    expect(above! + below! + onPage().length * HEIGHT).toBe(1_000 * HEIGHT);
    draw(...many.slice(0, 900), ...many.slice(901));
    expect(focused()).toBe('i901 A');
  });

  it('are all on the page again when few are left', () => {
    draw(...many.slice(0, 50));
    expect(onPage()).toHaveLength(50);
    expect(heights()).toEqual([0, 0, 0]);
    expect(lines()[0]!.hasAttribute('aria-setsize')).toBe(false);
  });
});
