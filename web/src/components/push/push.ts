import { addPushDevice, pushDevices, removePushDevice, type PushDevices } from '../../api/devices';
import type { NoticeShelf } from '../notices/notice-shelf';
import { choosePush } from './chosen';

/** How it is in this browser. */
export type PushState = 'unsupported' | 'denied' | 'off' | 'on';

const WORKER = '/push-worker.js';

const canPush = () => window.isSecureContext && 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

/** How it is here, of somebody who is told on these devices. */
export function pushState({ devices }: PushDevices): PushState {
  if (!canPush()) return 'unsupported';
  if (Notification.permission === 'denied') return 'denied';
  return Notification.permission === 'granted' && devices.some(({ current }) => current) ? 'on' : 'off';
}

/** Asks the browser, which asks its person, and tells the server. Answers how it is then. */
export async function turnPushOn(user: string, { public_key: key }: PushDevices): Promise<PushState> {
  const said = await Notification.requestPermission();
  if (said !== 'granted') return said === 'denied' ? 'denied' : 'off';
  await navigator.serviceWorker.register(WORKER);
  const { pushManager } = await navigator.serviceWorker.ready;
  const wanted = { userVisibleOnly: true, applicationServerKey: key };
  const subscription = await pushManager.subscribe(wanted).catch(async () => {
    // One for another key, such as of this server before it was made anew.
    await (await pushManager.getSubscription())?.unsubscribe();
    return pushManager.subscribe(wanted);
  });
  await tell(subscription);
  choosePush(user);
  return 'on';
}

/** The server first: what it does not know any more is not told. */
export async function turnPushOff({ devices }: PushDevices): Promise<void> {
  choosePush(null);
  const here = devices.find(({ current }) => current);
  if (here) await removePushDevice(here.id);
  const registration = await navigator.serviceWorker.getRegistration('/');
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}

async function tell(subscription: PushSubscription): Promise<void> {
  const { endpoint, keys } = subscription.toJSON();
  await addPushDevice({ endpoint: endpoint ?? '', p256dh: keys?.['p256dh'] ?? '', auth: keys?.['auth'] ?? '' });
}

/** After another sign-in the server is told again; and what was read is taken from the desktop. */
export async function keepPush(shelf: NoticeShelf): Promise<void> {
  const registration = canPush() ? await navigator.serviceWorker.getRegistration('/') : undefined;
  if (!registration) return;
  const clear = async () => {
    const unread = new Set(shelf.items?.filter(({ read }) => !read).map(({ id }) => id));
    if (!shelf.items) return;
    for (const shown of await registration.getNotifications()) if (shown.tag.startsWith('ntc_') && !unread.has(shown.tag)) shown.close();
  };
  shelf.changed.on(() => void clear());
  void clear();
  const subscription = await registration.pushManager.getSubscription();
  if (!subscription || Notification.permission !== 'granted') return;
  const { devices } = await pushDevices();
  if (!devices.some(({ current }) => current)) await tell(subscription);
}
