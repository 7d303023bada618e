import { freshEntityId } from '../../api/ids';
import { Disposables } from '../../base/disposables';
import { button } from '../../components/button/button';
import { formDialog } from '../../components/dialog/form-dialog';
import { emptyState, loadingState } from '../../components/empty/empty';
import { field } from '../../components/field/field';
import { byName, COLORS, labelChip } from '../../components/label/label';
import type { Label, LabelColor, TenantState } from '../../live/protocol.gen';
import type { StateStore } from '../../live/state-store';
import type { Session } from '../../session/start';
import { el, fill, type Child } from '../../ui/dom';
import { offlineIcon, plusIcon } from '../../ui/icons';
import { c, card, doButton, messageOf } from './parts';

const MAX_NAME = 40;

/** What conversations are about: the staff put labels on them, an admin makes them. Live, as colleagues change them too. */
export function labelSection(session: Session, tenant: StateStore<TenantState>, admin: boolean): Child[] {
  const box = el('div', {}, loadingState('Loading the labels', 2));
  // What was pressed is drawn anew: the focus goes to what stands in its place.
  const focus = (selector: string) => requestAnimationFrame(() => box.querySelector<HTMLElement>(selector)?.focus());
  let rows = session.owned.add(new Disposables());
  let drawn = '';
  const draw = () => {
    if (!tenant.state) return;
    const key = JSON.stringify(tenant.state.labels ?? {});
    if (key === drawn) return;
    drawn = key;
    session.owned.drop(rows);
    rows = session.owned.add(new Disposables());
    fill(box, list({ ...session, owned: rows }, Object.entries(tenant.state.labels ?? {}), admin, focus));
  };
  session.owned.add(tenant.changed.on(draw));
  session.owned.add(tenant.refusals.on((error) => fill(box, emptyState({ icon: offlineIcon, title: 'The labels cannot be shown', text: error.message, level: 'h3' }))));
  draw();
  return [card('What conversations are about', el('p', { class: c('soft') }, 'Press l in a conversation to put labels on it. The inbox can show what has one of them. Customers never see them.'), box)];
}

function list(session: Session, labels: [string, Label][], admin: boolean, focus: (selector: string) => void): HTMLElement {
  const { owned, toasts } = session;
  const complain = (text: string) => toasts.show({ text, danger: true });
  const rows = byName(labels).map(([id, label]) => el(
    'li', {}, el('div', { class: c('grow') }, labelChip(label)),
    admin ? doButton(owned, { label: 'Change' }, async () => {
      await edit(session, id, label);
      focus(`[data-label="${id}"]`);
    }, complain, { 'aria-label': `Change ${label.name}`, 'data-label': id }) : null,
    admin ? doButton(owned, { label: 'Remove', kind: 'plain' }, async () => {
      await command(session, 'remove_label', { label: id });
      focus('[data-add]');
      const undo = () => void command(session, 'set_label', { label: id, ...label }).catch((error: unknown) => complain(messageOf(error)));
      toasts.show({ text: `“${label.name}” is removed, also from the conversations that had it.`, action: { label: 'Undo', run: undo } });
    }, complain, { 'aria-label': `Remove ${label.name}` }) : null,
  ));
  const add = admin ? button({ label: 'Add a label', icon: plusIcon, kind: 'primary' }, { 'data-add': true }) : null;
  if (add) owned.listen(add, 'click', () => void edit(session, freshEntityId('lbl')).then(() => focus('[data-add]')));
  return el('div', { class: c('form') },
    rows.length > 0 ? el('ul', { class: c('rows') }, ...rows) : el('p', { class: c('soft') }, 'There are none yet. Think of what you would like to find again: allergies, catering, complaints.'),
    el('div', { class: c('foot') }, add ?? el('span', { class: c('soft') }, 'Your admins add and change them.')));
}

/** Asks what a label is called and how it looks, and keeps it. */
async function edit(session: Session, id: string, label?: Label): Promise<void> {
  const name = field({ label: 'Name', name: 'name' }, { autocomplete: 'off', maxlength: MAX_NAME + 1, value: label?.name ?? '', dir: 'auto' });
  const colors = COLORS.map((color) => {
    const radio = el('input', { type: 'radio', name: 'color', value: color });
    radio.checked = color === (label?.color ?? 'green');
    return el('label', { class: c('swatch') }, radio, labelChip({ name: colorText(color), color }));
  });
  const choice = el('fieldset', { class: c('swatches') }, el('legend', {}, 'Colour'), ...colors);
  await formDialog({
    title: label ? `Change “${label.name}”` : 'New label',
    fields: { name },
    inside: [name.root, choice],
    submit: label ? 'Save' : 'Add',
    save: () => {
      const color = choice.querySelector<HTMLInputElement>('input:checked')!.value as LabelColor;
      return command(session, 'set_label', { label: id, name: name.input.value, color });
    },
  });
}

function command(session: Session, type: 'set_label' | 'remove_label', body: { label: string; name: string; color: LabelColor } | { label: string }): Promise<unknown> {
  return session.client.command(`tenant:${session.tenant.id}`, type, body as { label: string; name: string; color: LabelColor }).done;
}

function colorText(color: LabelColor): string {
  return color[0]!.toUpperCase() + color.slice(1);
}
