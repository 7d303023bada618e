// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest';
import { Emitter } from '../../base/emitter';
import { ConversationStore } from '../../live/conversation-store';
import { emptyConversation } from '../../live/testing/random-log';
import { Composer } from '../composer/composer';
import { StoppedNote } from './stopped';

vi.mock('../../ui/bring-style', () => ({ bringStyle: () => {} }));

function set() {
  const store = { state: { ...emptyConversation(), writing_stopped: false }, changed: new Emitter<undefined>() };
  const drafts = { text: '' };
  const composer = new Composer({ placeholder: 'Write', drafts });
  const sent: string[] = [];
  composer.written.on((written) => sent.push(written.text));
  document.body.replaceChildren(composer.root);
  const note = new StoppedNote(composer.root, { store: store as unknown as ConversationStore });
  const input = composer.root.querySelector('textarea')!;
  const write = (text: string) => {
    input.value = text;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  };
  const stop = (stopped: boolean, account: string | null = null) => {
    store.state = { ...store.state, writing_stopped: stopped, account };
    store.changed.emit(undefined);
  };
  const enter = () => input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
  return { composer, drafts, enter, input, note, sent, stop, write };
}

describe('the note of who is blocked', () => {
  it('keeps what is in the field, and nothing leaves it', () => {
    const { drafts, composer, enter, input, sent, stop, write } = set();
    write('Hello شكراً 🙏');
    stop(true);
    enter();
    composer.root.requestSubmit();
    expect(sent).toEqual([]);
    expect([input.value, drafts.text, input.readOnly]).toEqual(['Hello شكراً 🙏', 'Hello شكراً 🙏', true]);
    expect(document.querySelector('[role=status]')!.textContent).toContain('You can read this conversation');
  });

  it('ends with the block, and for a client there is none', () => {
    const { enter, input, sent, stop, write } = set();
    stop(true);
    stop(false);
    expect(document.querySelector('[role=status]')!.textContent).toBe('');
    write('Back');
    enter();
    stop(true, 'acc_1');
    expect(input.readOnly).toBe(false);
    write('Still');
    enter();
    expect(sent).toEqual(['Back', 'Still']);
  });
});
