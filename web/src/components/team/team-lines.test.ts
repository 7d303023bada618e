// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConversationStore } from '../../live/conversation-store';
import { applyForStaff } from '../../live/desk';
import type { ConversationState, EvFrame, Message, TeamChange } from '../../live/protocol.gen';
import { FakeWorld } from '../../live/testing/fake-world';
import { emptyConversation, TOPIC } from '../../live/testing/random-log';
import { Typing } from '../../live/typing';
import { MessageList } from '../message-list/message-list';
import type { Teams } from './team';
import { TeamLines } from './team-lines';

const HOUR = 3_600_000;
/** At noon, wherever this runs. */
const NOON = new Date(2026, 2, 18, 12).getTime();
const at = (hours: number) => new Date(NOON + hours * HOUR).toISOString();
const message = (seq: number, hours: number): Message => ({
  seq, by: 'vis_1', at: at(hours), text: `message ${seq}`, note: false, reply_to: null, mentions: [], edited: null, edits: 0, deleted: false, reactions: {},
});
const change = (seq: number, team: string | null, by = 'usr_amara', hours = 0): TeamChange => ({ seq, by, at: at(hours), team });

let store: ConversationStore;
let list: MessageList;
let teams: Teams;

function start(state: Partial<ConversationState>, older: { messages: Message[]; more: boolean; team_changes?: TeamChange[] } = { messages: [], more: false }) {
  store = new ConversationStore('usr_me', applyForStaff);
  const nameOf = (who: string) => (who === 'usr_amara' ? 'Amara' : who);
  list = new MessageList({
    store, typing: new Typing(TOPIC, new FakeWorld(), () => true), pending: () => [], connected: () => true, fetchOlder: async () => older, nameOf,
    abilities: { reply: () => true, edit: () => true, remove: () => true, react: () => true },
    between: new TeamLines({ state: () => store.state, me: 'usr_me', nameOf, teams: () => teams }),
  });
  document.body.append(list.root);
  store.reset({ ...emptyConversation(), ...state });
}

/** Days, lines and messages, from the top. */
const shown = () => [...list.root.querySelectorAll<HTMLElement>('[data-change] > span, article p, .day')].map((each) => each.textContent);
const lines = () => [...list.root.querySelectorAll('[data-change] > span')].map((each) => each.textContent);
const given = (seq: number, team: string | null, by = 'usr_me'): EvFrame => ({ t: 'ev', topic: TOPIC, seq, type: 'team_assigned', body: { team }, by, at: at(0), id: `id-${seq}` });

beforeEach(() => {
  document.body.replaceChildren();
  teams = { tea_1: { name: 'مطبخ 🍲', members: [] }, tea_2: { name: 'Weddings', members: [] } };
});
afterEach(() => list?.dispose());

describe('lines about teams', () => {
  it('stand between the messages, in words for each case', () => {
    start({ messages: [message(2, 0), message(7, 0)], team_changes: [change(3, 'tea_1'), change(4, 'tea_2', 'usr_me'), change(5, null, 'key_1'), change(8, 'tea_2', 'system')] });
    expect(shown().slice(1)).toEqual([
      'message 2', 'Amara gave this to مطبخ 🍲', 'You moved this from مطبخ 🍲 to Weddings', 'A program took this from Weddings', 'message 7', 'Brigade gave this to Weddings',
    ]);
    expect([...list.root.querySelectorAll('bdi')].map((each) => each.textContent)).toContain('مطبخ 🍲');
  });

  it('come live at the end, and go above what is said next', () => {
    start({ messages: [message(2, 0)] });
    expect(lines()).toEqual([]);
    store.apply(given(3, 'tea_2'));
    expect(shown().slice(1)).toEqual(['message 2', 'You gave this to Weddings']);
    store.apply({ t: 'ev', topic: TOPIC, seq: 4, type: 'message_sent', body: { text: 'next' }, by: 'vis_1', at: at(0), id: 'x' });
    expect(shown().slice(1)).toEqual(['message 2', 'You gave this to Weddings', 'next']);
    expect(list.root.querySelector('[data-seq="4"] [data-change="3"]')).not.toBeNull();
  });

  it('are there where nothing was said yet', () => {
    start({ messages: [], team_changes: [change(2, 'tea_2')] });
    expect(lines()).toEqual(['Amara gave this to Weddings']);
  });

  it('stand on their day', () => {
    start({ messages: [message(2, -48), message(6, 0)], team_changes: [change(3, 'tea_1', 'usr_me', -24), change(5, 'tea_2', 'usr_me', -1)] });
    const row = [...list.root.querySelector('[data-seq="6"]')!.children].map((each) => each.getAttribute('data-change') ?? each.tagName);
    expect(row).toEqual(['3', 'DIV', '5', 'ARTICLE']);
    const times = [...list.root.querySelectorAll('[data-change] time')].map((each) => each.textContent);
    expect(times[1]).toBe('11:00');
    expect(times[0]).not.toBe('12:00');
  });

  it('name a team as it is called now, or say that it is gone', () => {
    start({ messages: [message(2, 0)], team_changes: [change(3, 'tea_2'), change(4, null)] });
    teams = { tea_2: { name: 'Celebrations', members: [] } };
    list.refresh();
    expect(lines()).toEqual(['Amara gave this to Celebrations', 'Amara took this from Celebrations']);
    teams = {};
    list.refresh();
    expect(lines()).toEqual(['Amara gave this to a team that is gone', 'Amara took this from a team that is gone']);
  });

  it('come with older messages, and tell then from where', async () => {
    start({ messages: [message(8, 0)], more: true, team_changes: [change(9, null)] }, { messages: [message(2, 0)], more: false, team_changes: [change(3, 'tea_1')] });
    expect(lines()).toEqual(['Amara took this from its team']);
    await store.loadOlder(async () => ({ messages: [message(2, 0)], more: false, team_changes: [change(3, 'tea_1')] }));
    expect(shown().slice(1)).toEqual(['message 2', 'Amara gave this to مطبخ 🍲', 'message 8', 'Amara took this from مطبخ 🍲']);
  });

  it('part what is said before and after them', () => {
    start({ messages: [message(2, 0), message(4, 0)], team_changes: [] });
    const second = () => list.root.querySelector('[data-seq="4"]')!.className;
    expect(second()).toContain('continued');
    store.reset({ ...emptyConversation(), messages: [message(2, 0), message(4, 0)], team_changes: [change(3, 'tea_1')] });
    expect(second()).not.toContain('continued');
  });
});
