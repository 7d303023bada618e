import { el } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import styles from './brand.module.css';

const c = mustClass(styles);
const NAMESPACE = 'http://www.w3.org/2000/svg';

function shape(name: string, attributes: Record<string, string>): SVGElement {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** The sign of Brigade: a ticket on the rail that is also a speech bubble. */
export function brandMark(): SVGElement {
  const svg = shape('svg', { viewBox: '0 0 28 28', class: c('mark'), 'aria-hidden': 'true' });
  svg.append(
    shape('path', { d: 'M4 3h20a2 2 0 0 1 2 2v15a2 2 0 0 1-2 2H13l-6 5v-5H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2Z', fill: 'currentColor' }),
    shape('path', { d: 'M7 9h14M7 13h14M7 17h8', class: c('sign'), stroke: 'currentColor', 'stroke-width': '2.2', 'stroke-linecap': 'round', fill: 'none' }),
  );
  return svg;
}

/** Sign and name, linked to the start. */
export function brand(href = '/'): HTMLAnchorElement {
  return el('a', { class: c('brand'), href }, brandMark(), 'Brigade');
}
