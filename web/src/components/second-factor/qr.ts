import type { Qr } from '../../api/second-factor';

const NAMESPACE = 'http://www.w3.org/2000/svg';
/** What must stay empty around it, in its squares, for cameras to find it. */
const QUIET = 4;

/** Draws a QR code as a picture with a name. */
export function drawQr({ size, path }: Qr, label: string): SVGSVGElement {
  const svg = document.createElementNS(NAMESPACE, 'svg');
  const whole = size + 2 * QUIET;
  for (const [key, value] of Object.entries({
    viewBox: `${-QUIET} ${-QUIET} ${whole} ${whole}`, role: 'img', 'aria-label': label, 'shape-rendering': 'crispEdges', focusable: 'false',
  })) svg.setAttribute(key, value);
  const squares = document.createElementNS(NAMESPACE, 'path');
  squares.setAttribute('d', path);
  squares.setAttribute('fill', 'currentColor');
  svg.append(squares);
  return svg;
}
