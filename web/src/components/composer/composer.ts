import { Disposables, type Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import type { Attachment, Party, Seq } from '../../live/protocol.gen';
import { el, fill, setText } from '../../ui/dom';
import { icon, closeIcon, editIcon, replyIcon, sendIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { say } from '../../words/say';
import { button } from '../button/button';
import styles from './composer.module.css';

const c = mustClass(styles);

/** The most characters of a message (Unicode scalar values, as the server counts). */
export const MAX_CHARACTERS = 4_000;
const WARN_FROM = 3_600;

/** What the person has written. */
export type Written =
  | { kind: 'send' | 'note'; text: string; replyTo?: Seq; mentions: Party[]; attachments?: Attachment[] }
  | { kind: 'edit'; seq: Seq; text: string };

export interface ComposerLook {
  placeholder: string;
  /** Where what is being written is kept. */
  drafts: { text: string };
  /** How one chooses between an answer and a note, where notes can be written. */
  modes?: (choose: (kind: 'send' | 'note') => void) => Modes;
  /** Offers something while `@…` or the like is being written. */
  picker?: (input: HTMLTextAreaElement, root: HTMLElement) => Picker;
}

/** The switch between answers and notes. */
export interface Modes {
  root: HTMLElement;
  /** What the composer says while a note is written. */
  note: { placeholder: string; label: string; send: string };
  show(kind: 'send' | 'note', composer: HTMLElement): void;
}

/** What offers something while one writes. */
export interface Picker extends Disposable {
  /** Opens it without a key. */
  tool?: HTMLElement;
  /** Takes a key if it is for the list. */
  key(event: KeyboardEvent): boolean;
  mentionedIn(text: string): Party[];
}

/** What goes along with the next message: files. */
export interface Enclosure {
  /** Whether there is anything, and whether all of it can be sent. */
  state: 'none' | 'waiting' | 'ready';
  take(): Attachment[];
}

type Mode = { kind: 'send' } | { kind: 'note' } | { kind: 'edit'; seq: Seq; before: string };

/** Where messages are written: Enter sends, Shift and Enter makes a line (on a phone Enter makes a line). */
export class Composer implements Disposable {
  readonly root: HTMLFormElement;
  readonly written = new Emitter<Written>();
  /** A message or a note is being written; the text was taken away; it was sent. */
  readonly typing = new Emitter<'typing' | 'emptied' | 'sent'>();
  /** Up was pressed in the empty composer. */
  readonly editLast = new Emitter<undefined>();

  /** What the next message answers. */
  quoted: { seq: Seq; about: string } | undefined;

  #look: ComposerLook;
  #owned = new Disposables();
  #input: HTMLTextAreaElement;
  #send = button({ label: say('send'), icon: sendIcon, kind: 'primary', bare: true }, { type: 'submit' });
  #count = el('span', { class: c('count'), 'aria-live': 'polite' });
  #about = el('div', { class: c('about'), hidden: true });
  #modes: Modes | undefined;
  #mode: Mode = { kind: 'send' };
  #picker: Picker | undefined;
  #enclosure: Enclosure | undefined;

  constructor(look: ComposerLook) {
    this.#look = look;
    this.#input = el('textarea', { class: c('input'), rows: 1, enterkeyhint: 'send' });
    const row = el('div', { class: c('row') }, this.#input, this.#count, this.#send);
    this.#modes = look.modes?.((kind) => {
      this.setMode(kind);
      this.focus();
    });
    this.root = el('form', { class: c('composer') }, this.#modes?.root, el('div', { class: c('box') }, this.#about, row));
    if (look.picker) this.#picker = this.#owned.add(look.picker(this.#input, this.root));
    row.prepend(this.#picker?.tool ?? '');
    this.#input.value = look.drafts.text;
    this.#owned.listen(this.root, 'submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#owned.listen(this.#input, 'input', () => this.#edited());
    this.#owned.listen(this.#input, 'keydown', (event) => this.#key(event));
    this.#draw();
  }

  focus(): void {
    this.#input.focus();
  }

  /** From now on something can go along; called again when it has changed. */
  enclose(enclosure: Enclosure): void {
    this.#enclosure = enclosure;
    this.#fit();
  }

  /** The next message answers this one. */
  replyTo(seq: Seq, about: string): void {
    if (this.#mode.kind === 'edit') this.#leaveEdit();
    this.quoted = { seq, about };
    this.setMode('send');
    this.focus();
  }

  /** Writes a message, or a note among staff. */
  setMode(kind: 'send' | 'note'): void {
    if (this.#mode.kind === 'edit') this.#leaveEdit();
    this.#mode = { kind };
    if (kind === 'note') this.quoted = undefined;
    this.#draw();
    // What is in it is being written as something else now.
    this.#edited();
  }

  get mode(): 'send' | 'note' | 'edit' {
    return this.#mode.kind;
  }

  /** Changes a message that was sent. */
  edit(seq: Seq, text: string): void {
    this.#mode = { kind: 'edit', seq, before: this.#mode.kind === 'edit' ? this.#mode.before : this.#input.value };
    this.#input.value = text;
    this.#draw();
    this.focus();
    this.#input.setSelectionRange(text.length, text.length);
  }

  /** Puts a text back, for example one that could not be sent. */
  restore(text: string): void {
    this.#input.value = this.#input.value ? `${text}\n${this.#input.value}` : text;
    this.#edited();
    this.focus();
  }

  dispose(): void {
    this.#owned.dispose();
    this.root.remove();
  }

  #submit(): void {
    if (this.#send.disabled) return;
    const text = this.#input.value.trim();
    const mode = this.#mode;
    const mentions = this.#picker?.mentionedIn(text) ?? [];
    if (mode.kind === 'edit') {
      this.#leaveEdit();
      this.written.emit({ kind: 'edit', seq: mode.seq, text });
    } else {
      const reply = mode.kind === 'send' ? this.quoted : undefined;
      this.quoted = undefined;
      this.#input.value = '';
      this.#look.drafts.text = '';
      const attachments = this.#enclosure?.take() ?? [];
      this.written.emit({ kind: mode.kind, text, mentions, ...(reply && { replyTo: reply.seq }), ...(attachments[0] && { attachments }) });
    }
    this.typing.emit('sent');
    this.#draw();
    this.focus();
  }

  #edited(): void {
    if (this.#mode.kind !== 'edit') {
      this.#look.drafts.text = this.#input.value;
      this.typing.emit(this.#input.value === '' ? 'emptied' : 'typing');
    }
    this.#fit();
  }

  #key(event: KeyboardEvent): void {
    if (this.#picker?.key(event)) return;
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && !isTouch()) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === 'Escape' && (this.#mode.kind === 'edit' || this.quoted)) {
      event.preventDefault();
      event.stopPropagation();
      this.#cancel();
    } else if (event.key === 'ArrowUp' && this.#input.value === '') {
      event.preventDefault();
      this.editLast.emit(undefined);
    }
  }

  #cancel(): void {
    if (this.#mode.kind === 'edit') this.#leaveEdit();
    this.quoted = undefined;
    this.#draw();
    this.focus();
  }

  #leaveEdit(): void {
    if (this.#mode.kind !== 'edit') return;
    this.#input.value = this.#mode.before;
    this.#mode = { kind: 'send' };
    this.#draw();
  }

  #draw(): void {
    const { kind } = this.#mode;
    const edit = kind === 'edit';
    const about = edit ? say('write.changing') : this.quoted && say('write.answering', { about: this.quoted.about });
    this.#about.hidden = !about;
    if (about) {
      const cancel = button({ label: edit ? say('write.change.stop') : say('write.answer.stop'), icon: closeIcon, kind: 'plain', small: true, bare: true });
      this.#owned.listen(cancel, 'click', () => this.#cancel());
      fill(this.#about, icon(edit ? editIcon : replyIcon), el('span', { class: c('line') }, about), cancel);
    }
    const { placeholder } = this.#look;
    const words = (kind === 'note' && this.#modes?.note) || { placeholder, label: placeholder, send: edit ? say('save') : say('send') };
    this.#input.placeholder = words.placeholder;
    this.#input.setAttribute('aria-label', words.label);
    this.#send.setAttribute('aria-label', words.send);
    this.#send.title = words.send;
    this.#modes?.show(kind === 'note' ? kind : 'send', this.root);
    this.#fit();
  }

  /** As high as its text, within bounds. */
  #fit(): void {
    const length = [...this.#input.value].length;
    const over = length > MAX_CHARACTERS;
    setText(this.#count, length >= WARN_FROM ? say('write.left', { n: MAX_CHARACTERS - length }) : '');
    this.#count.classList.toggle(c('over'), over);
    const along = this.#mode.kind === 'edit' ? 'none' : this.#enclosure?.state;
    this.#send.disabled = over || along === 'waiting' || (along !== 'ready' && this.#input.value.trim() === '');
    this.#input.style.height = 'auto';
    // Before it is on a page it has no height to speak of.
    const { scrollHeight } = this.#input;
    if (this.#input.value !== '' && scrollHeight > 0) this.#input.style.height = `${scrollHeight}px`;
    else this.#input.style.removeProperty('height');
  }
}

/** Whether one writes with a finger: there are no keys to speak of. */
export function isTouch(): boolean {
  return matchMedia('(pointer: coarse)').matches;
}
