import type { Team } from '../../live/protocol.gen';
import { el } from '../../ui/dom';
import { icon, usersIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import { chip } from '../chip/chip';
import { byName } from '../label/label';
import styles from './team.module.css';

const c = mustClass(styles);

/** The teams of a business, by their ids. */
export type Teams = Readonly<Record<string, Team>>;

/** All teams, by name. */
export function teamsByName(teams: Teams): [string, Team][] {
  return byName(Object.entries(teams));
}

/** The team a conversation is given to; one that was removed is none. */
export function teamOf({ team }: { team?: string | null }, teams: Teams): Team | undefined {
  return team ? teams[team] : undefined;
}

/** A team beside a conversation; the whole name is in its title. */
export function teamChip({ name }: Team): HTMLElement {
  return chip(c('team'), [icon(usersIcon), name], { title: `Given to ${name}`, dir: 'auto' });
}

/** Stands where people have their picture. */
export function teamFace(): HTMLElement {
  return el('span', { class: c('face') }, icon(usersIcon));
}
