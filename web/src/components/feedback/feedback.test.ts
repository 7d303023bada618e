// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Emitter } from '../../base/emitter';
import type { ConversationState, Feedback } from '../../live/protocol.gen';
import { CommandRefused } from '../../live/queue';
import { emptyConversation } from '../../live/testing/random-log';
import { el } from '../../ui/dom';
import { FeedbackCard } from './feedback';
import { scoreLine } from './scores';

const QUESTION: Feedback = { asked: 9, at: '2026-03-02T09:00:00Z', question: 'How was it? <b>', given: null };

function opened(feedback: Feedback | null = QUESTION) {
  const changed = new Emitter<unknown>();
  const store = { state: { ...emptyConversation(), feedback } as ConversationState, changed };
  const sent: unknown[] = [];
  let refuse: CommandRefused | undefined;
  const client = { command: (_: string, type: string, body: unknown) => {
    sent.push([type, body]);
    return { done: refuse ? Promise.reject(refuse) : Promise.resolve() };
  } };
  const composer = el('div', {});
  document.body.replaceChildren(composer);
  const parts = { client, live: { topic: 'conversation:cnv_1', store } } as unknown as ConstructorParameters<typeof FeedbackCard>[1];
  const card = new FeedbackCard(composer, parts);
  return {
    card, sent,
    becomes: (next: Feedback | null) => {
      store.state.feedback = next;
      changed.emit(undefined);
    },
    refuses: (error: CommandRefused) => (refuse = error),
    root: () => document.querySelector<HTMLElement>('.fb-card'),
    face: (label: string) => [...document.querySelectorAll<HTMLButtonElement>('.fb-score')].find(({ textContent }) => textContent?.endsWith(label))!,
    pressed: () => [...document.querySelectorAll('[aria-pressed=true]')].map((each) => each.getAttribute('data-score')),
    said: () => document.querySelector('.fb-card [role=status]')?.textContent,
  };
}

beforeEach(() => localStorage.clear());
afterEach(() => document.body.replaceChildren());

it('asks as long as there is a question, and what is asked is text', () => {
  const { root, becomes, card } = opened(null);
  expect(root()).toBeNull();
  becomes(QUESTION);
  expect(root()!.querySelector('p')!.textContent).toBe('How was it? <b>');
  expect(root()!.querySelector('form')!.hidden).toBe(true);
  becomes(null);
  expect(root()).toBeNull();
  becomes(QUESTION);
  card.dispose();
  expect(root()).toBeNull();
});

it('a score counts at once, and words may follow', async () => {
  const { root, face, sent, pressed, said } = opened();
  face('Good').click();
  expect(pressed()).toEqual(['4']);
  await vi.waitFor(() => expect(said()).toBe('Thank you.'));
  const form = root()!.querySelector('form')!;
  expect(form.hidden).toBe(false);
  form.querySelector('textarea')!.value = '  Danke 🙏  ';
  form.dispatchEvent(new Event('submit', { cancelable: true }));
  await vi.waitFor(() => expect(said()).toContain('your words'));
  expect(form.hidden, 'it was said').toBe(true);
  face('Very good').click();
  expect(sent).toEqual([
    ['give_feedback', { asked: 9, score: 4 }],
    ['give_feedback', { asked: 9, score: 4, comment: 'Danke 🙏' }],
    ['give_feedback', { asked: 9, score: 5, comment: 'Danke 🙏' }],
  ]);
});

it('what is refused is said, and does not look as if it counted', async () => {
  const { refuses, face, pressed, said } = opened();
  refuses(new CommandRefused({ t: 'err', code: 'CONFLICT', message: 'This conversation goes on.' }));
  face('Bad').click();
  await vi.waitFor(() => expect(said()).toBe('This conversation goes on.'));
  expect(pressed()).toEqual([]);
});

it('shows what another tab has said, but takes no words from who is writing', () => {
  const { becomes, root, pressed } = opened();
  becomes({ ...QUESTION, given: { score: 2, comment: 'cold' } });
  const comment = root()!.querySelector('textarea')!;
  expect([pressed(), comment.value]).toEqual([['2'], 'cold']);
  comment.focus();
  comment.value = 'cold, and la';
  becomes({ ...QUESTION, given: { score: 3 } });
  expect([pressed(), comment.value]).toEqual([['3'], 'cold, and la']);
});

it('who says not now is asked again only with the next question', () => {
  const { root, becomes } = opened();
  root()!.querySelector<HTMLButtonElement>('[aria-label="Not now"], .fb-head button')!.click();
  expect(root()).toBeNull();
  becomes({ ...QUESTION });
  expect(root()).toBeNull();
  becomes({ ...QUESTION, asked: 20 });
  expect(root()).not.toBeNull();
});

it('has words for each score, and for one of a later server', () => {
  expect([1, 5, 7].map((score) => scoreLine(score).textContent.trim())).toEqual(['Very bad', 'Very good', '7 of 5']);
});
