// @vitest-environment happy-dom
import { afterEach, expect, it } from 'vitest';
import type { Message } from '../../live/protocol.gen';
import { el } from '../../ui/dom';
import { MessageTools } from './tools';

const message = (seq: number, more: Partial<Message> = {}): Message => ({
  seq, by: 'vis_1', at: '2026-03-18T12:00:00Z', text: 'hello', note: false, reply_to: null, mentions: [], edited: null, edits: 0,
  deleted: false, reactions: {}, ...more,
});

/** Three messages, of which the second was deleted. */
function list() {
  const messages = [message(1), message(2, { deleted: true }), message(3)];
  const articles = messages.map(() => el('article', { tabindex: '-1' }));
  const log = el('div', { role: 'log' }, ...messages.map(({ seq }, at) => el('div', { 'data-seq': seq }, articles[at]!)));
  document.body.append(log);
  const yes = () => true;
  const tools = new MessageTools(log, 'usr_me', { reply: yes, edit: yes, remove: yes, react: yes }, (seq) => messages[seq - 1]);
  const [first, second, third] = articles as [HTMLElement, HTMLElement, HTMLElement];
  const menu = () => log.querySelector('[data-tools]')?.closest('[data-seq]')?.getAttribute('data-seq');
  const over = (article: HTMLElement) => article.dispatchEvent(new PointerEvent('pointerover', { bubbles: true, pointerType: 'mouse' }));
  return { log, tools, first, second, third, menu, over };
}

afterEach(() => document.body.replaceChildren());

it('the menu is where the focus is, then where the pointer is, and goes back when there is nothing to do', () => {
  const { log, first, second, third, menu, over } = list();
  third.focus();
  expect(menu()).toBe('3');
  over(first);
  expect(menu()).toBe('1');
  over(second);
  expect(menu(), 'a deleted message has no menu').toBe('3');
  over(first);
  log.dispatchEvent(new PointerEvent('pointerleave'));
  expect(menu(), 'the pointer left').toBe('3');
});

it('without the focus among them there is no menu where there is nothing to do', () => {
  const { log, first, second, menu, over } = list();
  over(second);
  expect(menu()).toBeUndefined();
  over(first);
  log.dispatchEvent(new PointerEvent('pointerleave'));
  expect(menu()).toBeUndefined();
  second.focus();
  expect(menu(), 'the focus is on a deleted one').toBeUndefined();
});
