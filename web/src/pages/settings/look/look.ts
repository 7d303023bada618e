import { button } from '../../../components/button/button';
import { choiceField, field } from '../../../components/field/field';
import type { Look, TenantState } from '../../../live/protocol.gen';
import type { StateStore } from '../../../live/state-store';
import type { Session } from '../../../session/start';
import { el, setText, type Child } from '../../../ui/dom';
import { mustClass } from '../../../ui/must-class';
import { c, card, loaded, onceKnown, saveForm } from '../parts';
import { faintness, tidy } from './colours';
import styles from './look.module.css';
import type { Preview } from './preview';
import { verdictOf } from './verdict';

const l = mustClass(styles);

/** What the chat has until somebody chooses something else. */
const USUAL: Look = { accent: null, side: 'right' };
/** Where choosing begins: the usual colour. */
const FIRST = '#09634a';

/** How the chat looks on the business's site. */
export function lookSection(session: Session, tenant: StateStore<TenantState>): Child[] {
  const box = el('div', { class: c('form') }, 'Loading…');
  onceKnown(session, tenant, box, (state) => lookCard(session, state));
  return [el('p', { class: c('lead') }, 'The chat on your site can have your colour, on the side of the page where it is in nobody’s way.'), box];
}

function lookCard({ client, owned, tenant }: Session, state: TenantState): HTMLElement {
  let saved = state.look ?? USUAL;
  const own = el('input', { type: 'checkbox' });
  const accent = field({ label: 'Colour', name: 'accent', hint: '# and six digits, as in your style guide.' }, { maxlength: 9, autocomplete: 'off', spellcheck: 'false', dir: 'ltr' });
  const picker = el('input', { type: 'color', class: l('picker'), 'aria-label': 'Choose the colour' });
  const side = choiceField({ label: 'Side of the page', name: 'side' }, [{ value: 'right', label: 'Right' }, { value: 'left', label: 'Left' }]);
  const words = el('p', { class: c('soft'), role: 'status' });
  const nearer = button({ label: '', small: true });
  const offer = el('div', {}, nearer);
  const usual = button({ label: 'Back to the usual look', small: true });
  const undo = button({ label: 'Undo', small: true });
  let preview: Preview | undefined;
  let shown = saved;
  // The widget's own style and messages: fetched here only.
  const previews = loaded(owned, 'Loading the preview', () => import('./preview'), ({ Preview: Drawn }) => {
    preview = owned.add(new Drawn(state.name, state.greeting.online));
    preview.show(shown);
    return preview.root;
  });
  const choice = el('div', { class: c('form') }, el('div', { class: l('colour') }, picker, accent.root), words, offer);

  const chosen = (): Look => ({ accent: own.checked ? (tidy(accent.input.value) ?? accent.input.value.trim()) : null, side: side.input.value as Look['side'] });
  const suit = () => {
    const look = chosen();
    const color = look.accent === null ? undefined : tidy(look.accent);
    const faint = color === undefined ? undefined : faintness(color);
    choice.hidden = look.accent === null;
    if (color) picker.value = color;
    setText(words, look.accent === null ? '' : verdictOf(color));
    offer.hidden = faint === undefined;
    if (faint) setText(nearer, `Use ${faint.nearest} instead`);
    undo.hidden = same(look, saved);
    usual.hidden = same(look, USUAL);
    // What is not yet a colour leaves the last one in the preview; what would be refused is shown as what it would become.
    if (look.accent === null || color) shown = { accent: color ?? null, side: look.side };
    preview?.show(shown);
  };
  const put = (look: Look) => {
    own.checked = look.accent !== null;
    accent.input.value = look.accent ?? FIRST;
    side.input.value = look.side;
    accent.setProblem(null);
    suit();
  };
  put(saved);

  const form = saveForm(owned, {
    fields: { accent, side },
    inside: [
      el('label', { class: c('tick') }, own, 'A colour of our own'), choice, side.root, previews,
      el('div', { class: c('foot') }, undo, usual),
      el('p', { class: c('soft') }, 'Visitors see a change within five minutes, when they load the next page.'),
    ],
    save: async () => {
      const look = chosen();
      await client.command(`tenant:${tenant.id}`, 'set_look', look).done;
      saved = look;
      suit();
    },
  });
  owned.listen(form, 'input', (event) => {
    if (event.target === picker) accent.input.value = picker.value;
    accent.setProblem(null);
    suit();
  });
  owned.listen(nearer, 'click', () => {
    accent.input.value = faintness(tidy(accent.input.value) ?? FIRST)?.nearest ?? accent.input.value;
    accent.setProblem(null);
    suit();
    accent.input.focus();
  });
  owned.listen(undo, 'click', () => {
    put(saved);
    own.focus();
  });
  owned.listen(usual, 'click', () => {
    put(USUAL);
    own.focus();
  });
  return card('Look', form);
}

function same(one: Look, other: Look): boolean {
  return one.accent === other.accent && one.side === other.side;
}
