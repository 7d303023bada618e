// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../api/http';
import type { Hit } from '../../api/search';
import type { InboxItem } from '../../live/protocol.gen';
import { SearchResults } from './search-results';

const hit = (id: string, text: string, similar = false): Hit => ({
  conversation: { id, name: `Conversation ${id}`, status: 'resolved' } as InboxItem, similar,
  passage: { seq: 7, by: 'usr_1', at: '2026-03-18T12:00:00Z', note: false, pieces: [{ text, hit: true }, { text: ' and so on', hit: false }] },
});

const EVERYWHERE = { label: '', team: '' };

describe('what was said anywhere', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  const typed = async (results: SearchResults, ...texts: string[]) => {
    for (const text of texts) results.lookFor(text, EVERYWHERE);
    await vi.advanceTimersByTimeAsync(250);
  };

  it('is asked for once, when the person pauses, and not for a single letter', async () => {
    const asked: string[] = [];
    const results = new SearchResults(() => 'Amara', async (q) => (asked.push(q), { hits: [hit('cnv_1', 'cake')], more: false }));
    await typed(results, 'c', 'ca', 'cake');
    expect(asked).toEqual(['cake']);
    expect(results.root.textContent).toContain('Amara: cake and so on');
    expect(results.root.querySelector('mark')?.textContent).toBe('cake');
    await typed(results, 'c');
    expect([results.root.hidden, asked.length]).toEqual([true, 1]);
  });

  it('keeps the answer to what is looked for now, whichever comes last', async () => {
    const answers: Record<string, (found: { hits: Hit[]; more: boolean }) => void> = {};
    const results = new SearchResults(() => undefined, (q) => new Promise((resolve) => (answers[q] = resolve)));
    await typed(results, 'first');
    await typed(results, 'second');
    answers['second']!({ hits: [hit('cnv_2', 'second')], more: false });
    answers['first']!({ hits: [hit('cnv_1', 'first')], more: false });
    await vi.advanceTimersByTimeAsync(1);
    expect(results.root.querySelector('mark')?.textContent).toBe('second');
  });

  it('asks again where the list is narrowed to something else, and says so when there is nothing', async () => {
    const asked: unknown[] = [];
    const results = new SearchResults(() => undefined, async (q, within) => (asked.push([q, within]), { hits: [], more: false }));
    await typed(results, 'cake');
    for (const within of [{ label: '', team: 'mine' }, { label: 'lbl_1', team: 'mine' }]) {
      results.lookFor('cake', within);
      results.lookFor('cake', { ...within });
      await vi.advanceTimersByTimeAsync(250);
    }
    expect(asked).toEqual([['cake', EVERYWHERE], ['cake', { label: '', team: 'mine' }], ['cake', { label: 'lbl_1', team: 'mine' }]]);
    expect(results.root.textContent).toContain('Nobody has said this where you look. Choose “All teams” and “All labels” to look everywhere.');
    results.lookFor('cake', { label: '', team: 'none' });
    await vi.advanceTimersByTimeAsync(250);
    expect(results.root.textContent).toContain('Choose “All teams” to look everywhere.');
  });

  it('tells similar ones apart, and which message is meant', async () => {
    const results = new SearchResults(() => undefined, async () => ({ hits: [hit('cnv_1', 'cake'), hit('cnv_2', 'cale', true)], more: false }));
    const chosen: unknown[] = [];
    results.chosen.on((choice) => chosen.push(choice));
    await typed(results, 'cake');
    expect(results.root.textContent).toMatch(/One conversation\..*Spelled like it.*cale/);
    results.root.querySelectorAll('a')[1]!.click();
    expect(chosen).toEqual([{ id: 'cnv_2', seq: 7 }]);
  });

  it('looks again when something was said, and leaves what is the same alone', async () => {
    let found: Hit[] = [];
    let calls = 0;
    const results = new SearchResults(() => undefined, async () => (calls += 1, { hits: found, more: false }));
    results.news();
    await typed(results, 'cake');
    expect(results.root.textContent).toContain('Nobody has said this.');
    found = [hit('cnv_1', 'cake')];
    await vi.advanceTimersByTimeAsync(1_500);
    const row = results.root.querySelector('a');
    expect(row?.textContent).toContain('cake');
    for (let n = 0; n < 5; n += 1) results.news();
    await vi.advanceTimersByTimeAsync(10_000);
    expect([results.root.querySelector('a'), calls]).toEqual([row, 3]);
  });

  it('says that it failed, and tries again when asked to', async () => {
    let calls = 0;
    const results = new SearchResults(() => undefined, async () => {
      calls += 1;
      if (calls === 1) throw new ApiError('OFFLINE', 'The server cannot be reached.');
      return { hits: [], more: false };
    });
    await typed(results, 'cake');
    expect(results.root.textContent).toContain('The server cannot be reached.');
    results.root.querySelector('button')!.click();
    await vi.advanceTimersByTimeAsync(1);
    expect(results.root.textContent).toContain('Nobody has said this.');
  });

  it('looks again by itself when the connection is back, if it had failed', async () => {
    let [calls, away] = [0, true];
    const results = new SearchResults(() => undefined, async () => {
      calls += 1;
      if (away) throw new ApiError('OFFLINE', 'The server cannot be reached.');
      return { hits: [], more: false };
    });
    await typed(results, 'cake');
    away = false;
    window.dispatchEvent(new Event('online'));
    await vi.advanceTimersByTimeAsync(1);
    expect(results.root.textContent).toContain('Nobody has said this.');
    window.dispatchEvent(new Event('online'));
    await vi.advanceTimersByTimeAsync(1);
    expect(calls).toBe(2);
  });
});
