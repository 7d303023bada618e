// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { loaderCss } from '../../scripts/loader-style.mjs';
import { Memory } from './frame/memory';
import { originIn } from './frame/page-link';
import { presenceLine } from './frame/presence-line';
import { readToFrame, readToPage } from './messages';

describe('what page and frame tell each other', () => {
  it('is taken only in its shape', () => {
    expect(readToFrame({ brigade: 1, type: 'opened', page: 'https://a.example/x' })).toEqual({ brigade: 1, type: 'opened', page: 'https://a.example/x' });
    expect(readToPage({ brigade: 1, type: 'unread', count: 3 })).toEqual({ brigade: 1, type: 'unread', count: 3 });
    for (const wrong of [null, undefined, 'close', 1, {}, { type: 'close' }, { brigade: 2, type: 'close' }, { brigade: 1, type: 'eval' }]) {
      expect(readToPage(wrong)).toBeUndefined();
      expect(readToFrame(wrong)).toBeUndefined();
    }
    for (const count of [-1, 1.5, '3', NaN]) expect(readToPage({ brigade: 1, type: 'unread', count })).toBeUndefined();
    expect(readToFrame({ brigade: 1, type: 'opened', page: 'x'.repeat(3_000) })).toBeUndefined();
    for (const token of ['a.b', '', null]) expect(readToFrame({ brigade: 1, type: 'identify', token })).toEqual({ brigade: 1, type: 'identify', token });
    for (const token of [undefined, 5, {}]) expect(readToFrame({ brigade: 1, type: 'identify', token })).toBeUndefined();
    expect(readToPage({ brigade: 1, type: 'identify_failed', code: 'TOKEN_EXPIRED', more: 1 })).toEqual({ brigade: 1, type: 'identify_failed', code: 'TOKEN_EXPIRED' });
  });

  it('names an origin, and nothing but an origin', () => {
    expect(originIn('#https%3A%2F%2Fwww.example.com')).toBe('https://www.example.com');
    expect(originIn('#https%3A%2F%2Fwww.example.com&de')).toBe('https://www.example.com');
    for (const wrong of ['', '#', '#&de', '#&https%3A%2F%2Fwww.example.com', '#*', '#null', '#javascript%3Aalert(1)', '#https%3A%2F%2Fa.example%2Fpath', '#%E0%A4%A']) expect(originIn(wrong), wrong).toBeUndefined();
  });
});

describe('the visitor’s memory', () => {
  it('goes on with a chat, forgets it, and survives nonsense', () => {
    const ticket = { conversation: 'cnv_1', visitor: 'vis_1', token: 'vst_1' };
    new Memory('pk_1').save(ticket);
    expect(new Memory('pk_1').load()).toEqual(ticket);
    expect(new Memory('pk_2').load()).toBeUndefined();
    new Memory('pk_1').forget();
    expect(new Memory('pk_1').load()).toBeUndefined();
    localStorage.setItem('brigade.visitor.pk_1', '{"token":5}');
    expect(new Memory('pk_1').load()).toBeUndefined();
    localStorage.setItem('brigade.visitor.pk_1', '{');
    expect(new Memory('pk_1').load()).toBeUndefined();
  });
});

describe('presence', () => {
  const now = new Date(2026, 2, 18, 15, 0);
  const config = { questions: [], tenant: { id: 't', name: 'T' }, staff_online: false, open_now: false, greeting: { online: '', offline: '' } };
  it('says what is known and nothing else', () => {
    expect(presenceLine({ ...config, staff_online: true }, now)).toBe('We are here');
    expect(presenceLine({ ...config, open_now: true }, now)).toContain('as soon as we are back');
    expect(presenceLine({ ...config, opens_at: null }, now)).toContain('Write, and we answer');
    expect(presenceLine({ ...config, opens_at: new Date(2026, 2, 18, 17, 0).toISOString() }, now)).toBe('Away. Back today at 17:00');
    expect(presenceLine({ ...config, opens_at: new Date(2026, 2, 19, 9, 0).toISOString() }, now)).toBe('Away. Back tomorrow at 09:00');
    expect(presenceLine({ ...config, opens_at: new Date(2026, 2, 23, 9, 0).toISOString() }, now)).toBe('Away. Back on Monday at 09:00');
    expect(presenceLine({ ...config, opens_at: new Date(2026, 5, 1, 9, 0).toISOString() }, now)).toBe('Away. Back soon');
  });
});

describe('the loader’s style', () => {
  it('has the values of its roles in both schemes and no token left', () => {
    const css = loaderCss();
    expect(css).not.toMatch(/var\((?!--local-brigade-\w+,)|light-dark|rem\b/);
    expect(css).toContain('var(--local-brigade-accent,#09634a)');
    expect(css).toContain('@media (prefers-color-scheme:dark)');
    expect(css.indexOf('max-width:480px')).toBeGreaterThan(css.lastIndexOf('prefers-color-scheme:dark'));
  });
});
