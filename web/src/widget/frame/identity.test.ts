// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../api/http';
import { Drafts } from '../../components/composer/drafts';
import { identify, settled, type Here } from './identity';
import { Memory, type Ticket } from './memory';
import { PageLink } from './page-link';
import { saidIn } from './said';
import type { Site } from './site';

const token = (said: unknown) => `${Buffer.from(JSON.stringify(said)).toString('base64url')}.c2ln`;
const ticket = (who?: string): Ticket => ({ conversation: 'cnv_1', visitor: 'vis_1', token: 'vst_1', ...(who && { who }) });

describe('who is here', () => {
  const memory = new Memory('pk_1');
  const site = { identify: vi.fn(), forget: vi.fn() };
  const link = new PageLink();
  const told = vi.spyOn(link, 'tell');
  const drop = vi.fn(() => {
    memory.forget();
    link.who ||= '';
    link.tell({ brigade: 1, type: 'forgotten' });
  });
  const seen = vi.fn();
  const here: Here = { site: site as unknown as Site, link, memory, ticket: () => memory.load(), drop, seen };
  const heard = () => told.mock.calls.map(([message]) => ('code' in message ? `${message.type} ${message.code}` : message.type));

  beforeEach(() => {
    memory.forget();
    vi.clearAllMocks();
    site.identify.mockImplementation((said: string) => Promise.resolve({ id: saidIn(said).id, email: 'mia@example.com' }));
    site.forget.mockResolvedValue(undefined);
  });

  it('is read from a signature, in any script', () => {
    expect(saidIn(token({ id: 'ميا 👤', name: 'Mia', email: null, phone: '1' }))).toEqual({ id: 'ميا 👤', name: 'Mia' });
    for (const wrong of ['', '.', 'x', token({ id: 7 }), token(null), '%%.%%']) expect(saidIn(wrong), wrong).toEqual({});
  });

  it('is kept with the chat, whose visitor is not asked for an address then', async () => {
    memory.save(ticket());
    link.who = token({ id: 'mia' });
    await identify(here);
    expect([memory.load(), site.identify.mock.calls, heard()]).toEqual([{ ...ticket('mia'), contact: true }, [[link.who, 'vst_1']], ['identified']]);
    expect(seen).toHaveBeenCalledWith(expect.stringContaining('who you are'));
    await identify(here);
    expect(drop).not.toHaveBeenCalled();
  });

  it('is told why it does not count, and the chat goes on', async () => {
    memory.save(ticket());
    link.who = token({ id: 'mia' });
    site.identify.mockRejectedValue(new ApiError('TOKEN_EXPIRED', 'Too old'));
    await identify(here);
    expect([memory.load(), heard()]).toEqual([ticket(), ['identify_failed TOKEN_EXPIRED']]);
  });

  it('is somebody else: the chat is gone at once, whatever the signature is worth, and whether or not the server is there', async () => {
    for (const reached of [true, false]) {
      told.mockClear();
      memory.save(ticket('mia'));
      new Drafts('visitor', 'cnv_1').text = 'private';
      link.who = token({ id: 'bo' });
      site.forget.mockReturnValue(reached ? Promise.resolve() : Promise.reject(new ApiError('OFFLINE', 'Away')));
      site.identify.mockRejectedValue(new ApiError('AUTH_INVALID', 'Forged'));
      await settled(here);
      expect([memory.load(), new Drafts('visitor', 'cnv_1').text]).toEqual([undefined, '']);
      await identify(here);
      expect(heard()).toEqual(['forgotten', 'identify_failed AUTH_INVALID']);
      expect(site.forget).toHaveBeenLastCalledWith('vst_1');
      expect(site.identify).toHaveBeenLastCalledWith(link.who, undefined);
    }
  });

  it('is somebody else, as the server knows from another tab', async () => {
    memory.save(ticket());
    link.who = token({ id: 'bo' });
    site.identify.mockRejectedValueOnce(new ApiError('CONFLICT', 'Somebody else'));
    await identify(here);
    expect([memory.load(), heard(), site.identify.mock.calls[1]]).toEqual([undefined, ['forgotten', 'identified'], [link.who, undefined]]);
  });

  it('has gone: the chat too, and the next one stays', async () => {
    memory.save(ticket('mia'));
    link.who = null;
    await identify(here);
    expect([memory.load(), heard(), site.forget.mock.calls, seen.mock.lastCall]).toEqual([undefined, ['forgotten'], [['vst_1']], []]);
    memory.save(ticket());
    await identify(here);
    expect([memory.load(), site.identify.mock.calls]).toEqual([ticket(), []]);
  });

  it('has gone before the server has answered: nothing comes back', async () => {
    memory.save(ticket());
    const said = link.who = token({ id: 'mia' });
    let answer = (_: { id: string; email: null }) => {};
    site.identify.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    const identifying = identify(here);
    link.who = null;
    await identify(here);
    answer({ id: saidIn(said).id!, email: null });
    await identifying;
    expect([memory.load(), heard()]).toEqual([undefined, ['forgotten']]);
  });

  it('is not said at all: the chat is shown once that is clear', async () => {
    memory.save(ticket('mia'));
    link.who = undefined;
    const waiting = settled(here);
    link.who = '';
    link.said.emit(undefined);
    await waiting;
    expect(memory.load()).toEqual(ticket('mia'));
  });
});
