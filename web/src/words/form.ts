import type { Language } from './languages';

/** The forms that a site can have on its pages. */
export const KINDS = ['enquiry', 'access'] as const;
export type FormKind = (typeof KINDS)[number];

/** What the loader of forms says on the customer's page. */
export const FORM_NAMES: Record<Language, Record<FormKind, string>> = {
  en: { enquiry: 'Enquiry', access: 'Request access' },
  de: { enquiry: 'Anfrage', access: 'Zugang anfragen' },
};

/** What a form says beside what it has in common with the chat. All languages at once: they are few words, and the chat's tables stay as small as they are. */
export const FORM: Record<Language, FormWords> = {
  en: {
    name: 'Your name',
    email: 'Your e-mail',
    telephone: 'Telephone (optional)',
    company: 'Company (optional)',
    message: { enquiry: 'What is it about?', access: 'What would you like to do with us?' },
    send: { enquiry: 'Send the enquiry', access: 'Request access' },
    missing: 'Please fill this in.',
    again: 'Please press the button once more.',
    offline: 'No connection. What you have written is kept here and goes out when the connection is back.',
    kept: '{problem} What you have written is still here.',
    thanks: 'Thank you, {name}.',
    arrived: 'Your message has arrived.',
    open: 'We are open and answer as soon as we can.',
    later: 'We answer when we are back.',
    today: 'We are back today at {time} and answer then.',
    tomorrow: 'We are back tomorrow at {time} and answer then.',
    day: 'We are back on {day} at {time} and answer then.',
    invited: 'If it fits, you get an invitation by e-mail.',
    reach: 'We reach you at {email}.',
    chat: 'The conversation also goes on in the chat on this site, with this browser.',
    toChat: 'Go on in the chat',
    another: 'Send another message',
    trap: 'Leave this empty',
  },
  de: {
    name: 'Ihr Name',
    email: 'Ihre E-Mail',
    telephone: 'Telefon (freiwillig)',
    company: 'Unternehmen (freiwillig)',
    message: { enquiry: 'Worum geht es?', access: 'Was haben Sie mit uns vor?' },
    send: { enquiry: 'Anfrage senden', access: 'Zugang anfragen' },
    missing: 'Bitte füllen Sie das aus.',
    again: 'Bitte drücken Sie noch einmal auf den Knopf.',
    offline: 'Keine Verbindung. Was Sie geschrieben haben, bleibt hier und wird gesendet, sobald die Verbindung wieder da ist.',
    kept: '{problem} Was Sie geschrieben haben, ist noch da.',
    thanks: 'Danke, {name}.',
    arrived: 'Ihre Nachricht ist angekommen.',
    open: 'Wir haben geöffnet und antworten, sobald wir können.',
    later: 'Wir antworten, wenn wir zurück sind.',
    today: 'Wir sind heute um {time} zurück und antworten dann.',
    tomorrow: 'Wir sind morgen um {time} zurück und antworten dann.',
    day: 'Wir sind am {day} um {time} zurück und antworten dann.',
    invited: 'Wenn es passt, bekommen Sie eine Einladung per E-Mail.',
    reach: 'Wir erreichen Sie unter {email}.',
    chat: 'Die Unterhaltung geht mit diesem Browser auch im Chat dieser Seite weiter.',
    toChat: 'Im Chat weiterschreiben',
    another: 'Noch eine Nachricht senden',
    trap: 'Lassen Sie das leer',
  },
};

type Plain = 'name' | 'email' | 'telephone' | 'company' | 'missing' | 'again' | 'offline' | 'kept' | 'thanks' | 'arrived' | 'open' | 'later' | 'today' | 'tomorrow' | 'day'
  | 'invited' | 'reach' | 'chat' | 'toChat' | 'another' | 'trap';
export type FormWords = Record<Plain, string> & Record<'message' | 'send', Record<FormKind, string>>;
