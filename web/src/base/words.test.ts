import { describe, expect, it } from 'vitest';
import { fitOf, piecesOf, wordsOf } from './words';

const fit = (text: string, search: string) => fitOf(text, wordsOf(search));
const marked = (text: string, search: string) => piecesOf(text, wordsOf(search)).map((piece) => (piece.hit ? `[${piece.text}]` : piece.text)).join('');

describe('words that are looked for', () => {
  it('are found in any order, by how they begin, whatever their case and accents', () => {
    expect(fit('Assign to me', 'me ass')).toBeDefined();
    expect(fit('Café Zoë', 'ZOE cafe')).toBeDefined();
    expect(fit('Cafe Zoe', 'café')).toBeDefined();
    expect(fit('Assign to me', 'assign nobody')).toBeUndefined();
    expect(fit('Ünal', 'unal')).toBeDefined();
    expect(fit('Unal (decomposed U\u0308nal)', 'ünal')).toBeDefined();
  });

  it('fit better at the beginning of the text than of a word, and there better than inside', () => {
    const [beginning, word, inside] = [fit('Resolve', 're'), fit('Canned reply', 're'), fit('Where', 're')];
    expect(beginning).toBeLessThan(word!);
    expect(word).toBeLessThan(inside!);
  });

  it('are taken where they fit best', () => {
    expect(fit('Unlabel, label', 'label')).toBe(fit('A label', 'label'));
    expect(marked('Unlabel, label', 'label')).toBe('Unlabel, [label]');
  });

  it('are marked as they are written in the text', () => {
    expect(marked('Assign to me', 'me as')).toBe('[As]sign to [me]');
    expect(marked('Café Zoë Ørsted', 'zoe fe')).toBe('Ca[fé] [Zoë] Ørsted');
    expect(marked('Zoe\u0308 W', 'zoe')).toBe('[Zoe\u0308] W');
    expect(marked('Party 🎉 at nine', 'at')).toBe('Party 🎉 [at] nine');
    expect(marked('Nothing', '')).toBe('Nothing');
  });

  it('that are none are in everything', () => {
    expect(wordsOf('  ')).toEqual([]);
    expect(fit('Anything', ' ')).toBe(0);
  });
});
