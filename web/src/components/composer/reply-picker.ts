import type { CannedReply, ReplyShelf } from '../../api/replies';
import { Disposables } from '../../base/disposables';
import type { Party } from '../../live/protocol.gen';
import { el } from '../../ui/dom';
import { noteIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { button } from '../button/button';
import { isTouch, type Picker } from './composer';
import { Suggestions } from './suggestions';
import styles from './suggestions.module.css';

const c = mustClass(styles);

/** Who writes to whom, as far as it is known. */
export interface Names {
  customer: string | undefined;
  agent: string;
  business: string;
}

/** Whom a customer without a name is greeted as. */
const NAMELESS = 'there';

const first = (name: string | undefined) => name?.trim().split(/\s+/)[0];

/** What `{{…}}` in a text may name, and what that is. The server accepts these and no others. */
const VALUES: Record<string, (names: Names) => string | undefined> = {
  'customer.name': ({ customer }) => customer,
  'customer.first_name': ({ customer }) => first(customer),
  'agent.name': ({ agent }) => agent,
  'agent.first_name': ({ agent }) => first(agent),
  'business.name': ({ business }) => business,
};

/** What can be filled in. */
export const VARIABLES: readonly string[] = Object.keys(VALUES);

/** The text as it is sent: with names where it says whose. */
export function fillIn(text: string, names: Names): string {
  return text.replace(/\{\{\s*([a-z_.]+)\s*(?:\|([^}]*))?\}\}/g, (_, name: string, otherwise?: string) => VALUES[name]?.(names) ?? otherwise?.trim() ?? NAMELESS);
}

const words = (text: string) => text.toLocaleLowerCase().split(/[^\p{L}\p{N}]+/u);

/** The replies that fit what was written after the slash: by shortcut first, by their words after that. */
export function matching(replies: readonly CannedReply[], text: string): CannedReply[] {
  const rank = ({ shortcut, text: body }: CannedReply) =>
    shortcut.startsWith(text) ? 0 : shortcut.includes(text) ? 1 : words(body).some((word) => word.startsWith(text)) ? 2 : 3;
  return replies.map((reply) => ({ reply, at: rank(reply) })).filter(({ at }) => at < 3).sort((a, b) => a.at - b.at).map(({ reply }) => reply);
}

/** Offers canned replies while `/…` is being written, as many as one likes into one message. */
export class ReplyPicker implements Picker {
  readonly tool = button({ label: 'Canned replies ( / )', icon: noteIcon, kind: 'plain', bare: true });
  #input: HTMLTextAreaElement;
  #owned = new Disposables();
  #list: Suggestions<CannedReply>;

  constructor(input: HTMLTextAreaElement, root: HTMLElement, shelf: ReplyShelf, names: () => Names) {
    this.#input = input;
    this.#list = this.#owned.add(new Suggestions(input, root, {
      label: 'Canned replies',
      asks: /(?:^|\s)\/([\p{L}\p{N}-]{0,32})$/u,
      wanted: () => shelf.want(),
      find: (text) => matching(shelf.known, text),
      draw: ({ shortcut, text }) => [el('span', { class: c('shortcut') }, `/${shortcut}`), el('span', { class: c('preview'), dir: 'auto' }, fillIn(text, names()))],
      text: ({ text }) => fillIn(text, names()),
      again: '\n/',
      note: (text, found) => noteOf(shelf, text, found),
    }));
    this.#owned.add(shelf.changed.on(() => this.#list.refresh()));
    this.#owned.listen(this.tool, 'click', () => this.open());
  }

  /** The list opens as if the slash had been typed; the field has the focus. */
  open(): void {
    const input = this.#input;
    input.focus();
    const before = input.value.slice(0, input.selectionStart);
    if (!/(?:^|\s)\/$/.test(before)) input.setRangeText(/(?:^|\s)$/.test(before) ? '/' : ' /', input.selectionStart, input.selectionEnd, 'end');
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }

  key(event: KeyboardEvent): boolean {
    return this.#list.key(event);
  }

  mentionedIn(): Party[] {
    return [];
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

function noteOf({ state, known }: ReplyShelf, text: string, found: number): string | undefined {
  if (found > 0) return isTouch() ? undefined : 'Enter inserts it, Shift Enter inserts it and offers the next.';
  // Who types faster than they come is offered them when they are there.
  if (state === 'asking') return 'Loading the canned replies …';
  if (text !== '') return undefined;
  if (state === 'failed') return 'The canned replies could not be loaded. Write / again to try once more.';
  return known.length === 0 ? 'There are no canned replies yet. An admin adds them in the settings.' : undefined;
}

/** One list after the other: the first that has a use for a key takes it. */
export function allOf(first: Picker, second: Picker): Picker {
  const tool = first.tool ?? second.tool;
  return {
    key: (event) => first.key(event) || second.key(event),
    mentionedIn: (text) => [...first.mentionedIn(text), ...second.mentionedIn(text)],
    dispose: () => {
      first.dispose();
      second.dispose();
    },
    ...(tool ? { tool } : {}),
  };
}
