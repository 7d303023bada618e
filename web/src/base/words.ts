/** A part of a text, and whether it was looked for. */
export interface Piece {
  text: string;
  hit: boolean;
}

/** The text as it is compared: without case and accents. */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/[\u0300-\u036f]+/g, '').toLowerCase();
}

/** The words of what is looked for, as they are compared. */
export function wordsOf(search: string): string[] {
  return fold(search).split(/\s+/).filter((word) => word !== '');
}

/** How well a text has all words, in any order: the less the better, `undefined` when one is missing. */
export function fitOf(text: string, words: readonly string[]): number | undefined {
  const folded = fold(text);
  let fit = 0;
  for (const word of words) {
    const place = bestPlace(folded, word);
    if (!place) return undefined;
    fit += place.fit;
  }
  return fit;
}

/** The text in pieces, with what was looked for as it is written there. */
export function piecesOf(text: string, words: readonly string[]): Piece[] {
  const letters = [...text];
  const folded = letters.map(fold);
  const whole = folded.join('');
  const places = words.flatMap((word) => {
    const place = bestPlace(whole, word);
    return place ? [{ from: place.at, to: place.at + word.length }] : [];
  });
  const pieces: Piece[] = [];
  let at = 0;
  for (const [index, letter] of letters.entries()) {
    const end = at + folded[index]!.length;
    const before = pieces.at(-1);
    // An accent of its own goes with its letter.
    const hit = end === at ? before?.hit ?? false : places.some(({ from, to }) => at < to && end > from);
    if (before?.hit === hit) before.text += letter;
    else pieces.push({ text: letter, hit });
    at = end;
  }
  return pieces;
}

/** Where a folded text has a word best: best at its beginning (0), else at that of one of its words (1), else anywhere (2). */
function bestPlace(text: string, word: string): { at: number; fit: 0 | 1 | 2 } | undefined {
  let inside: { at: number; fit: 2 } | undefined;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (at === 0) return { at, fit: 0 };
    if (!/[\p{L}\p{N}]/u.test(text[at - 1]!)) return { at, fit: 1 };
    inside ??= { at, fit: 2 };
  }
  return inside;
}
