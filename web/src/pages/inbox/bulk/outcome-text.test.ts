import { describe, expect, it } from 'vitest';
import { BACK, doneWording, outcomeText } from './outcome-text';
import type { Outcome } from './run';

const outcome = (more: Partial<Outcome>): Outcome => ({ changed: [], already: [], refused: [], unsent: [], ...more });
const ids = (count: number) => Array.from({ length: count }, (_, index) => String(index));
const changed = (count: number) => ids(count).map((id) => ({ id, done: [] }));
const refused = (count: number, reason: string) => ids(count).map((id) => ({ id, reason }));
const say = (of: Partial<Outcome>, wording = doneWording('resolved')) => outcomeText(outcome(of), wording, (id) => `Visitor ${id}`);

describe('what came of it', () => {
  it('is said in numbers', () => {
    expect(say({ changed: changed(1) })).toBe('1 conversation is resolved.');
    expect(say({ changed: changed(12), already: ids(2) })).toBe('12 conversations are resolved. 2 were so already.');
    expect(say({ already: ids(1) })).toBe('1 was so already.');
    expect(say({ changed: changed(2), unsent: ids(10) })).toBe('2 conversations are resolved. 10 were not sent.');
  });

  it('names what was refused, by reason, and not all of very many', () => {
    expect(say({ refused: [...refused(1, 'Too many labels.'), { id: '9', reason: 'It is gone.' }] }))
      .toBe('Not done for “Visitor 0”: Too many labels. Not done for “Visitor 9”: It is gone.');
    expect(say({ refused: refused(2, 'No.') })).toBe('Not done for “Visitor 0” and “Visitor 1”: No.');
    expect(say({ refused: refused(5, 'No.') })).toBe('Not done for “Visitor 0”, “Visitor 1”, “Visitor 2” and 2 more: No.');
  });

  it('says of what was taken back what is not', () => {
    expect(say({ changed: changed(3), already: ids(1) }, BACK)).toBe('3 conversations are as before. 1 was changed by somebody since and stays so.');
  });
});
