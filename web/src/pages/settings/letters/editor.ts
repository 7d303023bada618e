import { MAX_SUBJECT, MAX_TEXT, previewLetter, wordLetter, type Letter, type Occasion, type Wording } from '../../../api/letters';
import { ApiError } from '../../../api/http';
import { button } from '../../../components/button/button';
import { confirmLoss } from '../../../components/dialog/dialog';
import { field, textField } from '../../../components/field/field';
import type { Session } from '../../../session/start';
import { el } from '../../../ui/dom';
import { mustClass } from '../../../ui/must-class';
import { c, messageOf, saveForm } from '../parts';
import styles from './letters.module.css';
import { LetterPreview } from './preview';

const l = mustClass(styles);

/** So long after the last key the letter is drawn anew. */
const PAUSE_MS = 500;

/** What was written of a letter and not saved, over which one. */
export type Drafts = Map<Occasion, Wording & { rev: number }>;

/** What a place is called that is filled in. */
const PLACES: Record<string, string> = {
  'customer.name': 'Their name', 'customer.first_name': 'Their first name',
  'person.name': 'Their name', 'person.first_name': 'Their first name',
  'business.name': 'Name of your business',
};

interface Hooks {
  title: string;
  drafts: Drafts;
  /** There is a draft now, or none any more. */
  changed: () => void;
  kept: (letter: Letter) => void;
}

/** Subject and text of a letter, and beside them how it arrives. */
export function editor(session: Session, from: Letter, { title, drafts, changed, kept }: Hooks): HTMLElement {
  const { owned } = session;
  const { occasion } = from;
  let letter = from;
  const subject = field({ label: 'Subject', name: 'subject' }, { dir: 'auto', autocomplete: 'off', maxlength: MAX_SUBJECT * 2 });
  const text = textField({ label: 'Text', name: 'text', hint: 'An empty line begins a new paragraph. What to say when a name is not known goes after a bar: {{business.name|us}}.' }, { dir: 'auto', rows: 9, maxlength: MAX_TEXT * 2 });
  const fields = { subject, text };
  const preview = owned.add(new LetterPreview());
  const undo = button({ label: 'Discard changes', small: true });

  const saved = (): Wording => letter.own ?? letter.ours;
  const written = (): Wording => ({ subject: subject.input.value, text: text.input.value });
  const put = (wording: Wording) => {
    subject.input.value = wording.subject;
    text.input.value = wording.text;
  };
  const remember = () => {
    const had = drafts.has(occasion);
    const wording = written();
    if (same(wording, saved())) drafts.delete(occasion);
    else drafts.set(occasion, { ...wording, rev: drafts.get(occasion)?.rev ?? letter.rev });
    undo.hidden = !drafts.has(occasion);
    if (drafts.has(occasion) !== had) changed();
  };

  // Of several answers the newest question's counts.
  let asked = 0;
  const look = async () => {
    const mine = ++asked;
    try {
      const letterAsItArrives = await previewLetter(occasion, written());
      if (mine !== asked) return;
      for (const each of Object.values(fields)) each.setProblem(null);
      preview.show(letterAsItArrives);
    } catch (error) {
      if (mine !== asked) return;
      const where = error instanceof ApiError && (error.field === 'subject' || error.field === 'text') ? error.field : undefined;
      if (where) fields[where].setProblem(messageOf(error));
      preview.wait(where ? undefined : messageOf(error));
    }
  };
  let pause = owned.after(0, () => void look());
  const lookSoon = () => {
    owned.drop(pause);
    pause = owned.after(PAUSE_MS, () => void look());
  };

  const form = saveForm(owned, {
    fields,
    inside: [subject.root, text.root, places(session, letter.placeholders, subject.input, text.input)],
    save: async () => {
      const saving = written();
      letter = await wordLetter(occasion, drafts.get(occasion)?.rev ?? letter.rev, saving);
      // What was typed meanwhile is over the new one.
      drafts.delete(occasion);
      if (same(saving, written())) put(saved());
      remember();
      kept(letter);
      return 'Saved. Letters say this from now on.';
    },
  });
  form.querySelector('[type=submit]')!.after(undo);
  owned.listen(form, 'input', () => {
    remember();
    lookSoon();
  });
  owned.listen(undo, 'click', () => void confirmLoss({ title: 'Discard your changes?', text: 'What you have written since you last saved is lost.', yes: 'Discard', no: 'Keep writing' }).then((yes) => {
    if (!yes) return;
    drafts.delete(occasion);
    put(saved());
    undo.hidden = true;
    for (const each of Object.values(fields)) each.setProblem(null);
    changed();
    void look();
    subject.input.focus();
  }));
  put(drafts.get(occasion) ?? saved());
  undo.hidden = !drafts.has(occasion);
  return el('section', { class: c('card') },
    el('h2', { class: c('heading'), tabindex: -1 }, title),
    el('div', { class: l('editor') }, form, preview.root));
}

/** Buttons that put a place to fill in where one was writing last. */
function places({ owned }: Session, placeholders: string[], subject: HTMLInputElement, text: HTMLTextAreaElement): HTMLElement {
  let last: HTMLInputElement | HTMLTextAreaElement = text;
  owned.listen(subject, 'focus', () => (last = subject));
  owned.listen(text, 'focus', () => (last = text));
  const buttons = placeholders.map((name) => {
    const insert = button({ label: PLACES[name] ?? name, small: true }, { title: `{{${name}}}` });
    owned.listen(insert, 'click', () => {
      const written = `{{${name}}}`;
      last.setRangeText(written, last.selectionStart ?? last.value.length, last.selectionEnd ?? last.value.length, 'end');
      last.dispatchEvent(new Event('input', { bubbles: true }));
      last.focus();
    });
    return insert;
  });
  return el('div', { class: l('places'), role: 'group', 'aria-label': 'Fill in' }, el('span', { class: c('soft'), 'aria-hidden': 'true' }, 'Fill in:'), ...buttons);
}

function same(one: Wording, other: Wording): boolean {
  return one.subject === other.subject && one.text === other.text;
}
