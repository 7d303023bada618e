import type { LOADER } from '../../words/loader';

const NAMESPACE = 'http://www.w3.org/2000/svg';
const LOOK = { width: '30', height: '30', viewBox: '0 0 20 20', fill: 'none', stroke: 'currentColor', 'stroke-width': '1.6', 'stroke-linejoin': 'round' };

/** The round button: what it says and shows depends on whether the chat is open. */
export function roundButton(words: (typeof LOADER)['en']) {
  const root = document.createElement('button');
  root.type = 'button';
  root.className = 'button';
  const svg = document.createElementNS(NAMESPACE, 'svg');
  const path = document.createElementNS(NAMESPACE, 'path');
  const badge = document.createElement('span');
  badge.className = 'badge';
  for (const [name, value] of Object.entries(LOOK)) svg.setAttribute(name, value);
  svg.append(path);
  root.append(svg, badge);
  const show = (open: boolean) => {
    root.setAttribute('aria-expanded', String(open));
    root.setAttribute('aria-label', open ? words.close : words.open);
    path.setAttribute('d', open ? 'm5 5 10 10M15 5 5 15' : 'M3.5 4h13v9.5H10L6 17v-3.5H3.5V4Z');
  };
  return { root, badge, show };
}
