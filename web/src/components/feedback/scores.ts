import { el } from '../../ui/dom';
import { icon, type Icon } from '../../ui/icons';
import { say } from '../../words/say';

const HEAD = 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM7.6 8.4h.01M12.4 8.4h.01';

/** How somebody was served, from worst to best: what people see for each score. */
export const SCORES: readonly { score: number; face: Icon; label: string }[] = [
  { score: 1, face: `${HEAD}M6.9 13.9a3.4 3.4 0 0 1 6.2 0M6.2 6.9l1.7-.6M13.8 6.9l-1.7-.6`, get label() { return say('score.1'); } },
  { score: 2, face: `${HEAD}M7.4 13.2q2.6-1.8 5.2 0`, get label() { return say('score.2'); } },
  { score: 3, face: `${HEAD}M7.4 12.4h5.2`, get label() { return say('score.3'); } },
  { score: 4, face: `${HEAD}M7.4 11.9q2.6 1.8 5.2 0`, get label() { return say('score.4'); } },
  { score: 5, face: `${HEAD}M6.7 11.2h6.6a3.4 3.4 0 0 1-6.6 0Z`, get label() { return say('score.5'); } },
];

/** A score as a face and in words. */
export function scoreLine(score: number): HTMLElement {
  const known = SCORES.find((each) => each.score === score);
  return el('span', {}, known ? icon(known.face) : null, known ? ` ${known.label}` : say('score.of', { score, best: SCORES.length }));
}
