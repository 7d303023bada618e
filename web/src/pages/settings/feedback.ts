import { SCORES } from '../../components/feedback/scores';
import { field } from '../../components/field/field';
import type { TenantState } from '../../live/protocol.gen';
import type { StateStore } from '../../live/state-store';
import type { Session } from '../../session/start';
import { el, setText, type Child } from '../../ui/dom';
import { icon } from '../../ui/icons';
import { c, card, onceKnown, saveForm } from './parts';

const MAX_QUESTION = 200;
const USUAL = 'How did we do?';

/** What customers are asked once they were served. */
export function feedbackSection(session: Session, tenant: StateStore<TenantState>): Child[] {
  return [
    el('p', { class: c('lead') }, 'Customers can say how they were served, in one click and without leaving the chat.'),
    onceKnown(session, tenant, el('div', { class: c('form') }, 'Loading…'), ({ feedback }) => questionCard(session, feedback ?? null)),
  ];
}

function questionCard({ client, owned, tenant }: Session, known: string | null): HTMLElement {
  const asks = el('input', { type: 'checkbox', checked: known !== null });
  const question = field({ label: 'What you ask', name: 'question', hint: 'Something that can be answered with bad or good.' }, { value: known ?? USUAL, maxlength: MAX_QUESTION, autocomplete: 'off' });
  const shown = el('p', { class: c('asked') });
  const preview = el(
    'figure', { class: c('preview') }, el('figcaption', { class: c('soft') }, 'What customers see'), shown,
    el('ul', { class: c('faces') }, ...SCORES.map(({ face, label }) => el('li', {}, icon(face), label))));
  const suit = () => {
    question.root.hidden = preview.hidden = !asks.checked;
    setText(shown, question.input.value.trim() || '…');
  };
  owned.listen(asks, 'change', suit);
  owned.listen(question.input, 'input', suit);
  suit();
  return card('Feedback', saveForm(owned, {
    fields: { question },
    inside: [
      el('label', { class: c('tick') }, asks, 'Ask customers how it was'),
      question.root, preview,
      el('p', { class: c('soft') }, 'Whoever had an answer is asked when the conversation is resolved, also when they come back later. They can add a few words, and change their mind until they write again. Whoever has said something is not asked again for a day.'),
    ],
    save: async () => {
      await client.command(`tenant:${tenant.id}`, 'set_feedback', { question: asks.checked ? question.input.value : null }).done;
    },
  }));
}
