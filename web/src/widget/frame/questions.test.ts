// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { VisitorAnswer, VisitorQuestion } from '../../live/protocol.gen';
import { PageLink } from './page-link';
import { askFirst } from './questions';

const NAME: VisitorQuestion = { question: 'How are you called?', kind: 'name', required: true };
const EMAIL: VisitorQuestion = { question: 'Where can we write to?', kind: 'email', required: true };
const SIZE: VisitorQuestion = { question: 'How many are you?', kind: 'text', required: true };
const signed = (said: unknown) => `${Buffer.from(JSON.stringify(said)).toString('base64url')}.c2ln`;

describe('what the business wants to know first', () => {
  const link = new PageLink();
  const body = document.createElement('div');
  const answered = vi.fn<(answers: VisitorAnswer[]) => void>();

  const ask = (...questions: VisitorQuestion[]) => void askFirst(questions, link, body, document.createElement('p')).then(answered);
  const asked = () => [...body.querySelectorAll('label')].filter((label) => !label.closest('[hidden]')).map(({ textContent }) => textContent);
  const say = (who: string | null) => {
    link.who = who;
    link.said.emit(undefined);
  };
  const submit = async () => {
    body.querySelector('form')!.dispatchEvent(new Event('submit', { cancelable: true }));
    await Promise.resolve();
  };
  document.body.append(body);

  afterEach(() => {
    link.who = undefined;
    answered.mockClear();
  });

  it('is not asked again of whom the site has named, and goes along all the same', async () => {
    link.who = signed({ id: '7', name: ' Mia 🎂 ', email: 'mia@example.org' });
    ask(NAME, SIZE, EMAIL);
    expect(asked()).toEqual([SIZE.question]);
    await submit();
    expect(answered).not.toHaveBeenCalled();
    body.querySelector<HTMLInputElement>('div:not([hidden]) > input')!.value = 'Two';
    await submit();
    expect(answered).toHaveBeenCalledWith([
      { question: NAME.question, answer: 'Mia 🎂' }, { question: SIZE.question, answer: 'Two' }, { question: EMAIL.question, answer: 'mia@example.org' },
    ]);
  });

  it('is asked of nobody who has answered all of it elsewhere', async () => {
    link.who = signed({ id: '7', name: 'Mia' });
    ask(NAME);
    await Promise.resolve();
    expect(answered).toHaveBeenCalledWith([{ question: NAME.question, answer: 'Mia' }]);
  });

  it('is asked when what the site says is no answer', () => {
    for (const who of [signed({ id: '7' }), signed({ id: '7', name: '', email: 'mia' }), signed({ id: '7', name: 'x'.repeat(201) }), 'nonsense', '', null]) {
      link.who = who;
      ask(NAME, EMAIL);
      expect(asked(), String(who)).toEqual([NAME.question, EMAIL.question]);
    }
  });

  it('is taken back with who has gone, and counts once', async () => {
    ask(NAME, SIZE);
    expect(asked()).toEqual([NAME.question, SIZE.question]);
    say(signed({ id: '7', name: 'Mia' }));
    expect(asked()).toEqual([SIZE.question]);
    say(null);
    expect(asked()).toEqual([NAME.question, SIZE.question]);
    expect(body.querySelector('input')!.value).toBe('');
    ask(NAME);
    say(signed({ id: '8', name: 'Ben' }));
    await Promise.resolve();
    expect(answered.mock.calls).toEqual([[[{ question: NAME.question, answer: 'Ben' }]]]);
  });
});
