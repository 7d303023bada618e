import { remember, remembered } from '../../base/remembered';

/** What comes within this time of the last is not told as well. */
const REST_MS = 3_000;

/** Whether this page is the first of the device to tell of what happened then, and nothing was told just now; `name` is what is told of. */
export async function claimed(name: string, at: string): Promise<boolean> {
  const claim = () => {
    const [last = '', when = '0'] = (remembered(name) ?? '').split(' ');
    if (last >= at || Math.abs(Date.now() - Number(when)) < REST_MS) return false;
    remember(name, `${at} ${Date.now()}`);
    return true;
  };
  // Only known on secure pages; elsewhere two pages may be heard at the same moment.
  const { locks } = navigator as { locks?: LockManager | null };
  return locks ? locks.request(name, claim) : claim();
}
