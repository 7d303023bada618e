// The service worker: shows what a push service brings while no page of Brigade is open. It keeps nothing and stands between no page
// and the server.
export {};

/** What is sent; see `domain/src/notices/push.rs`. */
interface Told {
  title: string;
  body: string;
  /** Where it leads, below the origin. */
  url: string;
  /** A newer one takes its place. */
  tag: string;
  at: string;
}

interface Waits extends Event {
  waitUntil(done: Promise<unknown>): void;
}

interface Page {
  readonly url: string;
  focus(): Promise<unknown>;
}

/** What there is of a service worker here: the page's types and its own do not go together. */
interface Worker {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: { matchAll(options: { type: 'window'; includeUncontrolled: true }): Promise<Page[]>; openWindow(url: string): Promise<unknown> };
  readonly location: Location;
  addEventListener(type: 'push', handle: (event: Waits & { data: { json(): unknown } | null }) => void): void;
  addEventListener(type: 'notificationclick', handle: (event: Waits & { notification: Notification }) => void): void;
  addEventListener(type: 'pushsubscriptionchange', handle: (event: Waits & { oldSubscription?: PushSubscription | null; newSubscription?: PushSubscription | null }) => void): void;
}

const worker = self as unknown as Worker;

worker.addEventListener('push', (event) => event.waitUntil(show(event.data)));
worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open((event.notification.data as { url?: unknown } | null)?.url));
});
worker.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(renew(event.oldSubscription ?? null, event.newSubscription ?? null)));

/** Something is always shown: browsers take the right to push from whoever does not. */
async function show(data: { json(): unknown } | null): Promise<void> {
  const told = read(data);
  const options = { body: told.body, tag: told.tag, data: { url: told.url }, dir: 'auto' as const, timestamp: Date.parse(told.at) || Date.now() };
  await worker.registration.showNotification(told.title, options);
}

function read(data: { json(): unknown } | null): Told {
  const told: Told = { title: 'Brigade', body: 'There is something new.', url: '/inbox', tag: 'new', at: '' };
  try {
    return { ...told, ...(data?.json() as Partial<Told>) };
  } catch {
    return told;
  }
}

/** A page that shows it already, or else a new one. Only pages of this server are opened. */
async function open(url: unknown): Promise<void> {
  const target = new URL(typeof url === 'string' ? url : '/inbox', worker.location.origin);
  if (target.origin !== worker.location.origin) return;
  const pages = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const there = pages.find((page) => page.url === target.href);
  await (there ? there.focus() : worker.clients.openWindow(target.href));
}

/** The push service gave this browser another address: the server is told, as whoever is signed in here. */
async function renew(before: PushSubscription | null, after: PushSubscription | null): Promise<void> {
  const key = before?.options.applicationServerKey;
  const now = after ?? (key ? await worker.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }) : null);
  const { endpoint, keys } = now?.toJSON() ?? {};
  if (!endpoint || !keys) return;
  const me = (await (await fetch('/v1/auth/me')).json()) as { data?: { csrf?: string | null } };
  const headers = { 'content-type': 'application/json', 'x-csrf-token': me.data?.csrf ?? '' };
  await fetch('/v1/notices/devices', { method: 'POST', headers, body: JSON.stringify({ endpoint, p256dh: keys['p256dh'], auth: keys['auth'] }) });
}
