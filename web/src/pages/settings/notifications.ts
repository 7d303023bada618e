import { ApiError } from '../../api/http';
import { keepNoticeSettings, noticeSettings, type MailWhen, type NoticeSettings } from '../../api/notice-settings';
import type { NoticeKind } from '../../api/notices';
import { pushDevices } from '../../api/devices';
import { desktopBox, soundBox } from '../../components/notices/device-choices';
import { choiceField, field } from '../../components/field/field';
import type { Session } from '../../session/start';
import type { Disposables } from '../../base/disposables';
import type { Alerts } from '../../components/notices/alerts';
import { el, fill, setText, type Child } from '../../ui/dom';
import { c, card, doButton, loaded, messageOf } from './parts';

const KINDS: readonly { kind: NoticeKind; label: string; admin?: true; always?: true }[] = [
  { kind: 'assigned', label: 'A conversation is given to me' },
  { kind: 'mentioned', label: 'Somebody mentions me' },
  { kind: 'answered', label: 'A customer writes in a conversation of mine' },
  { kind: 'waiting', label: 'A customer waits, and nobody has the conversation' },
  { kind: 'due', label: 'Something of mine is due soon or was missed' },
  { kind: 'accepted', label: 'Whom I invited is a client now' },
  { kind: 'entrusted', label: 'I become the manager of an account' },
  { kind: 'held_back', label: 'A message I scheduled was held back' },
  { kind: 'webhook_off', label: 'A webhook was switched off', admin: true },
  { kind: 'support_came', label: 'The platform’s support begins to look (always told here)', admin: true, always: true },
];

const WHEN: readonly { value: MailWhen; label: string }[] = [
  { value: '15_minutes', label: 'After I was away for 15 minutes' },
  { value: 'hour', label: 'After I was away for an hour' },
  { value: 'daily', label: 'Once a day' },
  { value: 'never', label: 'Never' },
];

/** Something else was wanted meanwhile, so it is tried once more with what is known then. */
const TRIES = 2;

/** What one wants to be told, by mail too, and when not. Each choice is kept at once. */
export function notificationSection(session: Session): Child[] {
  return [
    el('p', { class: c('lead') }, 'Yours alone, and the same in every business you work for.'),
    loaded(session.owned, 'Loading', noticeSettings, (settings) => new Choices(session, settings).root),
    session.alerts ? onThisDevice(session.alerts, session.owned) : null,
    session.alerts ? whileClosed(session) : null,
  ];
}

function whileClosed(session: Session): HTMLElement {
  const { owned } = session;
  const around = {
    classOf: c, messageOf,
    doButton: (label: string, name: string, run: () => Promise<unknown>, complain: (text: string) => void) => doButton(owned, { label, kind: 'quiet' }, run, complain, { 'aria-label': name }),
  };
  const fetched = async () => ({ known: await pushDevices(), draw: (await import('../../components/push/push-card')).pushCard });
  return card('While Brigade is closed',
    loaded(owned, 'Loading your devices', fetched, ({ known, draw }) => draw(session, known, around)));
}

function onThisDevice(alerts: Alerts, owned: Disposables): HTMLElement {
  const { box, problem } = desktopBox(alerts, owned);
  return card('On this device',
    el('p', {}, 'While a page of Brigade is open here and you look elsewhere. Of a conversation before your eyes nothing is heard, and in your quiet hours nothing at all.'),
    el('label', { class: c('tick') }, soundBox(alerts, owned), 'A sound when there is something new'),
    el('label', { class: c('tick') }, box, 'Shown on the desktop while the page is in the background, without what was written'),
    problem);
}

class Choices {
  readonly root = el('div', { class: c('form') });
  /** As the server keeps them. */
  #kept: NoticeSettings;
  /** As they are shown: what was chosen here is shown before it is kept. */
  #shown: NoticeSettings;
  #saving = Promise.resolve();
  /** How many choices are not kept yet: what is shown is newer than what the server answers. */
  #pending = 0;
  #said = el('span', { class: c('said'), role: 'status' });
  #complain: (text: string) => void;
  #boxes: { kind: NoticeKind; here: HTMLInputElement; mailed: HTMLInputElement; pushed: HTMLInputElement }[] = [];
  #when = choiceField({ label: 'What I have not read comes by e-mail', name: 'mail', hint: 'One letter with all of it, and nothing twice. What you have read meanwhile is not in it.' }, WHEN);
  #hour = choiceField({ label: 'At this hour of my day', name: 'mail_hour' }, Array.from({ length: 24 }, (_, hour) => ({ value: String(hour), label: `${String(hour).padStart(2, '0')}:00` })));
  #quiet = el('input', { type: 'checkbox' });
  #from = field({ label: 'From', name: 'from' }, { type: 'time', required: true });
  #to = field({ label: 'To', name: 'to' }, { type: 'time', required: true });
  #zone = field({ label: 'My time zone', name: 'zone', hint: 'Hours stay right when clocks change.' }, { list: 'notice-zones' });

  constructor(session: Session, settings: NoticeSettings) {
    this.#kept = this.#shown = settings;
    const { owned, who, toasts } = session;
    this.#complain = (text) => toasts.show({ text, danger: true });
    const kinds = KINDS.filter(({ admin }) => !admin || who.kind === 'admin');
    const rows = kinds.map(({ kind, label, always = false }) => {
      const here = el('input', { type: 'checkbox', disabled: always, 'aria-label': `Told here: ${label}` });
      const mailed = el('input', { type: 'checkbox', 'aria-label': `By e-mail: ${label}` });
      const pushed = el('input', { type: 'checkbox', 'aria-label': `On my devices: ${label}` });
      this.#boxes.push({ kind, here, mailed, pushed });
      return el('tr', {}, el('th', { scope: 'row' }, label), ...[here, mailed, pushed].map((each) => el('td', {}, each)));
    });
    const zones = el('datalist', { id: 'notice-zones' }, ...Intl.supportedValuesOf('timeZone').map((value) => el('option', { value })));
    fill(
      this.root,
      card('What you are told', el('table', { class: c('table') },
        el('caption', { class: 'visually-hidden' }, 'What you are told here, by e-mail, and on your devices while Brigade is closed'),
        el('thead', {}, el('tr', {}, ...['What', 'Told here', 'By e\u2011mail', 'On my devices'].map((name) => el('th', { scope: 'col' }, name)))),
        el('tbody', {}, ...rows))),
      card('By e-mail', this.#when.root, this.#hour.root),
      card('Quiet hours', el('p', {}, 'No e-mail comes in these hours, and no device shows or sounds anything. What there is comes after them.'),
        el('label', { class: c('tick') }, this.#quiet, 'Keep quiet hours'), this.#from.root, this.#to.root, this.#zone.root, zones),
      el('p', { class: c('kept') }, this.#said),
    );
    owned.listen(this.root, 'change', () => this.#chosen());
    // Another page of mine may have changed them: it is said with what else is new.
    if (session.notices) owned.add(session.notices.changed.on(() => void this.#look()));
    this.#draw();
  }

  #draw(): void {
    const { off, unmailed, unpushed, mail, mail_hour, zone, quiet } = this.#shown;
    for (const { kind, here, mailed, pushed } of this.#boxes) {
      here.checked = !off.includes(kind);
      mailed.checked = here.checked && !unmailed.includes(kind);
      mailed.disabled = !here.checked || mail === 'never';
      pushed.checked = here.checked && !unpushed.includes(kind);
      pushed.disabled = !here.checked;
    }
    this.#when.input.value = mail;
    this.#hour.input.value = String(mail_hour);
    this.#hour.root.hidden = mail !== 'daily';
    this.#quiet.checked = quiet !== null;
    this.#from.root.hidden = this.#to.root.hidden = quiet === null;
    this.#zone.root.hidden = quiet === null && mail !== 'daily';
    if (document.activeElement !== this.#from.input) this.#from.input.value = quiet?.from ?? '';
    if (document.activeElement !== this.#to.input) this.#to.input.value = quiet?.to ?? '';
    if (document.activeElement !== this.#zone.input) this.#zone.input.value = zone ?? '';
  }

  #chosen(): void {
    const { off, unmailed, unpushed } = this.#shown;
    const mailed = (kind: NoticeKind) => this.#boxes.find((box) => box.kind === kind);
    const quiet = this.#quiet.checked ? { from: this.#from.input.value || '22:00', to: this.#to.input.value || '07:00' } : null;
    const mail = this.#when.input.value as MailWhen;
    const others = (known: readonly NoticeKind[]) => known.filter((kind) => !mailed(kind));
    const wanted = {
      off: [...others(off), ...this.#boxes.flatMap(({ kind, here }) => (here.checked ? [] : [kind]))],
      // What cannot be chosen now stays as it was.
      unmailed: [...others(unmailed), ...this.#boxes.flatMap((box) => ((box.mailed.disabled ? unmailed.includes(box.kind) : !box.mailed.checked) ? [box.kind] : []))],
      unpushed: [...others(unpushed), ...this.#boxes.flatMap(({ kind, pushed }) => ((pushed.disabled ? unpushed.includes(kind) : !pushed.checked) ? [kind] : []))],
      mail, mail_hour: Number(this.#hour.input.value), quiet,
      // Of hours of one's own the clock is one's own too.
      zone: this.#zone.input.value.trim() || (quiet !== null || mail === 'daily' ? Intl.DateTimeFormat().resolvedOptions().timeZone : null),
    };
    this.#shown = { ...this.#shown, ...wanted };
    this.#draw();
    this.#pending += 1;
    setText(this.#said, 'Saving…');
    this.#saving = this.#saving.then(() => this.#save(wanted)).finally(() => (this.#pending -= 1));
  }

  async #save(wanted: Omit<NoticeSettings, 'rev'>, tries = TRIES): Promise<void> {
    try {
      this.#kept = await keepNoticeSettings({ ...wanted, rev: this.#kept.rev });
      if (this.#pending === 1) setText(this.#said, 'Saved.');
      this.#take(this.#kept);
    } catch (error) {
      if (error instanceof ApiError && error.code === 'CONFLICT' && tries > 1) {
        this.#kept = await noticeSettings().catch(() => this.#kept);
        return this.#save(wanted, tries - 1);
      }
      setText(this.#said, '');
      this.#complain(messageOf(error));
      this.#take(this.#kept);
    }
  }

  async #look(): Promise<void> {
    const settings = await noticeSettings().catch(() => undefined);
    if (!settings || this.#pending > 0 || settings.rev <= this.#kept.rev) return;
    this.#kept = settings;
    this.#take(settings);
  }

  #take(settings: NoticeSettings): void {
    if (this.#pending > 1) return;
    this.#shown = settings;
    this.#draw();
  }
}
