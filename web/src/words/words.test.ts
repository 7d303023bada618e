// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import table from 'virtual:words/de';
import { ApiError } from '../api/http';
import { sizeText } from '../components/files/draw';
import { typingText } from '../components/message-list/typing-text';
import { dayText, momentText } from '../components/time-text/time-text';
import { presenceLine } from '../widget/frame/presence-line';
import { de } from './de';
import { en } from './en';
import { LANGUAGES, languageFor } from './languages';
import { LOADER } from './loader';
import { filled, heard, language, say, setLanguage } from './say';
import { speak } from './speak';
import type { Key, Text } from './table';

const OTHERS = { de };
const keys = Object.keys(en) as Key[];
const forms = (text: Text): string[] => (typeof text === 'string' ? [text] : Object.values(text));
const holes = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!))].sort();

beforeEach(() => {
  document.documentElement.lang = 'en';
});
afterEach(() => {
  setLanguage('en');
  vi.useRealTimers();
});

describe('the language', () => {
  it.each([
    [['de'], 'de'], [['de-AT'], 'de'], [['DE_ch'], 'de'], [['en-GB', 'de'], 'en'],
    // What the page says comes first; what there is not is passed over; nothing, or nonsense, is English.
    [['fr', 'de', 'en'], 'de'], [['', 'de-DE'], 'de'], [[undefined, null, 'de'], 'de'], [['fr', 'ar'], 'en'], [[], 'en'], [['deutsch', 'constructor', '__proto__', '-'], 'en'],
  ])('of %j is %s', (wanted, found) => {
    expect(languageFor(wanted)).toBe(found);
  });
});

describe('a number', () => {
  it.each([...LANGUAGES])('that is short is written in %s as anywhere, and a long one in groups', (name) => {
    setLanguage(name);
    for (let number = -99; number < 1_000; number += 1) expect(filled('{n}', { n: number })).toBe(number.toLocaleString(name));
    for (const number of [1_000, 25_431, 0.5, 1.25]) expect(filled('{n}', { n: number })).toBe(number.toLocaleString(name));
  });
});

describe.each(Object.entries(OTHERS))('%s', (name, { texts, codes, server }) => {
  it('has every text, in its place, and no other', () => {
    expect(Object.keys(texts).sort()).toEqual([...keys].sort());
    expect(table.texts).toEqual(keys.map((key) => texts[key]));
    expect({ ...table.server }).toEqual({ ...codes, ...server });
    for (const text of [...Object.values(texts).flatMap(forms), ...Object.values(codes), ...Object.values(server)]) expect(text.trim()).not.toBe('');
  });

  it.each(keys)('says with %s what English says with it', (key) => {
    const here = forms(texts[key]);
    const there = holes(forms(en[key]).join());
    for (const text of here) expect(holes(text).filter((hole) => hole !== 'n')).toEqual(there.filter((hole) => hole !== 'n'));
    // A form for one alone may say it in a word.
    expect(holes(here.at(-1)!)).toEqual(there);
    expect([...here.join().matchAll(/[{}]/g)].length).toBe(here.flatMap((text) => [...text.matchAll(/\{\w+\}/g)]).length * 2);
  });

  it('has the forms its numbers need', () => {
    const plurals = new Intl.PluralRules(name).resolvedOptions().pluralCategories;
    for (const text of Object.values(texts)) if (typeof text !== 'string') expect(Object.keys(text).sort()).toEqual([...plurals].sort());
  });
});

it('every language has a loader and, beside English, a table', () => {
  expect(Object.keys(LOADER).sort()).toEqual([...LANGUAGES].sort());
  expect(['en', ...Object.keys(OTHERS)].sort()).toEqual([...LANGUAGES].sort());
});

describe('what is said', () => {
  it('is English at first', () => {
    expect([language, say('send'), say('time.days', { n: 1 }), say('typing.two', { name: 'Ada', other: '{name}' })])
      .toEqual(['en', 'Send', '1 day', 'Ada and {name} are typing']);
    expect(say('write.left', { n: 1_250 })).toBe('1,250 left');
  });

  it('is German where that is wanted, with its numbers, plurals, days and hours', async () => {
    await speak('de');
    expect([language, document.documentElement.lang, say('send')]).toEqual(['de', 'de', 'Senden']);
    expect([1, 5].map((n) => say('time.days', { n }))).toEqual(['1 Tag', '5 Tage']);
    expect([sizeText(1), sizeText(2), sizeText(1_234_567), sizeText(45_678)]).toEqual(['1 Byte', '2 Bytes', '1,2 MB', '46 KB']);
    expect(say('write.left', { n: 1_250 })).toBe('noch 1.250 Zeichen');
    expect(typingText(['Ada', 'Bo'])).toBe('Ada und Bo schreiben');
    const now = new Date(2026, 2, 18, 15, 0);
    expect([dayText(now.toISOString(), now), dayText(new Date(2026, 2, 2, 9, 0).toISOString(), now)]).toEqual(['Heute', 'Montag, 2. März 2026']);
    expect(momentText(new Date(2026, 2, 23, 9, 0).toISOString(), now)).toBe('Mo., 23. März, 09:00');
    const config = { questions: [], tenant: { id: 't', name: 'T' }, staff_online: false, open_now: false, greeting: { online: '', offline: '' } };
    expect(presenceLine({ ...config, opens_at: new Date(2026, 2, 23, 9, 0).toISOString() }, now)).toBe('Zurzeit nicht da. Am Montag um 09:00 zurück');
  });

  it('has words for what the server says: for the sentence, else for the code, else its own', async () => {
    const sentence = 'This message was deleted.';
    expect(heard(sentence, 'CONFLICT')).toBe(sentence);
    await speak('de');
    expect(heard(sentence, 'CONFLICT')).toBe('Diese Nachricht wurde gelöscht.');
    expect(heard('Something nobody has put into words.', 'CONFLICT')).toBe('Das ist gerade nicht möglich.');
    expect(heard('Was möchten Sie wissen?')).toBe('Was möchten Sie wissen?');
    expect(heard('constructor', 'toString')).toBe('constructor');
  });

  it('is the same over HTTP', async () => {
    await speak('de');
    const { request } = await import('../api/http');
    const error = { code: 'RATE_LIMITED', message: 'That was a bit much at once. Wait a moment and try again.' };
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify({ success: false, error, meta: {} }), { status: 429 })));
    const refused = await request('GET', '/v1/site/config').catch((thrown: unknown) => thrown as ApiError);
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('away')));
    const away = await request('GET', '/v1/site/config').catch((thrown: unknown) => thrown as ApiError);
    vi.unstubAllGlobals();
    expect([refused, away].map((each) => (each as ApiError).message)).toEqual([de.codes.RATE_LIMITED, de.texts['http.offline']]);
  });
});

describe('a table that cannot be had', () => {
  const failing = (load: () => Promise<never>) => new Map([['de', load]]);
  it('leaves it English', async () => {
    await speak('de', failing(() => Promise.reject(new TypeError('failed to fetch'))));
    expect([language, document.documentElement.lang, say('send')]).toEqual(['en', 'en', 'Send']);
  });
  it('is not waited for for ever', async () => {
    vi.useFakeTimers();
    const spoken = speak('de', failing(() => new Promise(() => {})));
    await vi.advanceTimersByTimeAsync(10_000);
    await spoken;
    expect([language, say('send')]).toEqual(['en', 'Send']);
  });
  it('is of a language that there is', async () => {
    for (const wanted of [undefined, '', 'fr', 'constructor', '__proto__']) {
      await speak(wanted);
      expect([language, document.documentElement.lang]).toEqual(['en', 'en']);
    }
  });
});
