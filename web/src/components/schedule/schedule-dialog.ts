import type { Hours } from '../../live/protocol.gen';
import { el, freshId } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import { formDialog } from '../dialog/form-dialog';
import { field, textField } from '../field/field';
import styles from './schedule.module.css';
import { instantOf, laters, momentIn, problemOf, wallOf } from './zone';

const c = mustClass(styles);

/** What was chosen. */
export interface Chosen {
  text: string;
  sendAt: Date;
  /** Only if the customer writes nothing until then. */
  careful: boolean;
}

export interface ScheduleLook {
  zone: string;
  hours: Hours;
  /** What the customer is called. */
  customer: string;
  /** What there is to change, when something is scheduled already. */
  before?: Chosen;
  save: (chosen: Omit<Chosen, 'text'> & { text?: string }) => Promise<unknown>;
}

/** Asks when something is sent, and on which condition; for what is scheduled already also what it says. */
export function scheduleDialog(look: ScheduleLook, now = new Date()): Promise<boolean> {
  const { zone, before } = look;
  const presets = laters(now, zone, look.hours);
  const usual = presets.find(({ label }) => label === 'Tomorrow morning') ?? presets[0]!;
  const wanted = before?.sendAt ?? usual.at;
  const name = freshId('when');
  const group = el('fieldset', { class: c('choices') }, el('legend', { class: c('legend') }, 'Send it'));
  const radio = (value: string, label: string, note: string, checked: boolean) => {
    const input = el('input', { type: 'radio', name, value, checked });
    group.append(el('label', { class: c('choice') }, input, el('span', {}, label), note === '' ? null : el('span', { class: c('soft') }, note)));
    return input;
  };
  const radios = presets.map(({ label, at }, index) => radio(String(index), label, momentIn(at.toISOString(), zone, now), !before && at === usual.at));
  const other = radio('other', 'Another time', '', before !== undefined);
  const sendAt = field({ label: 'Day and time', name: 'send_at', hint: `By the clock of your business (${zone}).` },
    { type: 'datetime-local', min: wallOf(now, zone), value: wallOf(wanted, zone) });
  const text = textField({ label: 'Message', name: 'text' }, { rows: 4, dir: 'auto', maxlength: 8_000 });
  text.input.value = before?.text ?? '';
  const careful = el('input', { type: 'checkbox', checked: before?.careful ?? true });
  const show = () => {
    sendAt.root.hidden = !other.checked;
  };
  group.addEventListener('change', () => {
    show();
    if (other.checked) sendAt.input.focus();
  });
  show();
  const { setProblem } = sendAt;
  // A refusal of the server may be about one of those that are offered: it is shown where it can be seen.
  const shown = { ...sendAt, setProblem: (problem: string | null) => {
    if (problem !== null) other.checked = true;
    show();
    setProblem(problem);
  } };
  const chosen = (): Date | undefined => {
    const preset = presets[radios.findIndex(({ checked }) => checked)];
    // What is at that minute already keeps its second.
    if (!preset && wallOf(wanted, zone) === sendAt.input.value) return wanted;
    return preset ? preset.at : instantOf(sendAt.input.value, zone);
  };
  return formDialog({
    title: before ? 'Change the scheduled message' : 'Send later',
    fields: { send_at: shown, text },
    inside: [
      ...(before ? [text.root] : []), group, sendAt.root,
      el('label', { class: c('tick') }, careful, el('span', {}, `Only if ${look.customer} has not written by then`,
        el('span', { class: c('soft') }, 'Otherwise it is held back, and you are told.'))),
    ],
    submit: before ? 'Save' : 'Schedule',
    check: () => {
      const problem = other.checked ? problemOf(sendAt.input.value, zone, new Date()) : null;
      if (problem !== null) shown.setProblem(problem);
      const empty = before !== undefined && text.input.value.trim() === '';
      if (empty) text.setProblem('Write something, or cancel the message.');
      return problem === null && !empty;
    },
    save: () => look.save({ sendAt: chosen()!, careful: careful.checked, ...(before && { text: text.input.value.trim() }) }),
  });
}
