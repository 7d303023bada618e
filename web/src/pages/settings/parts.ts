import { ApiError } from '../../api/http';
import { asApiError } from '../../api/refused';
import { Disposables } from '../../base/disposables';
import { busy, button } from '../../components/button/button';
import { emptyState, loadingState } from '../../components/empty/empty';
import { clearProblems, problemSummary, showProblem, type AnyField } from '../../components/field/field';
import type { TenantState } from '../../live/protocol.gen';
import { CommandRefused } from '../../live/queue';
import type { StateStore } from '../../live/state-store';
import type { Session } from '../../session/start';
import { el, fill, type Attributes, type Child } from '../../ui/dom';
import { copyIcon, offlineIcon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import styles from './settings.module.css';

export const c = mustClass(styles);

/** A titled box. */
export function card(title: string, ...inside: Child[]): HTMLElement {
  return el('section', { class: c('card') }, el('h2', { class: c('heading') }, title), ...inside);
}

/** A part that is fetched: shows that it loads, that it could not, and then what it is. */
export function loaded<T>(owned: Disposables, label: string, fetchIt: () => Promise<T>, draw: (value: T, again: () => void) => Child): HTMLElement {
  const box = el('div', {}, loadingState(label, 2));
  const run = async () => {
    try {
      const value = await fetchIt();
      fill(box, draw(value, () => void run()));
    } catch (error) {
      const again = button({ label: 'Try again', kind: 'primary' });
      owned.listen(again, 'click', () => void run());
      fill(box, emptyState({ icon: offlineIcon, title: 'This could not be loaded', text: messageOf(error), action: again, level: 'h3' }));
    }
  };
  void run();
  return box;
}

/** Draws once, as soon as it is known how the business is set up: what somebody is editing is not taken away by a colleague's change. */
export function onceKnown({ owned }: Session, tenant: StateStore<TenantState>, box: HTMLElement, draw: (state: TenantState) => Child | Child[]): HTMLElement {
  let drawn = false;
  const look = () => {
    if (drawn || !tenant.state) return;
    drawn = true;
    fill(box, ...[draw(tenant.state)].flat());
  };
  owned.add(tenant.changed.on(look));
  look();
  return box;
}

/** A form that says when it is saved and what was wrong. */
export function saveForm(owned: Disposables, parts: { fields: Record<string, AnyField>; inside?: Child[]; label?: string; save: () => Promise<string | void> }): HTMLFormElement {
  const summary = problemSummary();
  const said = el('span', { class: c('said'), role: 'status' });
  const submit = button({ label: parts.label ?? 'Save', kind: 'primary' }, { type: 'submit' });
  const { fields } = parts;
  const form = el(
    'form', { class: c('form'), novalidate: true }, summary.root,
    ...(parts.inside ?? Object.values(fields).map(({ root }) => root)), el('div', { class: c('foot') }, submit, said),
  );
  owned.listen(form, 'input', () => fill(said));
  owned.listen(form, 'submit', (event) => {
    event.preventDefault();
    if (submit.disabled) return;
    clearProblems(fields, summary);
    fill(said);
    busy(submit, parts.save).then(
      (text) => fill(said, text ?? 'Saved.'),
      (error: unknown) => showProblem(asApiError(error), fields, summary),
    );
  });
  return form;
}

/** What to say of an error. */
export function messageOf(error: unknown): string {
  return error instanceof ApiError || error instanceof CommandRefused ? error.message : 'This did not work. Try again.';
}

/** A button that does something that can fail. */
export function doButton(
  owned: Disposables, look: Parameters<typeof button>[0], run: () => Promise<unknown>, complain: (text: string) => void, attributes: Attributes = {},
): HTMLButtonElement {
  const target = button({ small: true, ...look }, attributes);
  owned.listen(target, 'click', () => void busy(target, run).catch((error: unknown) => complain(messageOf(error))));
  return target;
}

/** Puts a text into the clipboard. */
export function copyButton(owned: Disposables, text: string, say: (text: string) => void): HTMLButtonElement {
  const copy = button({ label: 'Copy', icon: copyIcon, small: true });
  owned.listen(copy, 'click', () => void navigator.clipboard.writeText(text).then(() => say('Copied.'), () => say('Select the text and copy it by hand: the browser does not allow it here.')));
  return copy;
}
