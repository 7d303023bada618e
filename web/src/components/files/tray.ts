import type { Ask } from '../../api/http';
import { Disposables, type Disposable } from '../../base/disposables';
import { Emitter } from '../../base/emitter';
import type { Attachment } from '../../live/protocol.gen';
import { el, fill, setText } from '../../ui/dom';
import { icon, clipIcon, closeIcon, fileIcon } from '../../ui/icons';
import { say } from '../../words/say';
import { button } from '../button/button';
import type { Enclosure } from '../composer/composer';
import { sizeText } from './draw';
import { Upload } from './upload';

/** The most files that go with one message. */
const MAX_FILES = 10;
const PREVIEW_PIXELS = 96;

interface Tile {
  root: HTMLElement;
  upload?: Upload;
  attachment?: Attachment;
}

/** The files that go with the next message: chosen, pasted or dropped, with how far each one is. */
export class Tray implements Enclosure, Disposable {
  readonly changed = new Emitter<undefined>();
  #list = el('ul', { class: 'f-tray', 'aria-label': say('files.label') });
  #problem = el('p', { class: 'f-problem', role: 'status', hidden: true });
  #status = el('p', { class: 'visually-hidden', role: 'status' });
  readonly tray = el('div', { hidden: true }, this.#list, this.#problem, this.#status);
  readonly tool = button({ label: say('files.add'), icon: clipIcon, kind: 'plain', bare: true });
  #path: string;
  #ask: Ask;
  #owned = new Disposables();
  #input = el('input', { type: 'file', multiple: true, hidden: true, tabindex: -1, 'aria-hidden': 'true' });
  #tiles: Tile[] = [];
  #last: Promise<void> = Promise.resolve();

  constructor(path: string, ask: Ask) {
    this.#path = path;
    this.#ask = ask;
    this.tool.append(this.#input);
    this.#owned.listen(this.tool, 'click', (event) => event.target !== this.#input && this.#input.click());
    this.#owned.listen(this.#input, 'change', () => {
      this.add([...(this.#input.files ?? [])]);
      this.#input.value = '';
    });
    this.#owned.listen(window, 'beforeunload', (event) => this.state !== 'none' && event.preventDefault());
  }

  get state(): 'none' | 'waiting' | 'ready' {
    if (this.#tiles.length === 0) return 'none';
    return this.#tiles.every((tile) => tile.attachment) ? 'ready' : 'waiting';
  }

  /** One after the other is given: each is there sooner than if all went at once. */
  add(files: readonly File[]): void {
    const room = MAX_FILES - this.#tiles.length;
    for (const file of files.slice(0, room)) {
      const upload = new Upload(file, this.#path, this.#ask);
      const tile = this.#tile(file.name, { upload });
      void preview(file).then((picture) => picture && tile.root.querySelector('.f-icon')?.replaceChildren(picture));
      this.#owned.add(upload.changed.on(() => this.#progress(tile)));
      this.#last = this.#last.then(() => upload.run());
    }
    this.#problem.hidden = files.length <= room;
    setText(this.#problem, files.length > room ? say('files.many', { n: MAX_FILES }) : '');
  }

  take(): Attachment[] {
    const taken = this.#tiles.flatMap((tile) => tile.attachment ?? []);
    this.#tiles = [];
    this.#draw();
    return taken;
  }

  /** Puts files back, for example of a message that could not be sent. */
  restore(attachments: readonly Attachment[]): void {
    for (const attachment of attachments) this.#progress(this.#tile(attachment.name, { attachment }));
  }

  dispose(): void {
    for (const { upload } of this.#tiles) upload?.stop();
    this.#owned.dispose();
  }

  #tile(name: string, what: Pick<Tile, 'upload' | 'attachment'>): Tile {
    const remove = button({ label: say('files.out', { name }), icon: closeIcon, kind: 'plain', small: true, bare: true });
    const root = el('li', { class: 'f-tile' },
      el('span', { class: 'f-icon' }, icon(fileIcon)),
      el('span', { class: 'f-words' }, el('span', { class: 'f-name' }, name), el('span', { class: 'f-about' })), remove);
    const tile: Tile = { root, ...what };
    remove.addEventListener('click', () => this.#remove(tile));
    this.#tiles.push(tile);
    this.#progress(tile);
    this.#draw();
    return tile;
  }

  #remove(tile: Tile): void {
    tile.upload?.stop();
    this.#tiles = this.#tiles.filter((other) => other !== tile);
    this.#draw();
    this.tool.focus();
  }

  #progress(tile: Tile): void {
    const { upload, root } = tile;
    if (upload?.attachment) tile.attachment = upload.attachment;
    const { attachment } = tile;
    root.classList.toggle('f-failed', upload?.problem !== undefined);
    root.style.setProperty('--local-progress', `${attachment ? 0 : (upload?.progress ?? 0) * 100}%`);
    setText(root.querySelector('.f-about')!, attachment ? sizeText(attachment.size) : upload ? progressText(upload) : '');
    if (upload?.problem) this.#say(say('files.problem', { name: upload.name, problem: upload.problem }));
    else if (this.state === 'ready') this.#say(say('files.ready'));
    this.changed.emit(undefined);
  }

  #draw(): void {
    this.tray.hidden = this.#tiles.length === 0;
    fill(this.#list, ...this.#tiles.map(({ root }) => root));
    this.#problem.hidden = true;
    this.changed.emit(undefined);
  }

  #say(text: string): void {
    setText(this.#status, text);
  }
}

function progressText({ problem, waiting, progress, size }: Upload): string {
  if (problem) return problem;
  if (waiting) return say('files.waiting');
  return say('files.progress', { n: Math.floor(progress * 100), size: sizeText(size) });
}

/** A small picture of a picture, drawn here: nothing is loaded for it. */
async function preview(file: File): Promise<HTMLCanvasElement | undefined> {
  if (!file.type.startsWith('image/')) return undefined;
  try {
    const bitmap = await createImageBitmap(file, { resizeHeight: PREVIEW_PIXELS, resizeQuality: 'medium' });
    const canvas = el('canvas', { width: bitmap.width, height: bitmap.height, 'aria-hidden': 'true' });
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
    bitmap.close();
    return canvas;
  } catch {
    // It is none after all.
    return undefined;
  }
}
