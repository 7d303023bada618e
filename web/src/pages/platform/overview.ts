import { overview, type Node, type Overview, type Part, type Standing } from '../../api/platform';
import { durationText, momentText } from '../../components/time-text/time-text';
import type { Own } from '../../session/start';
import { el, fill, setText, type Child } from '../../ui/dom';
import { bars, stack } from './bars';
import { c, freshness, KeyedList, polled, section, standingMark, tile } from './parts';
import { Poll } from './poll';
import { countText, entityWords, HEADLINES, millisecondsText, partWords, rateText } from './words';

/** Figures are asked for this often. */
export const EVERY_MS = 5_000;
const WORST: Record<Standing, number> = { down: 0, attention: 1, well: 2 };

/** What is wrong, since when, and what is going on. */
export function overviewSection({ owned }: Own): Child[] {
  const poll = new Poll((signal) => overview(signal), () => EVERY_MS);
  return [freshness(owned, poll, 'The figures'), polled(owned, poll, 'Loading the overview', draw)];
}

function draw(box: HTMLElement): (now: Overview) => void {
  const [head, parts, node] = [headline(), partList(), nodeTiles()];
  fill(box, head.root, parts.root, node.root);
  return (now) => {
    head.update(now);
    parts.update(now.parts);
    node.update(now);
  };
}

/** The first thing to be read, also aloud when it changes. */
function headline(): { root: HTMLElement; update: (now: Overview) => void } {
  const text = el('p', { class: c('headText'), role: 'status' });
  const next = el('p', { class: c('soft') });
  const root = el('div', { class: c('head') }, text, next);
  return {
    root,
    update({ standing, parts, queue }) {
      const bad = parts.filter((part) => part.standing !== 'well').sort((a, b) => WORST[a.standing] - WORST[b.standing]);
      root.className = c('head', standing);
      setText(text, bad.length === 0 ? HEADLINES[standing] : `${HEADLINES[standing]}: ${bad.map(({ name }) => partWords(name)).join(', ')}`);
      const stuck = (queue?.kinds ?? []).some(({ dead, failing }) => dead + failing > 0);
      if (stuck === (next.childElementCount > 0)) return;
      fill(next, ...(stuck ? ['Work failed: ', el('a', { href: '#queue' }, 'look at the queue'), '.'] : []));
    },
  };
}

function partList(): { root: HTMLElement; update: (parts: Part[]) => void } {
  const list = el('ul', { class: c('partsList') });
  const keyed = new KeyedList<Part>(list, ({ name, standing }) => `${name} ${standing}`, partLine);
  const worstFirst = (parts: Part[]) => [...parts].sort((a, b) => WORST[a.standing] - WORST[b.standing]);
  return { root: section('Parts', list), update: (parts) => keyed.show(worstFirst(parts)) };
}

function partLine({ name, standing }: Part): { root: HTMLElement; update: (part: Part) => void } {
  const note = el('p', { class: c('note') });
  const lasts = el('span', {});
  const took = el('span', {});
  const root = el('li', { class: c('part', standing) },
    el('h3', { class: c('partName') }, partWords(name)), standingMark(standing), note,
    el('p', { class: c('soft') }, lasts, took));
  return {
    root,
    update: (part) => {
      setText(note, part.note);
      setText(lasts, `since ${momentText(part.since)} (${durationText(part.since)})`);
      setText(took, part.ms === null ? '' : ` · ${millisecondsText(part.ms)}`);
    },
  };
}

/** What this node holds and does. Rates come of two answers: the counts only grow. */
function nodeTiles(): { root: HTMLElement; update: (now: Overview) => void } {
  const [sockets, entities, commands, requests, database, nodes, tenants] = [
    tile('Sockets open'), tile('Entities in memory'), tile('Commands a second'), tile('Requests under way'), tile('Database connections'), tile('Nodes'), tile('Businesses')];
  const rates: number[] = [];
  let before: Node | undefined;
  const about = el('p', { class: c('soft') });
  const root = section('Right now', about, el('dl', { class: c('tiles') }, sockets.root, commands.root, entities.root, requests.root, database.root, nodes.root, tenants.root));
  const update = (now: Overview) => {
    const { node } = now;
    setText(about, `The node that answered, Brigade ${node.version}, up for ${durationText(new Date(Date.now() - node.uptime * 1000).toISOString())}. What is counted was counted since its start.`);
    sockets.set(countText(node.sockets), `${countText(node.sockets_closed_slow)} closed as too slow`);
    const kinds = Object.entries(node.entities).sort(([, a], [, b]) => b - a);
    entities.set(countText(kinds.reduce((sum, [, count]) => sum + count, 0)));
    fill(entities.body, bars(kinds.map(([kind, count]) => ({ label: entityWords(kind), count }))));
    const seconds = before && node.uptime - before.uptime;
    // Another node, or the same one started again, counts anew.
    if (before && seconds && seconds > 0.5 && node.commands_committed >= before.commands_committed) {
      rates.push((node.commands_committed - before.commands_committed) / seconds);
      if (rates.length > 40) rates.shift();
    }
    before = node;
    commands.set(rates.length === 0 ? '–' : rateText(rates.at(-1)!), `${countText(node.commands_waiting)} wait, ${countText(node.commands_shed)} turned away, ${countText(node.commits_broken)} broken`);
    fill(commands.body, past(rates));
    requests.set(countText(node.requests));
    database.set(countText(node.connections), `${countText(node.connections_idle)} idle`);
    fill(database.body, stack('Connections', [{ label: 'in use', count: node.connections - node.connections_idle, look: 'due' }, { label: 'idle', count: node.connections_idle, look: 'later' }]));
    nodes.set(now.nodes === null ? '–' : countText(now.nodes), now.nodes === null ? 'not known' : 'heard of in the last 20 s');
    tenants.set(now.tenants === null ? '–' : countText(now.tenants.all), now.tenants === null ? 'not known' : `${countText(now.tenants.suspended)} suspended`);
  };
  return { root, update };
}

/** The last minutes at a glance; the number beside it says what it is now. */
function past(rates: readonly number[]): HTMLElement {
  const most = Math.max(1, ...rates);
  return el('div', { class: c('past'), 'aria-hidden': 'true' }, ...rates.map((rate) => {
    const bar = el('span', {});
    bar.style.height = `${Math.max(4, (rate / most) * 100)}%`;
    return bar;
  }));
}
