// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest';
import { drawQr } from './qr';
import { codesText, recoveryCodes } from './recovery-codes';

const CODES = ['ABCD-EFGH-JKMN-PQRS-TVWX-YZ01', '2345-6789-ABCD-EFGH-JKMN-PQRS'];

describe('recovery codes', () => {
  it('are left only by saying that they were kept', () => {
    const done = vi.fn();
    const root = recoveryCodes(CODES, 'maya@example.com', done);
    document.body.append(root);
    const go = [...root.querySelectorAll('button')].find((button) => button.textContent === 'Done')!;
    go.click();
    expect(done).not.toHaveBeenCalled();
    expect(root.querySelector('[role=alert]')!.textContent).toMatch(/kept them/);
    root.querySelector<HTMLInputElement>('[name=kept]')!.click();
    expect(root.querySelector('[role=alert]')!.textContent).toBe('');
    go.click();
    expect(done).toHaveBeenCalledOnce();
  });

  it('say in their file whose they are, and nothing that signs in by itself', () => {
    const text = codesText(CODES, 'maya@example.com', new Date('2026-11-22T10:00:00Z'));
    expect(text.split('\n').slice(-3)).toEqual([...CODES, '']);
    expect(text).toContain('maya@example.com');
    expect(text).toContain('2026-11-22');
  });
});

describe('a QR code', () => {
  it('has an empty edge of four squares and a name', () => {
    const svg = drawQr({ size: 21, path: 'M0 0h7v1h-7z' }, 'QR code for your authenticator app');
    expect(svg.getAttribute('viewBox')).toBe('-4 -4 29 29');
    expect(svg.getAttribute('role')).toBe('img');
    expect(svg.getAttribute('style')).toBeNull();
    expect(svg.querySelector('path')!.getAttribute('d')).toBe('M0 0h7v1h-7z');
  });
});
