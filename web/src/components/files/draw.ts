import type { Attachment } from '../../live/protocol.gen';
import { el, fill } from '../../ui/dom';
import { icon, fileIcon } from '../../ui/icons';
import { language, say } from '../../words/say';
import { openDialog } from '../dialog/dialog';
import type { Link } from './links';

/** The longest side of a picture among messages, in CSS pixels. */
const LONGEST_SIDE = 320;

/** How large a file is, in a word. */
export function sizeText(bytes: number): string {
  if (bytes < 1_000) return say('size.bytes', { n: bytes });
  return bytes < 1_000_000 ? say('size.kb', { size: inShort(bytes / 1_000) }) : say('size.mb', { size: inShort(bytes / 1_000_000) });
}

/** With one digit after the point as long as there is one before it. */
function inShort(size: number): string {
  const digits = size < 10 ? 1 : 0;
  return size.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** What a file is, in a word: the end of its name, or of its type. */
export function kindText({ name, type }: Pick<Attachment, 'name' | 'type'>): string {
  const ending = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1];
  return (ending ?? (type === 'application/octet-stream' ? say('files.kind') : type.split('/')[1]!)).toUpperCase();
}

/** Draws the files of a message: pictures as pictures, others as what they are called. Without a link they wait. */
export function drawFiles(box: HTMLElement, files: readonly Attachment[], linkOf: (id: string) => Link | undefined): void {
  const pictures = files.filter((file) => file.pixels);
  const others = files.filter((file) => !file.pixels);
  fill(box,
    pictures[0] ? el('div', { class: `f-pictures${pictures.length > 1 ? ' f-many' : ''}` }, ...pictures.map((file) => picture(file, linkOf(file.id)))) : null,
    ...others.map((file) => other(file, linkOf(file.id))));
}

function picture(file: Attachment, link: Link | undefined): HTMLElement {
  const { width, height } = file.pixels!;
  const blank = el('span', { class: 'f-blank' }, icon(fileIcon));
  const image = link?.thumbnail ? el('img', { src: link.thumbnail, alt: '', width, height, loading: 'lazy', decoding: 'async' }) : undefined;
  image?.addEventListener('error', () => image.replaceWith(blank));
  const button = el('button', { type: 'button', class: 'f-picture', disabled: !link, title: file.name, 'aria-label': say('files.show', { name: file.name }) }, image ?? blank);
  // Its place is kept before it is here, so that nothing moves.
  button.style.setProperty('--local-shape', `${width} / ${height}`);
  button.style.setProperty('--local-width', `${Math.round(width * Math.min(1, LONGEST_SIDE / Math.max(width, height)))}px`);
  if (link) button.addEventListener('click', () => void enlarge(file, link));
  return button;
}

function other(file: Attachment, link: Link | undefined): HTMLElement {
  const inside = [
    el('span', { class: 'f-icon' }, icon(fileIcon)),
    el('span', { class: 'f-words' }, el('span', { class: 'f-name' }, link ? el('span', { class: 'visually-hidden' }, say('files.save')) : null, file.name), el('span', { class: 'f-about' }, `${kindText(file)} · ${sizeText(file.size)}`)),
  ];
  return link
    ? el('a', { class: 'f-other', href: link.url, download: file.name }, ...inside)
    : el('span', { class: 'f-other' }, ...inside);
}

function enlarge(file: Attachment, link: Link): Promise<boolean> {
  const { width, height } = file.pixels!;
  const image = el('img', { class: 'f-large', src: link.url, alt: file.name, width, height });
  image.addEventListener('error', () => image.replaceWith(say('files.broken')));
  return openDialog({
    title: file.name,
    body: [image, el('p', {}, el('a', { href: link.url, download: file.name }, say('files.save.it', { size: sizeText(file.size) })))],
    wide: true,
  });
}
