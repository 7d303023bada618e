// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from 'vitest';
import { Actions, nowCalled } from '../../components/palette/actions';
import { listenForKeys, singleKeysOn } from '../../components/palette/keys';
import type { ConversationState, InboxItem } from '../../live/protocol.gen';
import { declareInboxActions, type InboxHands } from './inbox-actions';

let state: Partial<ConversationState> | undefined;
let selected: number;
let place: string;
let done: string[];
let actions: Actions;

/** Something whose every method only says that it was called. */
const saying = (what: string, own: object = {}) => new Proxy(own, { get: (target, name) => Reflect.get(target, name) ?? ((...given: unknown[]) => void done.push([what, name, ...given].map(String).join(' '))) });
const offered = (search = '') => actions.offered(search).map(({ label }) => nowCalled(label));
const find = (label: string) => actions.offered('').find((action) => nowCalled(action.label) === label)!;
const OPEN: Partial<ConversationState> = { id: 'cnv_1', name: 'Maya', kind: 'site', account: null, visitor: 'vis_1', status: 'open', assignee: null, messages: [] };
const item = (name: string, at: string | null) => ({ id: `cnv_${name}`, name, last_message_at: at }) as unknown as InboxItem;

beforeEach(() => {
  localStorage.clear();
  [state, selected, place, done, actions] = [OPEN, 0, 'open', [], new Actions()];
  const chooser = saying('chooser', { label: '', team: '', list: {}, lists: [] });
  const list = saying('list', {
    get place() { return place; }, chooser, neighbour: () => 'cnv_2', get selection() { return saying('selection', { size: selected, shown: 4 }); },
  });
  declareInboxActions(actions, {
    session: { who: { user: { id: 'usr_me' }, kind: 'admin' }, toasts: saying('toasts') }, desk: { labels: () => ({ lbl_1: { name: 'Catering', color: 'gray' } }), teams: () => ({ tea_1: { name: 'Catering crew', members: [] } }) }, list,
    items: () => [item('Maya', '2026-03-18T10:00:00Z'), item('Amaya', null), item('Maya B', '2026-03-19T10:00:00Z')],
    pane: () => state && saying('pane', { state, view: { composer: { root: document.createElement('form') }, list: saying('messages') } }),
    account: () => undefined, one: saying('one', { snoozeRefusal: () => (state?.status === 'resolved' ? 'It is resolved.' : undefined) }), many: saying('many', { refusal: () => undefined }),
    ...Object.fromEntries(['open', 'step', 'write', 'showList', 'showKeys', 'head', 'detail'].map((name) => [name, (...given: unknown[]) => void done.push([name, ...given].join(' '))])),
  } as unknown as InboxHands);
});

describe('the actions of the inbox', () => {
  it('have keys and ids of their own', () => {
    const keys = actions.keyed.map(({ key }) => key);
    expect(keys).toEqual([...new Set(keys)]);
    expect(keys.sort()).toEqual(['/', '?', 'X', 'a', 'e', 'i', 'j', 'k', 'l', 'm', 'n', 'p', 'r', 't', 'x', 'z']);
    const ids = actions.offered('').flatMap(({ id }) => id ?? []);
    expect(ids).toEqual([...new Set(ids)]);
    expect(ids.every((id) => !id.includes(' ')), 'they are remembered in a line').toBe(true);
  });

  it('are for the open conversation, called as it stands', () => {
    expect(offered()).toEqual(expect.arrayContaining(['Resolve', 'Snooze…', 'Assign to me', 'Invite as a client…']));
    expect(nowCalled(find('Resolve').group)).toBe('Conversation with Maya');
    state = { ...OPEN, status: 'snoozed', assignee: 'usr_me', account: 'acc_1' };
    expect(offered()).toContain('Bring back');
    expect(offered()).toContain('Take back from the account…');
    expect(offered()).not.toContain('Assign to me');
    expect(offered()).not.toContain('Invite as a client…');
    state = { ...OPEN, status: 'resolved' };
    expect(offered()).toContain('Open again');
    expect(find('Snooze…').refusal?.()).toBe('It is resolved.');
    find('Open again').run();
    expect(done).toEqual(['one settle reopen']);
  });

  it('are not there where none is open', () => {
    state = undefined;
    for (const label of ['Resolve', 'Assign…', 'Answer', 'Close the conversation']) expect(offered()).not.toContain(label);
    expect(offered()).toContain('Next conversation');
  });

  it('are for all that is selected, by name and by key', () => {
    [selected, place] = [2, 'snoozed'];
    expect(nowCalled(find('Assign to me').group)).toBe('The 2 selected conversations');
    find('Assign to me').run();
    find('Bring back').run();
    find('Snooze until another time…').run();
    const keys = listenForKeys(actions);
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'e', bubbles: true }));
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'n', bubbles: true }));
    keys.dispose();
    expect(done).toEqual(['many do take', 'many do reopen', 'many do snooze', 'many do resolve', 'write note']);
  });

  it('have the conversations that fit best by name, and labels and what was said, when something is written', () => {
    expect(offered()).not.toContain('Maya');
    expect(offered('maya').filter((label) => label.includes('aya'))).toEqual(['Maya B', 'Maya', 'Amaya', 'Find “maya” in what was said']);
    expect(offered('cat')).toEqual(expect.arrayContaining(['Conversations: Label Catering', 'Find “cat” in what was said']));
    actions.offered('cat').at(-1)!.run();
    expect(done).toEqual(['showList', 'list find cat']);
  });

  it('switch single keys off and on', () => {
    find('Switch single keys off').run();
    expect(singleKeysOn()).toBe(false);
    find('Switch single keys on').run();
    expect(singleKeysOn()).toBe(true);
  });
});
