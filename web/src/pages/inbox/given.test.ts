// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import type { Toast } from '../../components/toast/toast';
import { ListTopic } from '../../live/list-topic';
import type { InboxItem, ServerFrame } from '../../live/protocol.gen';
import { tellOfGiven } from './given';

const line = (id: string, more: Partial<InboxItem>): InboxItem => ({
  id, kind: 'site', status: 'open', name: `Visitor ${id}`, assignee: null, account: null, preview: null, preview_by: null, last_message_at: null,
  waiting_since: null, unread_by: {}, unread_rest: 0, page: null, ...more,
});
const MINE = { assignee: 'usr_me', routed: true };

function told() {
  const topic = new ListTopic<InboxItem>('tenant:ten_1/inbox', () => undefined);
  const toasts: Toast[] = [];
  const opened: string[] = [];
  let current: string | undefined;
  const held = tellOfGiven({ topic, me: 'usr_me', current: () => current, open: (id) => opened.push(id), show: (toast) => toasts.push(toast) });
  let rev = 1;
  return {
    toasts, opened, held,
    looks: (id: string | undefined) => (current = id),
    snap: (...items: InboxItem[]) => topic.receive({ t: 'snap', topic: topic.topic, seq: 1, epoch: 1, state: { items: items.map((body) => ({ key: body.id, rev: (rev += 1), body })) } } as unknown as ServerFrame),
    put: (body: InboxItem) => topic.receive({ t: 'st', topic: topic.topic, key: body.id, rev: (rev += 1), body } as unknown as ServerFrame),
  };
}

it('tells of what is given, once, and opens it', () => {
  const { toasts, opened, snap, put } = told();
  snap(line('a', MINE), line('b', {}));
  expect(toasts).toEqual([]);
  put(line('b', MINE));
  put(line('b', { ...MINE, preview: 'and more' }));
  expect(toasts.map(({ text }) => text)).toEqual(['Visitor b is given to you.']);
  toasts[0]!.action!.run();
  expect(opened).toEqual(['b']);
});

it('says nothing of what came by hand, is before one\'s eyes, or is a colleague\'s', () => {
  const { toasts, looks, snap, put } = told();
  snap(line('a', {}), line('b', {}), line('c', {}));
  put(line('a', { assignee: 'usr_me' }));
  put(line('b', { assignee: 'usr_other', routed: true }));
  looks('c');
  put(line('c', MINE));
  expect(toasts).toEqual([]);
});

it('tells of several that came while the connection was away together, and again of what comes back', () => {
  const { toasts, snap, put } = told();
  snap();
  snap(line('a', MINE), line('b', MINE));
  expect(toasts.map(({ text }) => text)).toEqual(['2 conversations are given to you.']);
  put(line('a', { ...MINE, status: 'resolved' }));
  put(line('a', MINE));
  expect(toasts.map(({ text }) => text).at(-1)).toBe('Visitor a is given to you.');
});
