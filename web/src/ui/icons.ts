const NAMESPACE = 'http://www.w3.org/2000/svg';

/** An icon: the strokes of one of ours, on a 20 by 20 grid. Each is an export of its own, so that a page has only those it shows. */
export type Icon = string & { readonly icon?: never };

export const sendIcon: Icon = 'M3 10 17 3.5 13 17l-3.2-5.3L3 10Zm6.8 1.7L17 3.5';
export const replyIcon: Icon = 'M8 4.5 3.5 9 8 13.5M4 9h7a5 5 0 0 1 5 5v1.5';
export const editIcon: Icon = 'M12.5 4.5 15.5 7.5M4 16l.8-3.3 8.6-8.6a1.4 1.4 0 0 1 2 0l.5.5a1.4 1.4 0 0 1 0 2l-8.6 8.6L4 16Z';
export const trashIcon: Icon = 'M4 6h12M8 6V4h4v2m-6.5 0 .7 10h7.6l.7-10M8.5 9v4.5m3-4.5v4.5';
export const smileIcon: Icon = 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM7 11.5a3.5 3.5 0 0 0 6 0M7.6 8h.01M12.4 8h.01';
export const checkIcon: Icon = 'm4.5 10.5 3.5 3.5 7.5-8';
export const checksIcon: Icon = 'm2.5 10.5 3.5 3.5 7-8M10 14l.5.5 7-8';
export const clockIcon: Icon = 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm0-11v4.2l2.6 1.6';
export const alertIcon: Icon = 'M10 3.5 17.5 16.5h-15L10 3.5Zm0 5v3.7m0 2.2v.1';
export const clipIcon: Icon = 'm15.5 9-6 6a3.6 3.6 0 0 1-5-5l6.7-6.8a2.3 2.3 0 0 1 3.3 3.3l-6.4 6.4a1.1 1.1 0 0 1-1.6-1.6l5.5-5.5';
export const fileIcon: Icon = 'M5 3h6.5L15 6.5V17H5V3Zm6.5 0v3.5H15';
export const closeIcon: Icon = 'm5 5 10 10M15 5 5 15';
export const backIcon: Icon = 'M12 4.5 6.5 10l5.5 5.5';
export const downIcon: Icon = 'M4.5 8 10 13.5 15.5 8';
export const upIcon: Icon = 'M4.5 12 10 6.5 15.5 12';
export const moreIcon: Icon = 'M5 10h.01M10 10h.01M15 10h.01';
export const userIcon: Icon = 'M10 10a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4Zm-6 6.4c.6-3 3-4.6 6-4.6s5.4 1.6 6 4.6';
export const usersIcon: Icon = 'M7.5 9.5a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6Zm-5 6.2c.4-2.6 2.5-4 5-4s4.6 1.4 5 4M12.5 4.2a2.8 2.8 0 0 1 0 5.1m2 2.8c1.6.5 2.7 1.7 3 3.6';
export const settingsIcon: Icon = 'M3 6h8m4 0h2M3 14h2m4 0h8M13 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM7 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z';
export const inboxIcon: Icon = 'M3 11.5 5.2 4h9.6L17 11.5V16H3v-4.5Zm0 0h4l1 2h4l1-2h4';
export const noteIcon: Icon = 'M4 3.5h12v8.8L11.8 16.5H4v-13Zm12 8.8h-4.2v4.2M7 7h6M7 10h4';
export const copyIcon: Icon = 'M7 7h9v9H7V7Zm-3 6V4h9';
export const keyIcon: Icon = 'M12.5 11a3.8 3.8 0 1 0-3.5-2.4L3.5 14v2.5H6V15h1.6v-1.6H9l1.3-1.9c.6.3 1.4.5 2.2.5Zm.7-4.2h.01';
export const globeIcon: Icon = 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm-7-7h14M10 3c2 2 2.8 4.4 2.8 7S12 15 10 17c-2-2-2.8-4.4-2.8-7S8 5 10 3Z';
export const mailIcon: Icon = 'M3 5h14v10.5H3V5Zm0 .8 7 5.7 7-5.7';
export const leaveIcon: Icon = 'M8 3.5H4v13h4M12 6.5l3.5 3.5-3.5 3.5M15 10H7.5';
export const chatIcon: Icon = 'M3.5 4h13v9.5H10L6 17v-3.5H3.5V4Z';
export const helpIcon: Icon = 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM7.8 8a2.2 2.2 0 1 1 3.3 2c-.7.4-1.1.8-1.1 1.6m0 2.1v.1';
export const linkIcon: Icon = 'M8.5 11.5a3 3 0 0 0 4.3 0l2.6-2.6a3 3 0 0 0-4.3-4.3l-.9.9m1.3 3a3 3 0 0 0-4.3 0L4.6 11a3 3 0 0 0 4.3 4.3l.9-.9';
export const plusIcon: Icon = 'M10 4v12M4 10h12';
export const offlineIcon: Icon = 'M3 7.5a10.5 10.5 0 0 1 4-2.3m5.5-.2A10.5 10.5 0 0 1 17 7.5M5.5 10.6a7 7 0 0 1 3-1.8m4.6.8c.5.3 1 .6 1.4 1M10 14.5h.01M3 3l14 14';
export const personAddIcon: Icon = 'M8 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm-5.5 6c.5-2.7 2.7-4.2 5.5-4.2S13 13.3 13.5 16M15.5 7v5M13 9.5h5';
export const flagIcon: Icon = 'M5 17V4h9.5l-2 3.2 2 3.3H5';
export const snoozeIcon: Icon = 'M10 17.5a6 6 0 1 0 0-12 6 6 0 0 0 0 12ZM3 6.5 5.8 4M17 6.5 14.2 4M8.2 9.5h3.6l-3.6 4h3.6';
export const labelIcon: Icon = 'M3.5 4v5.6l7 7 6-6-7-7H3.5Zm3.4 3.4h.01';
export const reopenIcon: Icon = 'M4 10a6 6 0 1 1 1.8 4.3M4 15.5v-3.7h3.7';
export const searchIcon: Icon = 'M8.8 14.1a5.3 5.3 0 1 0 0-10.6 5.3 5.3 0 0 0 0 10.6Zm3.8-1.5 4 4';
export const bellIcon: Icon = 'M5 14V9a5 5 0 0 1 10 0v5l1.5 1.5h-13L5 14Zm3.3 3.2a2 2 0 0 0 3.4 0';
export const bellOffIcon: Icon = 'M5 14V9a5 5 0 0 1 .4-2M7.6 4.6A5 5 0 0 1 15 9v3m-1 3.5H3.5L5 14m3.3 3.2a2 2 0 0 0 3.4 0M3 3l14 14';
export const chartIcon: Icon = 'M3.5 16.5h13M5.5 13.5v-4M10 13.5v-9M14.5 13.5V8';
export const boltIcon: Icon = 'M11.5 2.5 4.5 11.5h5l-1 6 7-9h-5l1-6Z';

/** An icon as decoration: what it means is said beside it, or by the label of its button. */
export function icon(strokes: Icon): SVGSVGElement {
  const svg = document.createElementNS(NAMESPACE, 'svg');
  for (const [key, value] of Object.entries({
    viewBox: '0 0 20 20', width: '20', height: '20', fill: 'none', stroke: 'currentColor', 'stroke-width': '1.6',
    'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true', focusable: 'false',
  })) svg.setAttribute(key, value);
  const path = document.createElementNS(NAMESPACE, 'path');
  path.setAttribute('d', strokes);
  svg.append(path);
  return svg;
}
