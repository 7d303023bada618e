import { ApiError, request } from '../../api/http';
import { Disposables, type Disposable } from '../../base/disposables';
import { busy, button } from '../../components/button/button';
import { clearProblems, field, mayBeEmail, problemSummary, showProblem, textField, type AnyField } from '../../components/field/field';
import { newUuid } from '../../live/world';
import { el, fill } from '../../ui/dom';
import { mustClass } from '../../ui/must-class';
import { FORM, FORM_NAMES, type FormKind } from '../../words/form';
import { filled, language, say } from '../../words/say';
import type { Memory } from '../frame/memory';
import { Shelf, type Values } from './begun';
import type { FormLink } from './form-link';
import { whatNext } from './what-next';
import styles from './form.module.css';

const c = mustClass(styles);

/** Browsers do not always know that the line is back; far fewer than an address may begin chats. */
const AGAIN_MS = 20_000;

/** What the server says of a form that has arrived. */
interface Sent {
  conversation: string;
  visitor: string;
  token: string;
  has_chat: boolean;
  open_now: boolean;
  opens_at: string | null;
}

/** A form of a site: its fields, and what happens next when it was sent. It is sent once, whatever happens on the way. */
export class Form implements Disposable {
  readonly root = el('div', { class: c('form') });
  #words = FORM[language];
  #key: string;
  #kind: FormKind;
  #memory: Memory;
  #link: FormLink;
  #shelf: Shelf;
  #owned = new Disposables();
  #fields: Record<string, AnyField> = {};
  #summary = problemSummary();
  #send = button({ label: '', kind: 'primary' }, { type: 'submit' });
  #sending = false;

  constructor(key: string, kind: FormKind, memory: Memory, link: FormLink) {
    [this.#key, this.#kind, this.#memory, this.#link] = [key, kind, memory, link];
    this.#shelf = new Shelf(key, kind);
    // What went out when the line was gone goes out again when it is back.
    const again = () => this.#shelf.begun.underWay && void this.#deliver();
    this.#owned.listen(window, 'online', again);
    this.#owned.every(AGAIN_MS, again);
  }

  /** Shows the form; what was on its way when the page was left goes on. */
  start(): void {
    this.#draw();
    if (this.#shelf.begun.underWay) void this.#deliver();
  }

  dispose(): void {
    this.#owned.dispose();
    this.root.remove();
  }

  #draw(): void {
    const [words, kind] = [this.#words, this.#kind];
    this.#fields = {
      name: field({ label: words.name, name: 'name' }, { required: true, maxlength: 200, autocomplete: 'name', dir: 'auto' }),
      email: field({ label: words.email, name: 'email' }, { type: 'email', required: true, maxlength: 254, autocomplete: 'email' }),
      telephone: field({ label: words.telephone, name: 'telephone' }, { type: 'tel', maxlength: 50, autocomplete: 'tel' }),
      ...(kind === 'access' && { company: field({ label: words.company, name: 'company' }, { maxlength: 200, autocomplete: 'organization', dir: 'auto' }) }),
      message: textField({ label: words.message[kind], name: 'message' }, { required: true, maxlength: 4_000, rows: 5, dir: 'auto' }),
      // Nobody sees it; what fills it in is no person.
      website: field({ label: words.trap, name: 'website' }, { tabindex: -1, autocomplete: 'off' }),
    };
    for (const [name, { input }] of Object.entries(this.#fields)) input.value = this.#shelf.begun.values[name] ?? '';
    const { website, ...seen } = this.#fields;
    this.#send = button({ label: words.send[kind], kind: 'primary' }, { type: 'submit' });
    const form = el(
      'form', { class: c('fields'), novalidate: true }, this.#summary.root, ...Object.values(seen).map(({ root }) => root),
      el('div', { class: c('trap'), 'aria-hidden': 'true' }, website!.root),
      el('div', { class: c('foot') }, this.#send, el('p', { class: c('privacy') }, say('chat.privacy'))),
    );
    // What is changed once more goes out by hand.
    this.#owned.listen(form, 'input', () => this.#shelf.keep({ ...this.#shelf.begun, values: this.#values(), underWay: false }));
    this.#owned.listen(form, 'submit', (event) => {
      event.preventDefault();
      if (this.#isWhole()) void this.#deliver();
    });
    const title = FORM_NAMES[language][kind];
    document.title = title;
    fill(this.root, el('h1', { class: 'visually-hidden' }, title), form);
  }

  #values(): Values {
    return Object.fromEntries(Object.entries(this.#fields).map(([name, { input }]) => [name, input.value]));
  }

  #isWhole(): boolean {
    clearProblems(this.#fields, this.#summary);
    const { email } = this.#fields;
    const wrong = Object.values(this.#fields).filter((each) => {
      const text = each.input.value.trim();
      const problem = text === '' ? (each.input.required ? this.#words.missing : null) : each === email && !mayBeEmail(text) ? say('email.wrong') : null;
      each.setProblem(problem);
      return problem !== null;
    });
    wrong[0]?.input.focus();
    return wrong.length === 0;
  }

  /** Sends what is in the fields. Until there is an answer its id stays the same, so that it arrives once. */
  async #deliver(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    const values = this.#values();
    const id = this.#shelf.begun.id ?? newUuid();
    this.#shelf.keep({ values, id, underWay: true });
    this.#hold(true);
    try {
      const sent = await busy(this.#send, () => this.#ask(id, values));
      this.#arrived(sent, values);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#failed(error);
    } finally {
      this.#sending = false;
      this.#hold(false);
    }
  }

  /** What is on its way is not changed meanwhile. */
  #hold(on: boolean): void {
    for (const { input } of Object.values(this.#fields)) input.toggleAttribute('readonly', on);
  }

  #ask(id: string, values: Values): Promise<Sent> {
    const { name, email, message, website } = values;
    const optional = Object.fromEntries(['telephone', 'company'].flatMap((each) => (values[each]?.trim() ? [[each, values[each]]] : [])));
    const body = { id, form: this.#kind, name, email, message, ...optional, page: this.#link.page, token: this.#memory.load()?.token, website: website || undefined };
    return request('POST', '/v1/site/forms', body, { headers: { 'x-tenant-key': this.#key } });
  }

  #failed(error: ApiError): void {
    // Whether it arrived nobody knows: it keeps its id, and goes out again by itself or by hand.
    const unknown = error.code === 'OFFLINE';
    this.#shelf.keep({ ...this.#shelf.begun, underWay: unknown });
    const trap = this.#fields['website']!;
    if (error.field === 'website') {
      trap.input.value = '';
      this.#shelf.keep({ ...this.#shelf.begun, values: this.#values() });
      return this.#summary.show(this.#words.again);
    }
    if (unknown) return this.#summary.show(this.#words.offline);
    if (error.field !== undefined && this.#fields[error.field]) return showProblem(error, this.#fields, this.#summary);
    const { message: problem, retryAfter } = error;
    const said = retryAfter === undefined ? problem : say('http.wait', { problem, n: Math.max(1, Math.ceil(retryAfter)) });
    this.#summary.show(filled(this.#words.kept, { problem: said }));
  }

  #arrived(sent: Sent, { name, email }: Values): void {
    this.#shelf.forget();
    clearProblems(this.#fields, this.#summary);
    const { conversation, visitor, token, has_chat } = sent;
    // The chat that this browser has stays the one it has.
    if (!has_chat) {
      this.#memory.save({ conversation, visitor, token, contact: true });
      this.#link.tell({ brigade: 1, type: 'sent' });
    }
    const goesOn = !has_chat && this.#link.chat;
    const words = this.#words;
    const title = el('h1', { class: c('thanks'), tabindex: '-1', dir: 'auto' }, filled(words.thanks, { name: name!.trim() }));
    const [chat, another] = [button({ label: words.toChat, kind: 'primary' }), button({ label: words.another })];
    this.#owned.listen(chat, 'click', () => this.#link.tell({ brigade: 1, type: 'chat' }));
    this.#owned.listen(another, 'click', () => {
      this.#draw();
      this.#fields['name']!.input.focus();
    });
    fill(this.root, el(
      'div', { class: c('arrived') }, title,
      el('p', {}, `${words.arrived} ${whatNext(sent)}`, this.#kind === 'access' ? ` ${words.invited}` : null),
      el('p', {}, filled(words.reach, { email: email!.trim() }), goesOn ? ` ${words.chat}` : null),
      el('div', { class: c('foot') }, goesOn ? chat : null, another),
    ));
    // Who has gone on elsewhere on the page meanwhile is left there.
    if (document.hasFocus()) title.focus();
  }
}
