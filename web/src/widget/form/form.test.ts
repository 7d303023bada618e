// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readToForm, readToFormPage } from '../form-messages';
import { FORM, FORM_NAMES, KINDS } from '../../words/form';
import { LANGUAGES } from '../../words/languages';
import { Memory } from '../frame/memory';
import { Form } from './form';
import type { FormLink } from './form-link';
import { whatNext } from './what-next';

const SENT = { conversation: 'cnv_1', visitor: 'vis_1', token: 'vst_1', has_chat: false, open_now: true, opens_at: null };
const told = vi.fn();
const link = { page: 'https://shop.example/join', chat: true, tell: told } as unknown as FormLink;
const forms: Form[] = [];
let bodies: Record<string, unknown>[];

/** A page with the form, and a server that answers so, one after another. */
function page(...answers: (object | 'lost')[]) {
  const fetched = vi.fn((_: string, init: RequestInit) => {
    bodies.push(JSON.parse(init.body as string) as Record<string, unknown>);
    const answer = answers.shift() ?? 'lost';
    return answer === 'lost' ? Promise.reject(new TypeError('away')) : Promise.resolve(new Response(JSON.stringify(answer)));
  });
  vi.stubGlobal('fetch', fetched);
  const form = new Form('pk_1', 'access', new Memory('pk_1'), link);
  forms.push(form);
  document.body.replaceChildren(form.root);
  form.start();
  const input = (name: string) => form.root.querySelector<HTMLInputElement>(`[name=${name}]`)!;
  const write = (name: string, text: string) => {
    input(name).value = text;
    input(name).dispatchEvent(new Event('input', { bubbles: true }));
  };
  const send = async () => {
    form.root.querySelector('form')!.dispatchEvent(new Event('submit', { cancelable: true }));
    await vi.waitFor(() => expect(form.root.querySelector('[aria-busy]')).toBeNull());
  };
  return { form, input, write, send };
}

const success = (data: object) => ({ success: true, data, meta: {} });
const refusal = (code: string, field?: string) => ({ success: false, error: { code, message: `no: ${code}`, details: { field } }, meta: {} });

function fillIn({ write }: ReturnType<typeof page>): void {
  write('name', 'Ada');
  write('email', 'ada@example.com');
  write('message', 'May we join?');
}

beforeEach(() => {
  bodies = [];
  localStorage.clear();
  sessionStorage.clear();
  told.mockClear();
});
afterEach(() => {
  forms.splice(0).forEach((form) => form.dispose());
  vi.unstubAllGlobals();
});

describe('a form', () => {
  it('asks for what is needed before it sends anything', async () => {
    const shown = page();
    shown.write('email', 'ada');
    await shown.send();
    expect(bodies).toEqual([]);
    expect(['name', 'email', 'telephone', 'message'].map((name) => shown.input(name).getAttribute('aria-invalid'))).toEqual(['true', 'true', null, 'true']);
    expect(document.activeElement).toBe(shown.input('name'));
  });

  it('goes out with one id until there is an answer, and is kept no longer', async () => {
    const shown = page('lost', success(SENT));
    fillIn(shown);
    await shown.send();
    expect(shown.form.root.textContent).toContain(FORM.en.offline);
    window.dispatchEvent(new Event('online'));
    await vi.waitFor(() => expect(shown.form.root.textContent).toContain('Thank you, Ada.'));
    expect(bodies.length).toBe(2);
    expect(bodies[0]).toEqual(bodies[1]);
    expect(bodies[0]).toMatchObject({ form: 'access', name: 'Ada', page: 'https://shop.example/join' });
    expect(sessionStorage.length).toBe(0);
    expect(new Memory('pk_1').load()).toMatchObject({ token: 'vst_1', contact: true });
    expect(told).toHaveBeenCalledWith({ brigade: 1, type: 'sent' });
  });

  it('goes on after a reload with what was under way, and waits for a hand when it was changed', async () => {
    const before = page('lost');
    fillIn(before);
    await before.send();
    const [id] = bodies.map((body) => body['id']);
    before.form.dispose();
    const changed = page('lost', success(SENT));
    expect(changed.input('message').value).toBe('May we join?');
    await vi.waitFor(() => expect(bodies.length).toBe(2));
    await vi.waitFor(() => expect(changed.form.root.querySelector('[aria-busy]')).toBeNull());
    changed.write('message', 'May four of us join?');
    window.dispatchEvent(new Event('online'));
    expect(bodies.length).toBe(2);
    await changed.send();
    expect(bodies.map((body) => body['id'])).toEqual([id, id, id]);
    expect(bodies[2]!['message']).toBe('May four of us join?');
  });

  it('says a refusal where it belongs, and keeps what was written', async () => {
    const shown = page(refusal('INVALID_INPUT', 'telephone'), refusal('INVALID_INPUT', 'website'), refusal('RATE_LIMITED'), success(SENT));
    fillIn(shown);
    shown.write('telephone', 'x');
    shown.write('website', 'https://spam.example');
    await shown.send();
    expect(shown.input('telephone').getAttribute('aria-invalid')).toBe('true');
    await shown.send();
    expect([shown.input('website').value, shown.form.root.textContent?.includes(FORM.en.again)]).toEqual(['', true]);
    await shown.send();
    expect(shown.form.root.textContent).toContain('What you have written is still here.');
    window.dispatchEvent(new Event('online'));
    expect(bodies.length).toBe(3);
    expect(shown.input('message').value).toBe('May we join?');
  });

  it('leaves the chat alone that this browser has', async () => {
    const mine = { conversation: 'cnv_0', visitor: 'vis_0', token: 'vst_0' };
    new Memory('pk_1').save(mine);
    const shown = page(success({ ...SENT, has_chat: true }));
    fillIn(shown);
    await shown.send();
    expect(bodies[0]!['token']).toBe('vst_0');
    expect(new Memory('pk_1').load()).toEqual(mine);
    expect(told).not.toHaveBeenCalled();
    expect(shown.form.root.textContent).not.toContain(FORM.en.toChat);
  });
});

describe('what page and form tell each other', () => {
  it('is taken only in its shape', () => {
    expect(readToForm({ brigade: 1, type: 'page', page: 'https://a.example/x', chat: false })).toEqual({ brigade: 1, type: 'page', page: 'https://a.example/x', chat: false });
    expect(readToFormPage({ brigade: 1, type: 'height', height: 480 })).toEqual({ brigade: 1, type: 'height', height: 480 });
    expect(readToFormPage({ brigade: 1, type: 'sent', message: 'May we join?' })).toEqual({ brigade: 1, type: 'sent' });
    for (const wrong of [null, 'sent', {}, { type: 'sent' }, { brigade: 1, type: 'opened' }, { brigade: 1, type: 'page', page: 'x'.repeat(3_000), chat: true }]) {
      expect([readToForm(wrong), readToFormPage(wrong)]).toEqual([undefined, undefined]);
    }
    for (const height of [0, -1, 1e9, NaN, '480']) expect(readToFormPage({ brigade: 1, type: 'height', height })).toBeUndefined();
  });
});

describe('the words of forms', () => {
  it('are there in every language, with the same in their braces', () => {
    expect([Object.keys(FORM), Object.keys(FORM_NAMES)].map((languages) => languages.sort())).toEqual([[...LANGUAGES].sort(), [...LANGUAGES].sort()]);
    const flat = (words: object): [string, string][] => Object.entries(words).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text] as [string, string]] : flat(text as object).map(([under, inner]) => [`${key}.${under}`, inner] as [string, string])));
    const holes = (words: object) => flat(words).map(([key, text]) => [key, ...[...text.matchAll(/{(\w+)}/g)].map(([, name]) => name!).sort()].join()).sort();
    for (const language of LANGUAGES) {
      expect(holes(FORM[language])).toEqual(holes(FORM.en));
      expect(Object.keys(FORM_NAMES[language])).toEqual([...KINDS]);
    }
  });

  it('promise no more than the hours do', () => {
    const now = new Date(2026, 2, 18, 15, 0);
    const at = (day: number) => whatNext({ open_now: false, opens_at: new Date(2026, 2, day, 9, 0).toISOString() }, now);
    expect([whatNext({ open_now: true, opens_at: null }), whatNext({ open_now: false, opens_at: null }, now), at(17)]).toEqual([FORM.en.open, FORM.en.later, FORM.en.later]);
    expect([at(19), at(23), at(28)]).toEqual(['We are back tomorrow at 09:00 and answer then.', 'We are back on Monday at 09:00 and answer then.', FORM.en.later]);
  });
});
