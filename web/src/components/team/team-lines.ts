import type { Disposable } from '../../base/disposables';
import type { ConversationState, Message, Party, Seq, TeamChange } from '../../live/protocol.gen';
import { el, fill } from '../../ui/dom';
import { icon, usersIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import type { Between, Happening } from '../message-list/rows';
import type { MessageLook } from '../message/message';
import { clockText, momentText, sameDay, timeAs } from '../time-text/time-text';
import type { Teams } from './team';
import styles from './team.module.css';

const c = mustClass(styles);

/** What lines about teams are written from. */
export interface TeamLinesParts {
  state: () => ConversationState | undefined;
  me: Party;
  nameOf: (who: Party) => string;
  teams: () => Teams;
}

/** Says between the messages of a conversation who gave it to which team. */
export class TeamLines implements Between, Disposable {
  #parts: TeamLinesParts;
  /** After the last message. */
  #end = el('div', { class: c('lines') });
  #drawn = '';

  constructor(parts: TeamLinesParts) {
    this.#parts = parts;
  }

  of(before: Message | undefined, message: Message): Happening[] {
    return this.#between(before?.seq ?? 0, message.seq);
  }

  draw(row: HTMLElement, happened: readonly Happening[] = [], { day, message }: MessageLook): void {
    const isLater = ({ at }: Happening) => !day || sameDay(at, message.at);
    const heading = day ? row.firstElementChild : null;
    const later = happened.filter(isLater).map((each) => line(each, clockText));
    if (heading) heading.after(...later);
    else row.prepend(...later);
    row.prepend(...happened.filter((each) => !isLater(each)).map((each) => line(each, momentText)));
  }

  drawEnd(pending: HTMLElement, all: readonly Message[], shown: boolean): void {
    const last = all.at(-1);
    if (this.#end.nextSibling !== pending) pending.before(this.#end);
    const happened = shown ? this.#between(last?.seq ?? 0, Infinity) : [];
    const look = JSON.stringify([happened, last?.at]);
    if (look === this.#drawn) return;
    this.#drawn = look;
    fill(this.#end, ...happened.map((each) => line(each, last && sameDay(each.at, last.at) ? clockText : momentText)));
  }

  dispose(): void {
    this.#end.remove();
  }

  #between(above: Seq, below: Seq): Happening[] {
    const state = this.#parts.state();
    const all = state?.team_changes ?? [];
    return all.flatMap((change, index) => {
      if (change.seq <= above || change.seq >= below) return [];
      // Where something is older than what is here, it may have been another's before.
      const from = index > 0 ? all[index - 1]!.team : state?.more ? undefined : null;
      return [{ seq: change.seq, at: change.at, words: this.#words(change, from) }];
    });
  }

  /** `from` is the team it was given to before: `null` is none, `undefined` is not known. */
  #words({ by, team }: TeamChange, from: string | null | undefined): string[] {
    const { me, nameOf } = this.#parts;
    const who = by === me ? ['You'] : by.startsWith('key_') ? ['A program'] : by === 'system' ? ['Brigade'] : ['', nameOf(by)];
    const does = (what: string) => (who.length === 1 ? [who[0] + what] : [...who, what]);
    if (team === null) return from ? [...does(' took this from '), this.#called(from)] : does(' took this from its team');
    if (from) return [...does(' moved this from '), this.#called(from), ' to ', this.#called(team)];
    return [...does(' gave this to '), this.#called(team)];
  }

  #called(team: string): string {
    return this.#parts.teams()[team]?.name ?? 'a team that is gone';
  }
}

function line({ seq, at, words }: Happening, text: (at: string) => string): HTMLElement {
  // Every other one is a name, in whatever direction it is written.
  const said = words.map((each, index) => (index % 2 === 1 ? el('bdi', {}, each) : each));
  return el('p', { class: c('line'), 'data-change': seq }, icon(usersIcon), el('span', {}, ...said), timeAs(text, at));
}
