import type { Figures, Kept, Report, Said, Spread } from '../../api/reports';
import { changeWords, contentShare, contentWords, countWords, spanChangeWords, spanWords } from './chart/words';
import { el } from '../../ui/dom';
import { c } from './parts';

/** A figure: what it is, what it says, what else there is to it, and how it was before. */
interface Tile {
  name: string;
  value: string;
  more: string;
  change: string | null;
}

/** The share of what was done in time, in percent; nothing when nothing was due. */
export function shareKept({ met, missed }: Kept): number | null {
  return met + missed === 0 ? null : Math.round((met / (met + missed)) * 100);
}

function tookTile(name: string, spread: Spread | null, earlier: Spread | null, done: string): Tile {
  if (!spread) return { name, value: '–', more: `Nothing was ${done} yet.`, change: null };
  return {
    name, value: spanWords(spread.median), more: `Nine of ten within ${spanWords(spread.p90)}`,
    change: earlier ? spanChangeWords(spread.median, earlier.median) : null,
  };
}

function keptTile(name: string, now: Kept, before: Kept): Tile[] {
  const [share, earlier] = [shareKept(now), shareKept(before)];
  if (share === null) return [];
  return [{ name, value: `${share} %`, more: `${countWords(now.met)} of ${countWords(now.met + now.missed)} with a target`, change: earlier === null ? null : `${earlier} % before` }];
}

/** How content customers were; nothing where nobody was asked. */
function saidTile({ asked, rated, good }: Said, before: Said): Tile[] {
  const name = 'Content customers';
  if (asked === 0) return [];
  if (rated === 0) return [{ name, value: '–', more: `${countWords(asked)} asked, nobody has said anything`, change: null }];
  const earlier = contentShare(before);
  return [{ name, value: contentWords({ rated, good }), more: `${countWords(good)} of ${countWords(rated)} said good or very good; ${countWords(asked)} asked`, change: earlier === null ? null : `${earlier} % before` }];
}

/** How many messages a matter took; of those that are resolved. */
function messagesTile({ messages, resolved }: Figures, before: Figures): Tile {
  const each = (all: number, count: number) => Math.round((all / count) * 10) / 10;
  if (resolved === 0) return { name: 'Customers’ messages', value: '–', more: 'Counted when a matter is resolved.', change: null };
  return {
    name: 'Customers’ messages', value: countWords(messages), more: `${each(messages, resolved)} in each resolved matter`,
    change: before.resolved === 0 ? null : changeWords(messages, before.messages),
  };
}

/** The figures on top. */
export function figureTiles({ figures, figures_before: before }: Report): HTMLElement {
  const open = figures.matters - figures.resolved;
  const tiles: Tile[] = [
    { name: 'New matters', value: countWords(figures.matters), more: open === 0 ? 'All of them resolved' : `${countWords(open)} not resolved yet`, change: changeWords(figures.matters, before.matters) },
    messagesTile(figures, before),
    tookTile('First answer after', figures.first, before.first, 'answered'),
    tookTile('Resolved after', figures.resolution, before.resolution, 'resolved'),
    ...keptTile('Answered in time', figures.answers_kept, before.answers_kept),
    ...keptTile('Resolved in time', figures.resolutions_kept, before.resolutions_kept),
    ...saidTile(figures.feedback, before.feedback),
  ];
  return el('dl', { class: c('tiles') }, ...tiles.map(({ name, value, more, change }) => el(
    'div', { class: c('tile') }, el('dt', { class: c('soft') }, name), el('dd', { class: c('value') }, value), el('dd', { class: c('soft') }, more),
    change === null ? null : el('dd', { class: c('change') }, change),
  )));
}
