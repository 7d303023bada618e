// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveClient } from '../../live/client';
import { followConversation } from '../../live/live-conversation';
import type { ConversationState, EvFrame, Message } from '../../live/protocol.gen';
import type { Pending } from '../../live/queue';
import { FakeWorld } from '../../live/testing/fake-world';
import { emptyConversation, TOPIC } from '../../live/testing/random-log';
import { Drafts } from '../composer/drafts';
import { handsOn } from '../composer/testing/hands';
import { staffModes } from '../composer/modes';
import { ConversationView } from '../conversation-view/conversation-view';
import { Answering } from './answering';
import { Onlookers } from './onlookers';
import { lookingText, writingText } from './texts';

const NAMES: Record<string, string> = { usr_me: 'Me', usr_mia: 'Mia', usr_ben: 'Ben' };
const nameOf = (who: string) => NAMES[who] ?? 'A colleague';
const question: Message = {
  seq: 2, by: 'vis_1', at: new Date(1_000).toISOString(), text: 'Can you?', note: false, reply_to: null, mentions: [], edited: null, edits: 0,
  deleted: false, reactions: {},
};
const state = (): ConversationState => ({
  ...emptyConversation(), messages: [question],
  people: { vis_1: { name: 'Visitor', side: 'customer' }, usr_mia: { name: 'Mia', side: 'staff' } },
});

let world: FakeWorld;
let client: LiveClient;
let view: ConversationView;
let answering: Answering;
let drafts: Drafts;
let kept: Drafts;
const { write, press, input } = handsOn(() => view.composer);

function open() {
  const live = followConversation(client, 'cnv_1');
  answering = new Answering({ client, live, nameOf, isColleague: (who) => who in NAMES, kept, world });
  world.say({ t: 'snap', topic: TOPIC, epoch: 1, seq: 2, state: state() });
  view = new ConversationView({
    client, live: { ...live, typing: answering.writing }, complete: answering.complete, nameOf,
    ask: async <T>() => ({ messages: [], more: false }) as T,
    composer: { placeholder: 'Write', drafts, modes: staffModes },
  });
  answering.join(view);
  document.body.append(view.root);
}

const says = (seq: number, by: string, type = 'message_sent') =>
  world.say({ t: 'ev', topic: TOPIC, seq, type, body: { text: `message ${seq}` }, by, at: new Date(seq * 1_000).toISOString(), id: `id-${seq}` } satisfies EvFrame);
const notice = () => answering.root.querySelector('[role=status]')!.textContent;
const writers = () => answering.root.querySelector('[aria-live]')!.textContent;
const commands = () => world.sent('cmd').filter(({ type }) => type === 'send').map(({ body }) => body);
const signals = () => world.sent('eph').map(({ type, body }) => `${type} ${body.on ? 'on' : 'off'}`);

beforeEach(() => {
  vi.useFakeTimers();
  document.body.replaceChildren();
  sessionStorage.clear();
  world = new FakeWorld();
  let saved: Pending[] = [];
  client = new LiveClient('usr_me', { load: () => saved, save: (pending) => (saved = pending) }, { world });
  client.connection.open();
  world.welcome();
  [drafts, kept] = [new Drafts('usr_me', 'cnv_1'), new Drafts('usr_me', 'cnv_1.since')];
  open();
});
afterEach(() => {
  view.dispose();
  answering.dispose();
  client.dispose();
  vi.useRealTimers();
});

describe('answering together', () => {
  it('a message is sent only if nobody answered since it was begun', () => {
    write('We');
    says(3, 'usr_mia');
    write('We can');
    press('Enter');
    expect(commands()).toEqual([{ text: 'We can', unless_answered_after: 2 }]);
  });

  it('says that a colleague answered; who has seen that sends', () => {
    write('We can');
    expect(notice()).toBe('');
    says(3, 'usr_mia');
    expect(notice()).toContain('Mia answered while you were writing.');
    vi.advanceTimersByTime(1_000);
    press('Enter');
    expect(commands()).toEqual([{ text: 'We can', unless_answered_after: 3 }]);
    expect(notice()).toBe('');
    write('And more');
    expect(notice()).toBe('');
  });

  it('a notice in a tab that nobody sees was not seen', () => {
    const hide = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    write('We can');
    says(3, 'usr_mia');
    vi.advanceTimersByTime(60_000);
    expect(answering.complete({ text: 'x' }).unless_answered_after).toBe(2);
    hide.mockReturnValue('visible');
    document.dispatchEvent(new Event('visibilitychange'));
    vi.advanceTimersByTime(1_000);
    expect(answering.complete({ text: 'x' }).unless_answered_after).toBe(3);
    hide.mockRestore();
  });

  it('says nothing of notes, customers, oneself, or before anything is written', () => {
    says(3, 'usr_mia');
    write('We can');
    says(4, 'vis_1');
    says(5, 'usr_mia', 'note_added');
    says(6, 'usr_me');
    expect(notice()).toBe('');
  });

  it('is quiet while a note is written, and speaks when it becomes an answer', () => {
    view.composer.setMode('note');
    write('We can');
    says(3, 'usr_mia');
    expect(notice()).toBe('');
    view.composer.setMode('send');
    expect(notice()).toContain('Mia answered');
    write('');
    expect(notice()).toBe('');
  });

  it('a draft from before a reload is older than what came since', () => {
    write('We can');
    [view, answering].forEach((each) => each.dispose());
    client.dispose();
    client = new LiveClient('usr_me', { load: () => [], save: () => undefined }, { world });
    client.connection.open();
    world.welcome();
    open();
    says(3, 'usr_mia');
    expect(input().value).toBe('We can');
    expect(notice()).toContain('Mia answered');
    press('Enter');
    expect(commands()).toEqual([{ text: 'We can', unless_answered_after: 2 }]);
  });

  it('changing an older message takes nothing from the draft', () => {
    write('We can');
    view.composer.edit(2, 'other');
    press('Enter');
    says(3, 'usr_mia');
    expect(notice()).toContain('Mia answered');
  });

  it('what was refused stays, says who answered, and is sent all the same', async () => {
    write('We can');
    press('Enter');
    says(3, 'usr_mia');
    const [command] = world.sent('cmd');
    world.say({ t: 'err', id: command!.id, code: 'CONFLICT', message: 'A colleague answered.', details: { reason: 'answered_meanwhile', by: 'usr_mia', seq: 3 } });
    const row = view.root.querySelector(`[data-id="${command!.id}"]`)!;
    expect(row.textContent).toContain('Not sent. Mia answered while you were writing.');
    const again = [...view.root.querySelectorAll('button')].find((each) => each.textContent === 'Send anyway')!;
    again.click();
    await vi.dynamicImportSettled();
    expect(commands().at(-1)).toEqual({ text: 'We can', unless_answered_after: 3 });
    expect(world.sent('cmd').at(-1)!.id).toBe(command!.id);
  });

  it('two that were refused stay in order, and what is given up is back in the composer', async () => {
    for (const text of ['one', 'two']) {
      write(text);
      press('Enter');
    }
    says(3, 'usr_mia');
    for (let n = 0; n < 2; n += 1) world.say({ t: 'err', id: world.sent('cmd').filter(({ type }) => type === 'send').at(-1)!.id, code: 'CONFLICT', message: 'no' });
    expect(client.queue.of(TOPIC).map(({ body, state: how }) => [body['text'], how])).toEqual([['one', 'failed'], ['two', 'failed']]);
    [...view.root.querySelectorAll('button')].find((each) => each.textContent === 'Delete')!.click();
    await vi.dynamicImportSettled();
    expect(input().value).toBe('one');
    expect(notice(), 'it is written anew by who has seen the answer').toBe('');
  });

  it('colleagues are shown beside the composer with what they write, customers in the list', () => {
    const hear = (type: 'typing' | 'noting', by: string, on = true) => world.say({ t: 'eph', topic: TOPIC, type, body: { on }, by });
    hear('typing', 'usr_mia');
    expect(writers()).toBe('Mia is writing an answer');
    hear('noting', 'usr_ben');
    expect(writers()).toBe('Mia is writing an answerBen is writing a note');
    expect(view.list.root.textContent).not.toContain('typing');
    hear('typing', 'vis_1');
    expect(view.list.root.textContent).toContain('is typing');
    says(3, 'usr_mia');
    says(4, 'usr_ben', 'note_added');
    expect(writers()).toBe('');
  });

  it('a note is told to the staff alone', () => {
    view.composer.setMode('note');
    write('careful');
    press('Enter');
    expect(signals()).toEqual(['noting on']);
    view.composer.setMode('send');
    write('Hello');
    view.composer.setMode('note');
    expect(signals()).toEqual(['noting on', 'typing on', 'typing off', 'noting on']);
  });
});

describe('onlookers', () => {
  it('are shown while they look, and announced once', () => {
    const onlookers = new Onlookers(client, TOPIC, nameOf, world);
    const aloud = () => onlookers.root.querySelector('[role=status]')!.textContent;
    const shown = () => onlookers.root.querySelector<HTMLElement>('div:not([role])')!;
    const hear = (by: string, on = true) => world.say({ t: 'eph', topic: TOPIC, type: 'looking', body: { on }, by });
    expect(shown().hidden).toBe(true);
    hear('usr_mia');
    expect(shown().textContent).toBe('MMia is looking at this too');
    expect(aloud()).toBe('Mia is looking at this too');
    hear('usr_ben');
    expect(aloud()).toBe('Ben is looking at this too');
    hear('usr_mia', false);
    hear('usr_mia');
    expect(aloud(), 'who comes and goes is announced once').toBe('Ben is looking at this too');
    expect(shown().textContent).toContain('Ben and Mia are looking at this too');
    onlookers.dispose();
  });

  it('are told of us while the page is seen', () => {
    const onlookers = new Onlookers(client, TOPIC, nameOf, world);
    world.pass(400);
    expect(signals()).toEqual(['looking on']);
    const hide = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    document.dispatchEvent(new Event('visibilitychange'));
    world.pass(60_000);
    expect(signals()).toEqual(['looking on', 'looking off']);
    hide.mockRestore();
    document.dispatchEvent(new Event('visibilitychange'));
    world.pass(400);
    onlookers.dispose();
    expect(signals()).toEqual(['looking on', 'looking off', 'looking on', 'looking off']);
  });
});

describe('how it is said', () => {
  it('of one, two, three and many', () => {
    const all = ['Mia', 'Ben', 'Ana', 'Tom', 'Eve'];
    expect([0, 1, 2, 3, 4, 5].map((count) => lookingText(all.slice(0, count)))).toEqual([
      '', 'Mia is looking at this too', 'Mia and Ben are looking at this too', 'Mia, Ben and Ana are looking at this too',
      'Mia, Ben and 2 others are looking at this too', 'Mia, Ben and 3 others are looking at this too',
    ]);
    expect(writingText(['Mia'], 'note')).toBe('Mia is writing a note');
    expect(writingText(['Mia', 'Ben'], 'answer')).toBe('Mia and Ben are writing answers');
  });
});
