import { Disposables, type Disposable } from '../../base/disposables';
import type { LiveClient } from '../../live/client';
import type { LiveConversation } from '../../live/live-conversation';
import type { AskTranscriptBody } from '../../live/protocol.gen';
import { bringStyle } from '../../ui/bring-style';
import { el, setText } from '../../ui/dom';
import { mailIcon } from '../../ui/icons';
import { language, say } from '../../words/say';
import { button } from '../button/button';
import { formDialog } from '../dialog/form-dialog';
import { field } from '../field/field';
import css from './transcript.css?inline';

interface Parts {
  client: LiveClient;
  live: Pick<LiveConversation, 'topic' | 'store'>;
}

/** How long it is said that it is on its way. */
const SAID_MS = 12_000;

/** Lets a customer have what was said sent to them: beside the field one writes in, once the staff have answered. */
export class TranscriptTool implements Disposable {
  #parts: Parts;
  #owned = new Disposables();
  #tool = button({ label: say('copy.tool'), icon: mailIcon, kind: 'plain', bare: true });
  #said = el('div', { role: 'status' });
  #saying: Disposable | undefined;

  constructor(composer: HTMLElement, parts: Parts) {
    bringStyle(css);
    this.#parts = parts;
    composer.querySelector('textarea')!.parentElement!.prepend(this.#tool);
    composer.before(this.#said);
    this.#owned.listen(this.#tool, 'click', () => void this.#ask());
    this.#owned.add(parts.live.store.changed.on(() => this.#draw()));
    this.#draw();
  }

  dispose(): void {
    this.#owned.dispose();
    this.#tool.remove();
    this.#said.remove();
  }

  #draw(): void {
    const state = this.#parts.live.store.state;
    // Only who has written is among the people: before an answer there is nothing to send.
    this.#tool.hidden = !state || !Object.values(state.people).some(({ side }) => side === 'staff');
  }

  async #ask(): Promise<void> {
    const { client, live } = this.#parts;
    const visitor = live.store.state?.account === null;
    const email = field(
      { label: say('copy.email'), name: 'email', hint: say('copy.email.hint') },
      { type: 'email', autocomplete: 'email', maxlength: 254 });
    const sent = await formDialog({
      title: say('copy.title'),
      fields: { email },
      inside: [
        el('p', {}, visitor ? say('copy.text') : say('copy.text.account')),
        ...(visitor ? [email.root] : []),
      ],
      submit: say('copy.send'),
      save: () => {
        const address = visitor ? email.input.value.trim() : '';
        const body: AskTranscriptBody = address === '' ? { language } : { language, email: address };
        return client.command(live.topic, 'ask_transcript', body).done;
      },
    });
    if (sent) this.#say(say('copy.sent'));
  }

  #say(text: string): void {
    if (this.#saying) this.#owned.drop(this.#saying);
    this.#said.className = text === '' ? '' : 'tr-said';
    setText(this.#said, text);
    this.#saying = text === '' ? undefined : this.#owned.after(SAID_MS, () => this.#say(''));
  }
}
