import type { Ask } from '../../api/http';
import { Disposables, type Disposable } from '../../base/disposables';
import type { LiveClient } from '../../live/client';
import type { LiveConversation } from '../../live/live-conversation';
import type { Attachment } from '../../live/protocol.gen';
import { bringStyle } from '../../ui/bring-style';
import type { Composer } from '../composer/composer';
import { drawFiles } from './draw';
import css from './files.css?inline';
import { FileLinks } from './links';
import { Tray } from './tray';

/** How often addresses that end soon are looked for. */
const LOOK_MS = 60_000;

/** Where files are given and shown. */
interface Place {
  root: HTMLElement;
  composer: Composer;
}

interface Parts {
  ask: Ask;
  client: LiveClient;
  live: Pick<LiveConversation, 'topic' | 'path' | 'store'>;
}

/** Files of a conversation: taken in by the composer, and drawn wherever a message has a place for them. */
export class Files implements Disposable {
  #parts: Parts;
  #root: HTMLElement;
  #owned = new Disposables();
  #links: FileLinks;
  #tray: Tray;

  constructor({ root, composer }: Place, parts: Parts) {
    bringStyle(css);
    this.#parts = parts;
    this.#root = root;
    this.#links = new FileLinks(parts.live.path, parts.ask);
    this.#tray = this.#owned.add(new Tray(parts.live.path, parts.ask));
    const tray = this.#tray;
    const row = composer.root.querySelector('textarea')!.parentElement!;
    row.prepend(tray.tool);
    row.before(tray.tray);
    composer.enclose(tray);
    this.#owned.add(tray.changed.on(() => composer.enclose(tray)));
    this.#owned.listen(composer.root, 'paste', (event) => this.#given(event as ClipboardEvent, (event as ClipboardEvent).clipboardData));
    this.#owned.listen(root, 'dragover', (event) => hasFiles((event as DragEvent).dataTransfer) && this.#over(event as DragEvent, true));
    this.#owned.listen(root, 'dragleave', (event) => !root.contains((event as DragEvent).relatedTarget as Node | null) && this.#over(event as DragEvent, false));
    this.#owned.listen(root, 'drop', (event) => {
      this.#over(event as DragEvent, false);
      this.#given(event as DragEvent, (event as DragEvent).dataTransfer);
      composer.focus();
    });
    const drawn = new MutationObserver(() => this.#draw());
    drawn.observe(root, { childList: true, subtree: true });
    this.#owned.defer(() => drawn.disconnect());
    this.#owned.add(this.#links.arrived.on((ids) => this.#redraw(ids)));
    this.#owned.add(parts.client.connection.status.on(() => parts.client.connection.ready && this.#back()));
    this.#owned.every(LOOK_MS, () => this.#links.refresh());
    this.#draw();
  }

  restore(attachments: readonly Attachment[]): void {
    this.#tray.restore(attachments);
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #given(event: Event, data: DataTransfer | null): void {
    const files = [...(data?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    this.#tray.add(files);
  }

  #over(event: DragEvent, on: boolean): void {
    event.preventDefault();
    this.#root.classList.toggle('f-over', on);
  }

  /** The connection is back: what could not be loaded without it is tried again. */
  #back(): void {
    this.#links.refresh();
    for (const blank of this.#root.querySelectorAll('.f-blank')) this.#drawInto(blank.closest<HTMLElement>('[data-files]')!);
  }

  #drawInto(box: HTMLElement): void {
    drawFiles(box, this.#of(box), (id) => this.#links.of(id));
  }

  /** Draws what was put into the page since. */
  #draw(): void {
    for (const box of this.#root.querySelectorAll<HTMLElement>('[data-files=""]')) {
      const files = this.#of(box);
      box.dataset['files'] = files.map(({ id }) => id).join(' ');
      this.#drawInto(box);
      if (box.closest('[data-seq]')) this.#links.want(files.map(({ id }) => id));
    }
  }

  #redraw(ids: ReadonlySet<string>): void {
    for (const box of this.#root.querySelectorAll<HTMLElement>('[data-files]')) {
      if (box.dataset['files']!.split(' ').some((id) => ids.has(id))) this.#drawInto(box);
    }
  }

  #of(box: HTMLElement): readonly Attachment[] {
    const { client, live } = this.#parts;
    const row = box.closest<HTMLElement>('[data-seq], [data-id]');
    const seq = row?.dataset['seq'];
    if (seq !== undefined) return live.store.message(Number(seq))?.attachments ?? [];
    const pending = client.queue.of(live.topic).find(({ id }) => id === row?.dataset['id']);
    return (pending?.body['attachments'] as Attachment[] | undefined) ?? [];
  }
}

function hasFiles(data: DataTransfer | null): boolean {
  return data?.types.includes('Files') ?? false;
}

