// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { el, fill, setText } from './dom';
import { mustClass } from './must-class';
import { richText } from './rich-text';
import { xssCorpus } from './testing/xss-corpus';

function shown(text: string): HTMLElement {
  return el('div', {}, richText(text));
}

describe('mustClass', () => {
  const c = mustClass({ row: 'x1', selected: 'x2' });
  it('joins what is there', () => {
    expect(c('row', false, null, 'selected')).toBe('x1 x2');
  });
  it('fails on what is not, also on what every object has', () => {
    expect(() => c('rwo')).toThrow('no class "rwo"');
    expect(() => c('toString')).toThrow('no class "toString"');
  });
});

describe('el', () => {
  it('takes strings as text', () => {
    expect(el('p', { title: '"<b>' }, '<b>bold</b>').outerHTML).toBe('<p title="&quot;<b>">&lt;b&gt;bold&lt;/b&gt;</p>');
  });
  it('leaves out attributes that are off', () => {
    expect(el('button', { disabled: false, hidden: true, title: null }).outerHTML).toBe('<button hidden=""></button>');
  });
  it('fill replaces, setText does not touch what is the same', () => {
    const box = el('div', {}, 'old');
    fill(box, 'new');
    const node = box.firstChild;
    setText(box, 'new');
    expect(box.firstChild).toBe(node);
  });
});

describe('rich text', () => {
  it.each([
    ['**bold** and *it* and _it_', '<p><strong>bold</strong> and <em>it</em> and <em>it</em></p>'],
    ['one\ntwo', '<p>one<br>two</p>'],
    ['one\n\ntwo', '<p>one</p><p>two</p>'],
    ['`a *b*` c', '<p><code>a *b*</code> c</p>'],
    ['```\nx < 1\n**y**\n```', '<pre><code>x &lt; 1\n**y**</code></pre>'],
    ['- a\n- b\nc', '<ul><li>a</li><li>b</li></ul><p>c</p>'],
    ['a\n\n- b\n- c', '<p>a</p><ul><li>b</li><li>c</li></ul>'],
    ['3. c\n4. d', '<ol start="3"><li>c</li><li>d</li></ol>'],
    ['snake_case_word 2*3*4 **', '<p>snake_case_word 2*3*4 **</p>'],
    ['```unclosed', '<p>```unclosed</p>'],
    ['', ''],
    ['\n\n', ''],
  ])('%j', (text, markup) => {
    expect(shown(text).innerHTML).toBe(markup);
  });

  it('links only to the web', () => {
    const links = (text: string) => [...shown(text).querySelectorAll('a')].map((a) => [a.getAttribute('href'), a.textContent]);
    expect(links('see https://example.org/a_b_c?x=1. and (http://x.org/y)')).toEqual([
      ['https://example.org/a_b_c?x=1', 'https://example.org/a_b_c?x=1'],
      ['http://x.org/y', 'http://x.org/y'],
    ]);
    expect(links('[menu](https://example.org/menu)')).toEqual([['https://example.org/menu', 'menu']]);
    expect(links('https://en.wikipedia.org/wiki/Bowl_(dish)')).toEqual([['https://en.wikipedia.org/wiki/Bowl_(dish)', 'https://en.wikipedia.org/wiki/Bowl_(dish)']]);
    expect(links('[x](javascript:alert(1)) javascript:alert(1) [y](data:text/html,x) http://')).toEqual([]);
    for (const a of shown('https://example.org').querySelectorAll('a')) {
      expect(a.rel).toContain('noopener');
      expect(a.target).toBe('_blank');
    }
  });

  it('shows a corpus of attacks as the text it is', () => {
    const allowed = new Set(['P', 'BR', 'STRONG', 'EM', 'DEL', 'CODE', 'PRE', 'UL', 'OL', 'LI', 'A']);
    for (const attack of xssCorpus) {
      const box = shown(attack);
      for (const element of box.querySelectorAll('*')) {
        expect(allowed.has(element.tagName), `${attack} made ${element.tagName}`).toBe(true);
        for (const { name, value } of element.attributes) {
          expect(['href', 'title', 'target', 'rel', 'start']).toContain(name);
          if (name === 'href') expect(value).toMatch(/^https?:\/\//);
        }
      }
    }
  });

  it('takes time in proportion to the message', () => {
    for (const piece of ['*', '**a', '[', '[a](', '`', '_ _', 'http', '- ', '```\n']) {
      const text = piece.repeat(Math.ceil(4000 / piece.length)).slice(0, 4000);
      const start = performance.now();
      shown(text);
      expect(performance.now() - start, piece).toBeLessThan(1500);
    }
  });
});
