import { pushDevices, removePushDevice, testPushDevice, type PushDevice, type PushDevices } from '../../api/devices';
import { deviceText } from '../../base/device';
import type { Session } from '../../session/start';
import { el, fill, setText } from '../../ui/dom';
import { timeElement } from '../time-text/time-text';
import { pushState, turnPushOff, turnPushOn, type PushState } from './push';

/** What the page gives: its looks, and its way to do what can fail. */
export interface Around {
  classOf: (name: 'form' | 'tick' | 'rows' | 'grow' | 'soft' | 'tag' | 'warn' | 'foot' | 'said') => string;
  doButton: (label: string, name: string, run: () => Promise<unknown>, complain: (text: string) => void) => HTMLElement;
  messageOf: (error: unknown) => string;
}

/** A test is there by then, or its push service has said no. */
const LOOK_AGAIN_MS = 4_000;

const WHY: Record<PushState, string> = {
  unsupported: 'This browser cannot be told while Brigade is closed. On an iPhone or iPad, add Brigade to the home screen first and open it from there; elsewhere, choose a newer browser.',
  denied: 'Your browser does not allow notifications here. Choose the symbol beside the address, allow notifications for this site, and load this page again.',
  off: '',
  on: '',
};

/** Whether one is told in this browser while Brigade is closed, and on which devices one is. */
export function pushCard(session: Session, known: PushDevices, { classOf: c, doButton, messageOf }: Around): HTMLElement {
  const { owned, who, toasts } = session;
  const complain = (text: string) => toasts.show({ text, danger: true });
  const box = el('input', { type: 'checkbox' });
  const problem = el('p', { role: 'alert' });
  const said = el('span', { class: c('said'), role: 'status' });
  const list = el('div', {});
  const root = el('div', { class: c('form') },
    el('p', {}, 'Your browser’s push service brings what you were told and have not read, as long as you are signed in there: names, and nothing of what was written. Not while you have a page before you, and not in your quiet hours.'),
    el('label', { class: c('tick') }, box, 'On this device, also when Brigade is closed'), problem, list, el('div', { class: c('foot') }, said));

  const draw = (next: PushDevices, why?: string) => {
    known = next;
    const state = pushState(known);
    box.checked = state === 'on';
    box.disabled = state === 'unsupported';
    setText(problem, why ?? WHY[state]);
    problem.hidden = problem.textContent === '';
    const { devices } = known;
    list.hidden = devices.length === 0;
    fill(list, devices.length === 0 ? null : el('ul', { class: c('rows'), 'aria-label': 'Devices that get notifications' }, ...devices.map(row)));
  };
  const look = async () => draw(await pushDevices());

  const row = (device: PushDevice) => {
    const name = deviceText(device.device) || 'A browser that does not say what it is';
    const remove = () => (device.current ? turnPushOff(known) : removePushDevice(device.id)).then(look);
    const test = () => testPushDevice(device.id).then(() => {
      setText(said, 'On its way: it arrives within some seconds where the device is on.');
      owned.after(LOOK_AGAIN_MS, () => void look().catch(() => undefined));
    });
    const failed = device.failed_at !== null;
    return el('li', {},
      el('div', { class: c('grow') },
        el('strong', {}, el('bdi', { title: device.device }, name)), ' ',
        device.current ? el('span', { class: c('tag') }, 'This one') : null, failed ? el('span', { class: `${c('tag')} ${c('warn')}` }, 'Not reached') : null,
        el('div', { class: c('soft') }, ...(failed ? ['It could not be reached ', timeElement(device.failed_at!)] : device.reached_at === null ? ['Since ', timeElement(device.created_at)] : ['Last reached ', timeElement(device.reached_at)]))),
      doButton('Send a test notification', `Send a test notification: ${name}`, test, complain),
      doButton('Remove', `Remove: ${name}`, remove, complain));
  };

  owned.listen(box, 'change', () => void choose(box.checked));
  draw(known);
  return root;

  async function choose(on: boolean): Promise<void> {
    box.disabled = true;
    setText(said, on ? 'Asking your browser…' : '');
    let why: string | undefined;
    try {
      if (on) {
        const state = await turnPushOn(who.user.id, known);
        why = state === 'off' ? 'Your browser asked, and was not answered. Try again, and choose to allow notifications.' : undefined;
      } else await turnPushOff(known);
    } catch (error) {
      why = error instanceof DOMException ? 'Your browser could not reach its push service. Look whether you are online, and try again.' : messageOf(error);
    }
    setText(said, '');
    draw(await pushDevices().catch(() => known), why);
    box.focus();
  }
}
