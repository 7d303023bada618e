// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest';
import type { Ask } from '../../api/http';
import type { Attachment } from '../../live/protocol.gen';
import { xssCorpus } from '../../ui/testing/xss-corpus';
import { drawFiles, kindText, sizeText } from './draw';
import { FileLinks } from './links';

const picture: Attachment = { id: 'att_1', name: 'dinner.jpg', type: 'image/jpeg', size: 122_000, pixels: { width: 1_200, height: 800 } };
const paper: Attachment = { id: 'att_2', name: 'menu.pdf', type: 'application/pdf', size: 1_250_000 };

describe('the files of a message', () => {
  const box = (files: Attachment[], linked = true) => {
    const element = document.createElement('div');
    drawFiles(element, files, (id) => (linked ? { url: `/v1/files/${id}`, thumbnail: `/v1/files/${id}-small` } : undefined));
    return element;
  };

  it('are pictures to look at and files to save', () => {
    const drawn = box([paper, picture]);
    expect(drawn.querySelector('button')?.getAttribute('aria-label')).toBe('Show dinner.jpg');
    expect(drawn.querySelector('img')?.getAttribute('src')).toBe('/v1/files/att_1-small');
    const link = drawn.querySelector('a');
    expect([link?.getAttribute('href'), link?.getAttribute('download'), link?.textContent]).toEqual(['/v1/files/att_2', 'menu.pdf', 'Save menu.pdfPDF · 1.3 MB']);
  });

  it('keep their place before they are here, and lead nowhere', () => {
    const drawn = box([picture, paper], false);
    expect(drawn.querySelector('button')?.style.getPropertyValue('--local-width')).toBe('320px');
    expect(drawn.querySelector('button')?.hasAttribute('disabled')).toBe(true);
    expect(drawn.querySelector('a, img')).toBeNull();
    expect(drawn.textContent).toContain('menu.pdf');
  });

  it('with names that attack show them as text', () => {
    for (const name of xssCorpus) {
      const drawn = box([{ ...paper, name }, { ...picture, name }]);
      expect(drawn.querySelector('script, iframe, style, [onerror], [onload]')).toBeNull();
      expect(drawn.textContent).toContain(name.slice(0, 3));
    }
  });

  it('say what and how large they are', () => {
    expect([sizeText(1), sizeText(999), sizeText(1_000), sizeText(26_214_400)]).toEqual(['1 byte', '999 bytes', '1.0 KB', '26 MB']);
    expect([kindText(paper), kindText({ name: 'README', type: 'text/plain' }), kindText({ name: 'x', type: 'application/octet-stream' })]).toEqual(['PDF', 'PLAIN', 'FILE']);
  });
});

describe('addresses of files', () => {
  const answering = (until = Date.now() + 20 * 60_000) => vi.fn(async (_: string, path: string) => ({
    files: new URL(path, 'https://x').searchParams.get('ids')!.split(',').filter((id) => id !== 'att_gone').map((id) => ({ id, url: `/v1/files/${id}`, thumbnail: null })),
    until: new Date(until).toISOString(),
  }));

  it('are asked for together, and once', async () => {
    const ask = answering();
    const links = new FileLinks('/v1/conversations/cnv_1', ask as unknown as Ask);
    links.want(['att_1']);
    links.want(['att_2', 'att_gone']);
    await vi.waitFor(() => expect(links.of('att_2')).toBeDefined());
    links.want(['att_1']);
    await Promise.resolve();
    expect(ask.mock.calls.map(([, path]) => path)).toEqual(['/v1/conversations/cnv_1/attachments?ids=att_1,att_2,att_gone']);
    expect(links.of('att_gone')).toBeUndefined();
  });

  it('are asked for anew before they end', async () => {
    const now = Date.now();
    const ask = answering(now + 20 * 60_000);
    const links = new FileLinks('/v1/conversations/cnv_1', ask as unknown as Ask);
    links.want(['att_1']);
    await vi.waitFor(() => expect(links.of('att_1')).toBeDefined());
    links.refresh(now + 10 * 60_000);
    await Promise.resolve();
    expect(ask).toHaveBeenCalledTimes(1);
    links.refresh(now + 19 * 60_000);
    await vi.waitFor(() => expect(ask).toHaveBeenCalledTimes(2));
  });

  it('that could not be asked for are wanted again', async () => {
    const answer = answering();
    const ask = vi.fn().mockRejectedValueOnce(new Error('away')).mockImplementation(answer);
    const links = new FileLinks('/v1/conversations/cnv_1', ask as unknown as Ask);
    links.want(['att_1']);
    await vi.waitFor(() => expect(ask).toHaveBeenCalledTimes(1));
    await Promise.resolve();
    links.refresh();
    await vi.waitFor(() => expect(links.of('att_1')).toBeDefined());
  });
});
