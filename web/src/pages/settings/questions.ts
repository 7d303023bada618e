import { button } from '../../components/button/button';
import { choiceField, field, textField, type AnyField } from '../../components/field/field';
import type { TenantState, VisitorQuestion } from '../../live/protocol.gen';
import type { StateStore } from '../../live/state-store';
import type { Session } from '../../session/start';
import { el } from '../../ui/dom';
import { plusIcon } from '../../ui/icons';
import { c, card, onceKnown, saveForm } from './parts';

const MAX_QUESTIONS = 5;
const MAX_WORDS = 200;
const KINDS: { value: VisitorQuestion['kind']; label: string }[] = [
  { value: 'text', label: 'Some words' }, { value: 'name', label: 'Their name, which the conversation gets' }, { value: 'email', label: 'An e-mail address' }, { value: 'choice', label: 'One of several' },
];

/** What visitors are asked before their first message. */
export function questionCard(session: Session, tenant: StateStore<TenantState>): HTMLElement {
  const box = onceKnown(session, tenant, el('div', {}, 'Loading…'), ({ questions }) => form(session, questions ?? []));
  return card('Before the first message', el('p', { class: c('soft') }, `Up to ${MAX_QUESTIONS} questions. The answers are beside the conversation, for your team. Each one keeps some visitors from writing: with none, they write at once.`), box);
}

interface Row {
  root: HTMLElement;
  read: () => VisitorQuestion;
  focus: () => void;
}

function form({ client, owned, tenant }: Session, known: readonly VisitorQuestion[]): HTMLElement {
  const rows: Row[] = [];
  const list = el('ol', { class: c('rows') });
  const none = el('p', { class: c('soft') }, 'Nothing is asked.');
  const add = button({ label: 'Add a question', icon: plusIcon });
  const suit = () => {
    none.hidden = rows.length > 0;
    add.hidden = rows.length >= MAX_QUESTIONS;
  };
  const insert = (question: VisitorQuestion) => {
    const row = rowOf(owned, question, () => {
      rows.splice(rows.indexOf(row), 1);
      row.root.remove();
      suit();
      (rows[0]?.focus ?? (() => add.focus()))();
    });
    rows.push(row);
    list.append(row.root);
    suit();
    return row;
  };
  known.forEach(insert);
  suit();
  owned.listen(add, 'click', () => insert({ question: '', kind: 'text', required: false }).focus());
  const fields: Record<string, AnyField> = {};
  return saveForm(owned, {
    fields,
    inside: [none, list, el('div', {}, add)],
    save: async () => {
      await client.command(`tenant:${tenant.id}`, 'set_questions', { questions: rows.map((row) => row.read()) }).done;
    },
  });
}

function rowOf(owned: Session['owned'], known: VisitorQuestion, remove: () => void): Row {
  const question = field({ label: 'Question', name: 'question' }, { value: known.question, maxlength: MAX_WORDS, autocomplete: 'off', dir: 'auto' });
  const kind = choiceField({ label: 'Answered with', name: 'kind' }, KINDS);
  kind.input.value = known.kind;
  const choices = textField({ label: 'To choose from', name: 'choices', hint: '2 to 10, one a line.' }, { rows: 3, dir: 'auto' });
  choices.input.value = (known.choices ?? []).join('\n');
  const required = el('input', { type: 'checkbox', checked: known.required });
  const away = button({ label: 'Remove the question', kind: 'plain', small: true });
  const suit = () => void (choices.root.hidden = kind.input.value !== 'choice');
  owned.listen(kind.input, 'change', suit);
  owned.listen(away, 'click', remove);
  suit();
  return {
    root: el('li', {}, el('div', { class: c('form', 'grow') }, question.root, kind.root, choices.root, el('label', { class: c('tick') }, required, 'There is no chat without an answer'), el('div', {}, away))),
    focus: () => question.input.focus(),
    read: () => {
      const asked = { question: question.input.value.trim(), kind: kind.input.value as VisitorQuestion['kind'], required: required.checked };
      const lines = choices.input.value.split('\n').map((line) => line.trim()).filter((line) => line !== '');
      return asked.kind === 'choice' ? { ...asked, choices: lines } : asked;
    },
  };
}
