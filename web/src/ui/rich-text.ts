import { el } from './dom';

/**
 * The safe subset of Markdown messages are shown with: bold, italic, code, code blocks, lists, links to http and https,
 * line breaks. Builds elements and text nodes; what looks like markup is text. Linear in the length of the message.
 */
export function richText(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  const lines = text.split('\n');
  for (let at = 0; at < lines.length;) at = block(lines, at, fragment);
  return fragment;
}

const FENCE = '```';
const BULLET = /^[-*] +(?=\S)/;
const NUMBER = /^(\d{1,4})[.)] +(?=\S)/;

/** Adds the block that begins at line `at`; returns the line after it. */
function block(lines: string[], at: number, into: DocumentFragment): number {
  const line = lines[at]!;
  if (line.trim() === '') return at + 1;
  if (line.startsWith(FENCE)) {
    const end = lines.indexOf(FENCE, at + 1);
    if (end > at) {
      into.append(el('pre', {}, el('code', {}, lines.slice(at + 1, end).join('\n'))));
      return end + 1;
    }
  }
  if (BULLET.test(line)) return list(lines, at, BULLET, el('ul'), into);
  const number = NUMBER.exec(line)?.[1];
  if (number !== undefined) return list(lines, at, NUMBER, el('ol', number === '1' ? {} : { start: Number(number) }), into);
  return paragraph(lines, at, into);
}

function list(lines: string[], at: number, marker: RegExp, element: HTMLElement, into: DocumentFragment): number {
  let next = at;
  for (; next < lines.length && marker.test(lines[next]!); next += 1) {
    const item = el('li');
    inline(lines[next]!.replace(marker, ''), item);
    element.append(item);
  }
  into.append(element);
  return next;
}

function paragraph(lines: string[], at: number, into: DocumentFragment): number {
  const element = el('p');
  let next = at;
  for (; next < lines.length; next += 1) {
    const line = lines[next]!;
    const ends = line.trim() === '' || BULLET.test(line) || NUMBER.test(line) || (line.startsWith(FENCE) && lines.indexOf(FENCE, next + 1) > next);
    if (ends && next > at) break;
    if (next > at) element.append(el('br'));
    inline(line, element);
  }
  into.append(element);
  return next;
}

const URL_AT = /https?:\/\/[^\s<>"'`]+/y;
const NAMED_LINK_AT = /\[([^[\]\n]{1,200})\]\((https?:\/\/[^\s()<>"]{1,2000})\)/y;
const EMPHASIS: readonly [mark: string, tag: 'strong' | 'em' | 'del'][] = [['**', 'strong'], ['__', 'strong'], ['~~', 'del'], ['*', 'em'], ['_', 'em']];

/** Adds one line's text with its emphasis, code and links. */
function inline(text: string, into: HTMLElement): void {
  let plain = '';
  const flush = () => {
    if (plain) into.append(plain);
    plain = '';
  };
  for (let at = 0; at < text.length;) {
    const found = piece(text, at);
    if (found) {
      flush();
      into.append(found.node);
      at = found.end;
    } else {
      plain += text[at]!;
      at += 1;
    }
  }
  flush();
}

function piece(text: string, at: number): { node: Node; end: number } | undefined {
  switch (text[at]) {
    case '`': {
      const end = text.indexOf('`', at + 1);
      return end > at + 1 ? { node: el('code', {}, text.slice(at + 1, end)), end: end + 1 } : undefined;
    }
    case '[': {
      const [whole, label, address] = matchAt(NAMED_LINK_AT, text, at) ?? [];
      return whole && label && address ? { node: link(address, label), end: at + whole.length } : undefined;
    }
    case 'h': return bareLink(text, at);
    case '*':
    case '_':
    case '~': return emphasis(text, at);
    default: return undefined;
  }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function bareLink(text: string, at: number): { node: Node; end: number } | undefined {
  if (at > 0 && /[\w]/.test(text[at - 1]!)) return undefined;
  const found = matchAt(URL_AT, text, at)?.[0];
  if (!found) return undefined;
  let address = found.replace(/[.,;:!?*_~]+$/, '');
  // A closing bracket belongs to the address only when it was opened in it.
  if (address.endsWith(')') && !address.includes('(')) address = address.replace(/\)+$/, '');
  return isWebAddress(address) ? { node: link(address, address), end: at + address.length } : undefined;
}

function emphasis(text: string, at: number): { node: Node; end: number } | undefined {
  const style = EMPHASIS.find(([mark]) => text.startsWith(mark, at));
  if (!style) return undefined;
  const [mark, tag] = style;
  const start = at + mark.length;
  const end = text.indexOf(mark, start);
  const inside = text.slice(start, end);
  if (end <= start || /^\s|\s$/.test(inside) || inside.startsWith(mark[0]!)) return undefined;
  // snake_case and 2*3*4 are words, not emphasis.
  const before = text[at - 1] ?? ' ';
  const after = text[end + mark.length] ?? ' ';
  if (/\w/.test(before) || /\w/.test(after)) return undefined;
  const node = el(tag);
  inline(inside, node);
  return { node, end: end + mark.length };
}

function isWebAddress(address: string): boolean {
  try {
    return /^https?:$/.test(new URL(address).protocol);
  } catch {
    return false;
  }
}

function link(address: string, label: string): Node {
  if (!isWebAddress(address)) return document.createTextNode(label);
  return el('a', { href: address, title: label === address ? null : address, target: '_blank', rel: 'noopener noreferrer nofollow ugc' }, label);
}
