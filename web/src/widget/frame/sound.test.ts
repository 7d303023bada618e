// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Emitter } from '../../base/emitter';
import type { ConversationChange, ConversationStore } from '../../live/conversation-store';
import { Sound } from './sound';

const heard = vi.fn();
const windows: Sound[] = [];
let at = 0;

/** A window of the visitor's, with the chat before their eyes or not. */
function open(looks: boolean) {
  const changed = new Emitter<ConversationChange>();
  const messages = new Map<number, { by: string; at: string }>();
  const store = { me: 'vis_me', changed, message: (seq: number) => messages.get(seq) } as unknown as ConversationStore;
  const sound = new Sound(store, () => looks, { sound: heard });
  windows.push(sound);
  const says = (by: string, when: string) => {
    messages.set(messages.size + 1, { by, at: when });
    changed.emit({ kind: 'added', seq: messages.size });
  };
  return { sound, says };
}

/** The same message, in all of them, a minute after what was before. */
async function comes(to: ReturnType<typeof open>[], by = 'usr_amara'): Promise<void> {
  at += 1;
  vi.advanceTimersByTime(60_000);
  to.forEach(({ says }) => says(by, `2026-11-22T10:${String(at).padStart(2, '0')}:00.000001Z`));
  await vi.advanceTimersByTimeAsync(1_000);
}

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-11-22T21:30:00Z') });
  localStorage.clear();
});
afterEach(() => {
  windows.splice(0).forEach((each) => each.dispose());
  vi.clearAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('the sound of an answer', () => {
  it('is heard once however many windows there are, and not for one’s own words', async () => {
    const both = [open(false), open(false)];
    await comes(both);
    expect(heard).toHaveBeenCalledTimes(1);
    await comes(both, 'vis_me');
    expect(heard).toHaveBeenCalledTimes(1);
    await comes(both);
    expect(heard).toHaveBeenCalledTimes(2);
  });

  it('is not heard when one of the windows is looked at', async () => {
    await comes([open(false), open(true)]);
    expect(heard).not.toHaveBeenCalled();
  });

  it('is muted with a click, here and in the next window, also where nothing can be stored', async () => {
    const here = open(false);
    here.sound.button.click();
    expect(here.sound.button.title).toBe('Turn the sound on');
    const next = open(false);
    expect(next.sound.button.title).toBe('Turn the sound on');
    await comes([here, next]);
    expect(heard).not.toHaveBeenCalled();
    here.sound.button.click();
    expect(heard, 'so that one knows it').toHaveBeenCalledTimes(1);

    vi.stubGlobal('localStorage', { getItem: () => { throw new Error('forbidden'); }, setItem: () => { throw new Error('forbidden'); } });
    const strict = open(false);
    strict.sound.button.click();
    await comes([strict]);
    expect(heard).toHaveBeenCalledTimes(1);
  });

  it('ends with its chat', async () => {
    const gone = open(false);
    gone.sound.dispose();
    await comes([gone]);
    expect(heard).not.toHaveBeenCalled();
  });
});
