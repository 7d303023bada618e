import { describe, expect, it } from 'vitest';
import { asInAddress } from './greeting';

describe('the page of a greeting', () => {
  it('is written as browsers have it in addresses', () => {
    expect(asInAddress(' /menu* ')).toBe('/menu*');
    expect(asInAddress('/café/أهلا')).toBe('/caf%C3%A9/%D8%A3%D9%87%D9%84%D8%A7');
    expect(asInAddress('/caf%C3%A9')).toBe('/caf%C3%A9');
    expect(asInAddress('https://kitchen.example/weddings?from=mail#top')).toBe('/weddings');
  });

  it('is left as it is when it is none, for the server to say so', () => {
    for (const text of ['', 'menu', 'javascript:alert(1)']) expect(asInAddress(text)).toBe(text);
  });
});
