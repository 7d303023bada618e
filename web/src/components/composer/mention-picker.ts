import type { Party } from '../../live/protocol.gen';
import { avatar } from '../avatar/avatar';
import type { Picker } from './composer';
import { Suggestions } from './suggestions';

/** Somebody who can be mentioned. */
export interface Mentionable {
  id: Party;
  name: string;
}

const SHOWN = 6;

/** Offers people while `@…` is being written. */
export class MentionPicker implements Picker {
  #people: () => Mentionable[];
  #list: Suggestions<Mentionable>;

  constructor(input: HTMLTextAreaElement, root: HTMLElement, people: () => Mentionable[]) {
    this.#people = people;
    this.#list = new Suggestions(input, root, {
      label: 'People',
      asks: /(?:^|\s)@([\p{L}\p{N}'-]{0,30})$/u,
      find: (text) => people()
        .filter(({ name }) => name.toLocaleLowerCase().split(/\s+/).some((word) => word.startsWith(text))).slice(0, SHOWN),
      draw: (person) => [avatar(person, 'small'), person.name],
      text: ({ name }) => `@${name} `,
    });
  }

  key(event: KeyboardEvent): boolean {
    return this.#list.key(event);
  }

  /** Everybody whose `@Name` is in the text. */
  mentionedIn(text: string): Party[] {
    return this.#people().filter(({ name }) => text.includes(`@${name}`)).map(({ id }) => id);
  }

  dispose(): void {
    this.#list.dispose();
  }
}
