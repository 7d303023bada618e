import { ApiError } from '../../api/http';
import { Drafts } from '../../components/composer/drafts';
import { say } from '../../words/say';
import { saidIn } from './said';
import type { Memory, Ticket } from './memory';
import type { PageLink } from './page-link';
import type { Site } from './site';

/** A page that is busy says late who is here; one that never says so is not waited for for ever. */
const WAIT_MS = 10_000;

/** The chat of this browser, and what becomes of it when it is somebody else's. */
export interface Here {
  site: Site;
  link: PageLink;
  memory: Memory;
  ticket(): Ticket | undefined;
  /** Nothing of it stays in this browser, and the page hears that. */
  drop(): void;
  /** Says what the business gets to see; without words, the usual. */
  seen(text?: string): void;
}

/** Until the page has said who is here: somebody else never gets to see what was said. Loaded where a site has identified somebody. */
export async function settled(here: Here): Promise<void> {
  const { link } = here;
  if (link.who === undefined) {
    await new Promise<void>((resolve) => {
      const heard = link.said.on(() => resolve());
      setTimeout(() => [heard.dispose(), resolve()], WAIT_MS);
    });
  }
  const id = link.who && saidIn(link.who).id;
  if (link.who === null || isElse(here.ticket(), id)) await leave(here);
  else here.seen(say('chat.privacy.who'));
}

/** The page has said who is here, or that they have gone: the server checks it, and the page hears what came of it. */
export async function identify(here: Here): Promise<void> {
  const { site, link, memory } = here;
  const { who } = link;
  if (who === null) return leave(here);
  if (!who) return;
  if (isElse(here.ticket(), saidIn(who).id)) await leave(here);
  const token = here.ticket()?.token;
  try {
    const { id, email } = await site.identify(who, token);
    // The page may have said something else meanwhile, or the chat may have been forgotten.
    const ticket = here.ticket();
    if (link.who !== who) return;
    if (ticket && ticket.token === token) {
      ticket.who = id;
      ticket.contact ||= Boolean(email);
      memory.save(ticket);
    }
    here.seen(say('chat.privacy.who'));
    link.tell({ brigade: 1, type: 'identified' });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (link.who !== who) return;
    const ticket = here.ticket();
    if (error.code !== 'CONFLICT' || !ticket || ticket.token !== token) return link.tell({ brigade: 1, type: 'identify_failed', code: error.code });
    // Another tab has identified somebody else in this chat.
    await leave(here);
    await identify(here);
  }
}

/** As “Forget this chat” without its question. What cannot be reached is not waited for: in this browser it is gone at once. */
async function leave(here: Here): Promise<void> {
  const left = here.ticket();
  for (const of of ['new', left?.conversation ?? 'new']) new Drafts('visitor', of).text = '';
  here.drop();
  here.seen();
  if (left) await here.site.forget(left.token).catch(() => {});
}

const isElse = (ticket: Ticket | undefined, id: string | null | undefined) => Boolean(ticket?.who && id && ticket.who !== id);
