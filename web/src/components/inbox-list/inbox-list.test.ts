// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ListTopic } from '../../live/list-topic';
import type { InboxItem, ServerFrame } from '../../live/protocol.gen';
import { BulkBar } from '../bulk-bar/bulk-bar';
import { InboxList } from './inbox-list';
import { SearchResults } from './search-results';

const item = (number: number): InboxItem => ({
  id: `cnv_${number}`, kind: 'site', status: 'open', name: `Visitor ${number}`, assignee: null, account: null, preview: null, preview_by: null,
  last_message_at: new Date(2026, 2, 18, 12, 60 - number).toISOString(), waiting_since: null, unread_by: {}, unread_rest: 0, page: null,
});
const TWENTY = Array.from({ length: 20 }, (_, at) => item(at));

let frames: FrameRequestCallback[];
let topic: ListTopic<InboxItem>;
let list: InboxList;

/** Lets one frame be drawn. */
function frame(): void {
  for (const draw of frames.splice(0)) draw(0);
}
const rows = () => list.root.querySelectorAll('[data-row]').length;
const snapshot = (items: InboxItem[]) =>
  topic.receive({ t: 'snap', topic: topic.topic, state: { items: items.map((body) => ({ key: body.id, rev: 1, body })) } } as unknown as ServerFrame);

beforeEach(() => {
  frames = [];
  vi.stubGlobal('requestAnimationFrame', (draw: FrameRequestCallback) => frames.push(draw));
  topic = new ListTopic<InboxItem>('tenant:ten_1/inbox', () => undefined);
  list = new InboxList(topic, 'usr_me', () => undefined);
  document.body.replaceChildren(list.root);
  frame();
});
afterEach(() => {
  list.dispose();
  vi.unstubAllGlobals();
});

describe('what is shown first', () => {
  it('is what fills a phone, and the rest with the frames after it', () => {
    list.showFirst(TWENTY);
    frame();
    expect(rows()).toBe(8);
    expect(list.root.textContent).toContain('Loading the others');
    frame();
    frame();
    expect(rows()).toBe(20);
  });

  it('gives way to the live list, also between its two parts', () => {
    list.showFirst(TWENTY);
    frame();
    snapshot(TWENTY.slice(0, 3));
    for (let n = 0; n < 4; n += 1) frame();
    expect(rows()).toBe(3);
    expect(list.root.textContent).not.toContain('Loading the others');
    list.showFirst(TWENTY);
    for (let n = 0; n < 4; n += 1) frame();
    expect(rows()).toBe(3);
  });
});

describe('a line that is pressed', () => {
  it('is not drawn anew before it is clicked', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    snapshot([item(1)]);
    frame();
    const before = list.root.querySelector('[data-row] a')!;
    before.dispatchEvent(new Event('pointerdown', { bubbles: true }));
    snapshot([{ ...item(1), unread_rest: 1 }]);
    frame();
    expect(list.root.querySelector('[data-row] a')).toBe(before);
    window.dispatchEvent(new Event('pointerup'));
    vi.advanceTimersByTime(1);
    vi.useRealTimers();
    frame();
    expect(list.root.querySelector('[data-row] a')).not.toBe(before);
  });
});

describe('what comes when the list is there already', () => {
  it('shows what can be done with what was selected before', () => {
    snapshot(TWENTY);
    frame();
    list.selection.toggle('cnv_3');
    const bar = new BulkBar(list.selection);
    list.setBar(bar);
    expect(bar.root.textContent).toContain('1 selected');
    expect(bar.offers('resolve')).toBe(true);
    expect(list.root.classList.contains('selecting')).toBe(true);
  });

  it('looks everywhere for what was written before', async () => {
    vi.useFakeTimers();
    const asked: string[] = [];
    snapshot(TWENTY);
    list.find('cake');
    frame();
    list.setResults(new SearchResults(() => undefined, async (words) => (asked.push(words), { hits: [], more: false })));
    await vi.advanceTimersByTimeAsync(1_000);
    vi.useRealTimers();
    expect(asked).toEqual(['cake']);
    expect(list.root.querySelector('[aria-label="Said anywhere"]')).not.toBeNull();
  });
});
