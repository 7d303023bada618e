import type { Days, FunnelStep, LabelFigures, PersonFigures, Reached, Report, Spread } from '../../api/reports';
import type { Disposables } from '../../base/disposables';
import { barBeside, bars } from './chart/bars';
import { chartFigure } from './chart/chart';
import { heat, hourName, WEEKDAYS } from './chart/heat';
import { legend, lines } from './chart/lines';
import { contentWords, countWords, longDay, shortDay, spanWords } from './chart/words';
import { labelChip } from '../../components/label/label';
import { el, type Child } from '../../ui/dom';
import { c } from './parts';

const sliceWords = ({ from, to }: Days): string => (from === to ? longDay(from) : `${shortDay(from)} – ${shortDay(to)}`);
const GRAINS = { day: 'Day', week: 'Week' } as const;

/** How many matters began, by day or week. */
export function volumeChart(owned: Disposables, { slices, grain }: Report): HTMLElement {
  const most = slices.reduce((best, slice) => (slice.figures.matters > best.figures.matters ? slice : best), slices[0]!);
  return chartFigure(owned, {
    title: `New matters by ${grain}`,
    says: `${slices.length} ${grain}s. The most were ${countWords(most.figures.matters)}: ${sliceWords(most.days)}.`,
    draw: (width) => bars(slices.map(({ days, figures }) => ({ name: shortDay(days.from), says: `${sliceWords(days)}: ${countWords(figures.matters)}`, value: figures.matters })), width),
    numbers: {
      head: [GRAINS[grain], 'New matters', 'Answered', 'Resolved'],
      rows: slices.map(({ days, figures }) => [sliceWords(days), countWords(figures.matters), countWords(figures.answered), countWords(figures.resolved)]),
    },
  });
}

/** When customers come, by hour of the week. */
export function hourChart(owned: Disposables, { hours, zone }: Report): HTMLElement {
  const cells = hours.flatMap((row, day) => row.map((value, hour) => ({ day, hour, value })));
  const most = cells.reduce((best, cell) => (cell.value > best.value ? cell : best), cells[0]!);
  return chartFigure(owned, {
    title: 'New matters by hour of the week',
    says: `Seven days of 24 hours, ${zone}. The larger a square, the more. The most were ${countWords(most.value)}: ${WEEKDAYS[most.day]!} from ${hourName(most.hour)}.`,
    draw: (width) => heat(hours, width),
    numbers: {
      head: ['Day', ...Array.from({ length: 24 }, (_, hour) => hourName(hour))],
      rows: hours.map((row, day) => [WEEKDAYS[day]!, ...row]),
    },
  });
}

/** How long something took over time: half of them, and nine of ten. */
export function tookChart(owned: Disposables, { slices, grain }: Report, title: string, of: 'first' | 'resolution'): HTMLElement {
  const labels = ['Half took no longer', 'Nine of ten took no longer'];
  const [median, p90] = (['median', 'p90'] as const).map((which) => slices.map(({ figures }) => figures[of]?.[which] ?? null));
  const known = median!.filter((value) => value !== null);
  const words = (value: number | null) => (value === null ? '–' : spanWords(value));
  return chartFigure(owned, {
    title: `${title} by ${grain}`,
    says: known.length === 0 ? 'Nothing to show yet.' : `Half took no longer than between ${spanWords(Math.min(...known))} and ${spanWords(Math.max(...known))}, by ${grain} in which matters began.`,
    draw: (width) => lines(
      [{ label: labels[0]!, values: median! }, { label: labels[1]!, values: p90! }], slices.map(({ days }) => shortDay(days.from)),
      (line, index, value) => `${sliceWords(slices[index]!.days)}: ${line}, ${spanWords(value)}`, width,
    ),
    below: [legend(labels)],
    numbers: { head: [GRAINS[grain], ...labels], rows: slices.map(({ days }, index) => [sliceWords(days), words(median![index]!), words(p90![index]!)]) },
  });
}

/** A table whose first numbers have bars beside them. */
function barTable(caption: string, head: readonly string[], rows: readonly { name: Child; count: number; cells: readonly string[] }[]): HTMLElement {
  const most = Math.max(0, ...rows.map(({ count }) => count));
  const table = el(
    'table', { class: c('table') },
    el('caption', { class: 'visually-hidden' }, caption),
    el('thead', {}, el('tr', {}, ...head.map((name) => el('th', { scope: 'col' }, name)))),
    el('tbody', {}, ...rows.map(({ name, count, cells }) => el(
      'tr', {}, el('th', { scope: 'row', dir: 'auto' }, name), el('td', { class: c('counted') }, countWords(count), barBeside(count, most)), ...cells.map((cell) => el('td', {}, cell)),
    ))),
  );
  return el('div', { class: c('wide'), tabindex: '0', role: 'region', 'aria-label': `${caption}, table` }, table);
}

export function peopleTable(people: readonly PersonFigures[]): HTMLElement {
  return barTable('By person', ['Person', 'Matters', 'First answers', 'after', 'Resolved', 'after', 'Content'], people.map((person) => ({
    name: person.name ?? (person.person === null ? 'Nobody, or a program' : 'Somebody who is gone'), count: person.matters,
    cells: [countWords(person.answered), median(person.first), countWords(person.resolved), median(person.resolution), contentWords(person.feedback)],
  })));
}

export function labelTable(labels: readonly LabelFigures[]): HTMLElement {
  return barTable('By label', ['Label', 'Matters', 'Answered', 'after', 'Resolved', 'after', 'Content'], labels.map(({ label, name, color, figures }) => ({
    name: name !== null && color !== null ? labelChip({ name, color }) : label === null ? 'Without a label' : 'A label that was removed', count: figures.matters,
    cells: [countWords(figures.answered), median(figures.first), countWords(figures.resolved), median(figures.resolution), contentWords(figures.feedback)],
  })));
}

const STEPS: Record<FunnelStep, string> = {
  opened: 'Enquired', answered: 'Answered', invited: 'Invited', client: 'Became a client', onboarding: 'Onboarding', pack_purchase: 'Bought a pack',
  subscription_applied: 'Subscription applied', weekly_ordering: 'Orders weekly', consumption: 'Enjoys the meals',
};

/** From an enquiry to a client: how many got how far, and how soon. */
export function funnelTable(funnel: readonly Reached[]): HTMLElement {
  const all = funnel[0]?.number ?? 0;
  return barTable('From enquiry to client', ['Step', 'How many', 'of all', 'Chat', 'Enquiry form', 'Access form', 'Half within'], funnel.map(({ step, number, chat, enquiry, access, median }) => ({
    name: STEPS[step], count: number,
    cells: [all === 0 ? '–' : `${Math.round((number / all) * 100)} %`, ...[chat, enquiry, access].map(countWords), median === null ? '–' : spanWords(median)],
  })));
}

function median(spread: Spread | null): string {
  return spread ? spanWords(spread.median) : '–';
}
