import type { Disposables } from '../../base/disposables';
import { el, setText } from '../../ui/dom';
import type { Alerts } from './alerts';

/** Whether something is heard on this device. */
export function soundBox(alerts: Alerts, owned: Disposables): HTMLInputElement {
  const box = el('input', { type: 'checkbox' });
  const draw = () => (box.checked = alerts.sound);
  owned.add(alerts.changed.on(draw));
  owned.listen(box, 'change', () => (alerts.sound = box.checked));
  draw();
  return box;
}

/** Whether it is shown on the desktop, and why it cannot be. */
export function desktopBox(alerts: Alerts, owned: Disposables): { box: HTMLInputElement; problem: HTMLElement } {
  const box = el('input', { type: 'checkbox' });
  const problem = el('p', { role: 'alert', hidden: true });
  const draw = () => (box.checked = alerts.desktop);
  owned.add(alerts.changed.on(draw));
  owned.listen(box, 'change', () => void choose());
  draw();
  return { box, problem };

  async function choose(): Promise<void> {
    const done = await alerts.showOnDesktop(box.checked);
    problem.hidden = done;
    setText(problem, done ? '' : 'Your browser does not allow this. Allow notifications for this site in the settings of your browser, and try again.');
  }
}
