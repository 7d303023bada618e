// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Letter } from '../../../api/letters';
import { ApiError } from '../../../api/http';
import { Disposables } from '../../../base/disposables';
import type { Session } from '../../../session/start';

const api = vi.hoisted(() => ({ previewLetter: vi.fn(), wordLetter: vi.fn() }));
vi.mock('../../../api/letters', async (original) => ({ ...(await original<object>()), ...api }));

import { editor, type Drafts } from './editor';
import { framed } from './preview';

const LETTER: Letter = {
  occasion: 'client_invitation', rev: 0, own: null, ours: { subject: 'Your account', text: 'Hello' }, placeholders: ['customer.name', 'business.name'],
};

let drafts: Drafts;
let changed: ReturnType<typeof vi.fn<() => void>>;

function open(letter = LETTER) {
  const session = { owned: new Disposables() } as unknown as Session;
  const root = editor(session, letter, { title: 'Invitation', drafts, changed, kept: () => undefined });
  // The page of the letter is the browser tests' matter.
  const form = root.querySelector('form')!;
  document.body.replaceChildren(form);
  const [subject, text] = [form.querySelector('input')!, form.querySelector('textarea')!];
  const write = (input: HTMLInputElement | HTMLTextAreaElement, value: string) => {
    input.value = value;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  };
  const press = (label: string) => [...form.querySelectorAll('button')].find((each) => each.textContent === label)!.click();
  return { preview: root.querySelector('figure')!, form, subject, text, write, press };
}

describe('the editor of a letter', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    drafts = new Map();
    changed = vi.fn();
    api.previewLetter.mockReset().mockResolvedValue({ subject: 'Drawn', text: 'Drawn text', html: '<p>x</p>' });
    api.wordLetter.mockReset();
  });
  // Another file of this process would find its own clock taken away with this one.
  afterEach(() => vi.useRealTimers());

  it('begins with ours, and keeps what is not saved until it is the same again', () => {
    const { subject, write } = open();
    expect(subject.value).toBe('Your account');
    write(subject, 'Welcome');
    expect([drafts.get('client_invitation'), changed.mock.calls.length]).toEqual([{ rev: 0, subject: 'Welcome', text: 'Hello' }, 1]);
    expect(open().subject.value).toBe('Welcome');
    write(open().subject, 'Your account');
    expect([drafts.size, changed.mock.calls.length]).toEqual([0, 2]);
  });

  it('puts a place to fill in where one was writing', () => {
    const { subject, text, press } = open();
    text.setSelectionRange(5, 5);
    press('Their name');
    expect(text.value).toBe('Hello{{customer.name}}');
    subject.dispatchEvent(new Event('focus'));
    subject.setSelectionRange(0, 4);
    press('Name of your business');
    expect(subject.value).toBe('{{business.name}} account');
  });

  it('asks for the letter after a pause, and shows the newest answer', async () => {
    const { preview, text, write } = open();
    await vi.advanceTimersByTimeAsync(1);
    let late: (value: unknown) => void = () => undefined;
    api.previewLetter.mockReturnValueOnce(new Promise((resolve) => (late = resolve)));
    write(text, 'One');
    await vi.advanceTimersByTimeAsync(600);
    write(text, 'Two');
    write(text, 'Three');
    await vi.advanceTimersByTimeAsync(600);
    late({ subject: 'Late', text: 'Late', html: '' });
    await vi.advanceTimersByTimeAsync(1);
    expect(api.previewLetter.mock.calls.map(([, { text: asked }]) => asked as string)).toEqual(['Hello', 'One', 'Three']);
    expect(preview.textContent).toContain('Drawn');
    expect(preview.textContent).not.toContain('Late');
  });

  it('says a mistake at its field, without taking the focus', async () => {
    const { form, text, subject, write } = open();
    subject.focus();
    api.previewLetter.mockRejectedValue(new ApiError('INVALID_INPUT', 'There is no {{x}}.', { details: { field: 'text' } }));
    write(text, '{{x}}');
    await vi.advanceTimersByTimeAsync(600);
    expect(text.getAttribute('aria-invalid')).toBe('true');
    expect(form.textContent).toContain('There is no {{x}}.');
    expect(document.activeElement).toBe(subject);
  });

  it('saves over what was seen, and what was typed meanwhile stays', async () => {
    const { text, write, press } = open({ ...LETTER, rev: 3 });
    write(text, 'First');
    let answer: (letter: Letter) => void = () => undefined;
    api.wordLetter.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    press('Save');
    write(text, 'First and more');
    answer({ ...LETTER, rev: 4, own: { subject: 'Your account', text: 'First' } });
    await vi.advanceTimersByTimeAsync(1);
    expect(api.wordLetter).toHaveBeenCalledWith('client_invitation', 3, { subject: 'Your account', text: 'First' });
    expect(text.value).toBe('First and more');
    expect(drafts.get('client_invitation')).toEqual({ rev: 4, subject: 'Your account', text: 'First and more' });
  });
});

describe('the page of a letter', () => {
  it('has its styles put aside, and what people wrote stays as it is', () => {
    expect(framed('<p style="margin:0">a style=&quot;x&quot;</p>')).toBe('<p data-style="margin:0">a style=&quot;x&quot;</p>');
  });
});
