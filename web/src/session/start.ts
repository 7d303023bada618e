import { ApiError, settled } from '../api/http';
import { call, homeOf, isStaff, me, sessionChanged, signInAddress, type SignedIn } from '../api/session';
import { Disposables } from '../base/disposables';
import { button } from '../components/button/button';
import { emptyState, loadingState } from '../components/empty/empty';
import { Alerts } from '../components/notices/alerts';
import { NoticeShelf } from '../components/notices/notice-shelf';
import { pushChosen } from '../components/push/chosen';
import { Actions } from '../components/palette/actions';
import { Toasts } from '../components/toast/toast';
import { LiveClient } from '../live/client';
import { Presence } from '../live/presence';
import type { WelcomeFrame } from '../live/protocol.gen';
import { tabShelf } from '../live/shelf';
import { fill, mustFind } from '../ui/dom';
import { offlineIcon } from '../ui/icons';
import { painted } from '../ui/painted';

/** What is there wherever somebody is signed in, in a business or not. */
export interface Own {
  who: SignedIn;
  toasts: Toasts;
  /** What can be done on this page. */
  actions: Actions;
  owned: Disposables;
}

/** What every page of a business behind a sign-in has. */
export interface Session extends Own {
  tenant: { id: string; name: string; slug: string };
  client: LiveClient;
  presence: Presence;
  /** What one was told; only the staff are. */
  notices?: NoticeShelf;
  /** What makes one look at them. */
  alerts?: Alerts;
}

/** What the page has of who looks into a business for the platform. */
export interface Looking extends Own {
  tenant: { id: string; name: string; slug: string };
  /** Until when at the latest. */
  until: string;
  client: LiveClient;
}

const AWAY_MS = 120_000;
/** Another tab's new session is here by then. */
const ASK_AGAIN_MS = 1_000;

/** Says that the page could not be loaded, and lets it be tried again. */
function couldNotLoad(app: Element, error: unknown, retry: () => void): void {
  const again = button({ label: 'Try again', kind: 'primary' });
  new Disposables().listen(again, 'click', retry);
  const text = error instanceof ApiError ? error.message : 'Something unexpected happened while this page was loading.';
  fill(app, emptyState({ icon: offlineIcon, title: 'This page could not be loaded', text, action: again }));
  if (!(error instanceof ApiError)) throw error;
}

/** Starts the page of who operates the platform; sends everybody else to where they belong. They act in no business, so there is no socket. */
export async function startOperator(begin: (own: Own) => void): Promise<void> {
  const app = mustFind('#app');
  fill(app, loadingState('Loading', 3));
  try {
    const who = await me();
    if (!who.signed_in || !who.user || who.next) return location.replace(signInAddress());
    if (who.kind !== 'super_admin') return location.replace(who.tenant || who.support ? homeOf(who) : '/sign-in');
    const owned = new Disposables();
    const toasts = owned.add(new Toasts());
    document.body.append(toasts.root);
    begin({ who: who as SignedIn, toasts, actions: new Actions(), owned });
  } catch (error) {
    couldNotLoad(app, error, () => void startOperator(begin));
  }
}

/** Resolves who is signed in, opens the socket and starts the page; sends everybody else to where they belong. */
export async function startSession(page: 'staff' | 'client' | 'everybody', begin: (session: Session) => void): Promise<void> {
  const app = mustFind('#app');
  fill(app, loadingState('Loading', 3));
  try {
    const who = await me();
    if (!who.signed_in || !who.user) return location.replace(signInAddress());
    if (who.next) return location.replace(signInAddress());
    if (who.support) return location.replace(homeOf(who));
    if (!who.tenant) return location.replace(who.kind === 'super_admin' ? homeOf(who) : '/sign-in');
    if (page !== 'everybody' && isStaff(who) !== (page === 'staff')) return location.replace(homeOf(who));
    begin(openSession(who as SignedIn, who.tenant));
  } catch (error) {
    couldNotLoad(app, error, () => void startSession(page, begin));
  }
}

/**
 * Starts the page of who looks into a business for the platform: nothing is kept of what they do there, and nobody sees them. `over` is drawn
 * when the business does not let them look any more.
 */
export async function startLooking(begin: (session: Looking) => void, over: (own: Own & { business: string }) => void): Promise<void> {
  const app = mustFind('#app');
  fill(app, loadingState('Loading', 3));
  try {
    const who = await me();
    if (!who.signed_in || !who.user) return location.replace(signInAddress());
    if (!who.support) return location.replace(homeOf(who));
    const known = who as SignedIn;
    const owned = new Disposables();
    const toasts = owned.add(new Toasts());
    document.body.append(toasts.root);
    const own = { who: known, toasts, actions: new Actions(), owned };
    if (who.support.ended || !who.tenant) return over({ ...own, business: who.support.business });
    const client = owned.add(new LiveClient(known.user.id, tabShelf(`${who.tenant.id}.support`)));
    client.connection.mine = sameAs(known, who.tenant.id);
    owned.add(client.connection.status.on((status) => status.kind === 'signed_out' && location.reload()));
    client.connection.open();
    begin({ ...own, tenant: who.tenant, until: who.support.until, client });
  } catch (error) {
    couldNotLoad(app, error, () => void startLooking(begin, over));
  }
}

function sameAs({ user, kind }: SignedIn, tenant: string): (welcome: WelcomeFrame) => boolean {
  return (welcome) => welcome.who === user.id && welcome.kind === kind && welcome.tenant === tenant;
}

function openSession(who: SignedIn, tenant: Session['tenant']): Session {
  const owned = new Disposables();
  const client = owned.add(new LiveClient(who.user.id, tabShelf(`${tenant.id}.${who.user.id}`)));
  client.connection.mine = sameAs(who, tenant.id);
  const presence = client.add(new Presence((frame) => client.connection.send(frame)));
  const toasts = owned.add(new Toasts());
  document.body.append(toasts.root);
  owned.add(client.connection.status.on((status) => status.kind === 'signed_out' && void resolveAgain(client, who)));
  watchAway(owned, presence);
  owned.listen(window, 'beforeunload', (event) => {
    // What is on its way survives a reload in this tab, but not its closing.
    if (client.queue.busy && !client.connection.ready) event.preventDefault();
  });
  // Nothing of what is drawn first comes from the socket, and to open one takes a slow phone 20 ms.
  void painted().then(() => client.connection.open());
  const told = isStaff(who) ? tells(who.user.id, tenant.name, client, owned) : {};
  return { who, tenant, client, presence, toasts, ...told, actions: new Actions(), owned };
}

function tells(me: string, business: string, client: LiveClient, owned: Disposables): Required<Pick<Session, 'notices' | 'alerts'>> {
  const notices = owned.add(new NoticeShelf(me, client.connection));
  // What is not there now is told at the next page.
  if (pushChosen() === me) void import('../components/push/push').then(({ keepPush }) => keepPush(notices)).catch(() => undefined);
  return { notices, alerts: owned.add(new Alerts(notices, business)) };
}

/** The socket was closed for the session's sake: rights may have changed, or it is over. */
async function resolveAgain(client: LiveClient, before: SignedIn): Promise<void> {
  try {
    // The socket hears of a changed password before the answer that brings the new session is here.
    await settled();
    sessionChanged();
    let who = await me();
    if (!who.signed_in) {
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
      who = await me();
    }
    if (!who.signed_in || who.user?.id !== before.user.id) return location.replace(signInAddress());
    if (who.kind !== before.kind || who.tenant?.id !== before.tenant?.id) return location.reload();
    client.connection.restart();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    setTimeout(() => void resolveAgain(client, before), 3_000);
  }
}

/** Away after two minutes in the background. */
function watchAway(owned: Disposables, presence: Presence): void {
  let timer: { dispose(): void } | undefined;
  owned.listen(document, 'visibilitychange', () => {
    owned.drop(timer);
    if (document.visibilityState === 'visible') presence.set('online');
    else timer = owned.after(AWAY_MS, () => presence.set('away'));
  });
}

/** Ends the session here and leaves. */
export async function signOut(session: Own): Promise<void> {
  await call('POST', '/v1/auth/sign-out', {});
  session.owned.dispose();
  sessionChanged();
  location.assign('/sign-in');
}
