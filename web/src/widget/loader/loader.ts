// The one script a customer's page loads: a button, and a frame when it is wanted. It reads nothing of the page but its address and its language.
import css from 'virtual:loader-style';
import { languageFor } from '../../words/languages';
import { LOADER } from '../../words/loader';
import { readToPage, type ToFrame } from '../messages';
import { Api } from './api';
import { roundButton } from './button';

const ID = 'brigade-chat';
const LOOK_MS = 3_000;

function start(script: HTMLScriptElement): void {
  const key = script.dataset['key'] ?? '';
  if (!/^pk_[\w-]+$/.test(key)) return console.warn('Brigade: data-key must be the public key (pk_…) of your business.');
  if (document.getElementById(ID)) return;
  const { origin } = new URL(script.src);
  const host = document.createElement('div');
  host.id = ID;
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];

  // What the page says, or else the visitor's browser.
  const language = languageFor([script.dataset['language'] ?? document.documentElement.lang, ...navigator.languages]);
  const words = LOADER[language];
  host.lang = language;

  const { root: button, badge, show: draw } = roundButton(words);
  // The business's colour and side. The button waits for them, so that it is not seen in others first; but not for ever.
  const look = document.createElement('link');
  look.rel = 'stylesheet';
  look.href = `${origin}/widget/look.css?key=${encodeURIComponent(key)}`;
  const place = () => button.isConnected || root.append(button);
  look.onload = look.onerror = place;
  setTimeout(place, LOOK_MS);
  // Beside the shadow, not in it: the sheet speaks of nothing but this element.
  host.append(look);

  let frame: HTMLIFrameElement | undefined;
  let ready = false;
  let loaded = false;
  let open = false;

  const post = (message: ToFrame) => frame?.contentWindow?.postMessage(message, origin);
  const tell = (message: ToFrame) => ready && post(message);
  const sayWho = () => loaded && post({ brigade: 1, type: 'identify', token: gone ? null : who });
  // The path is enough to know where somebody asks; what comes after ? and # may be private.
  const sayState = () => tell(open ? { brigade: 1, type: 'opened', page: location.origin + location.pathname } : { brigade: 1, type: 'closed' });
  const load = () => {
    if (frame) return;
    frame = document.createElement('iframe');
    frame.title = words.frame;
    frame.hidden = true;
    frame.src = `${origin}/widget/frame?key=${encodeURIComponent(key)}#${encodeURIComponent(location.origin)}&${language}`;
    // Before anything is shown: what was said may be somebody else's.
    frame.onload = () => {
      loaded = true;
      sayWho();
    };
    root.prepend(frame);
  };
  const show = (wanted: boolean) => {
    const changed = open !== wanted;
    open = wanted;
    if (open) load();
    if (frame) frame.hidden = !open;
    draw(open);
    sayState();
    if (open) frame?.focus();
    if (changed) api.tell(open ? 'opened' : 'closed');
  };
  const close = () => {
    const within = document.activeElement === host;
    show(false);
    // What has the focus is never hidden with it.
    if (within) button.focus();
  };
  const identify = (token: unknown) => {
    gone ||= token === null;
    // An empty one is as wrong as any other, and not the same as none.
    who = token === null ? '' : String(token) || '?';
    if (gone && known()) {
      // The page may be left before the frame has heard it: then the next one says so.
      remember('0');
      load();
    }
    sayWho();
  };
  const showUnread = (count: number) => {
    api.tell('unread', count);
    badge.textContent = !open && count > 0 ? String(Math.min(99, count)) : '';
  };
  const api = new Api(() => show(true), close, () => (open ? close() : show(true)), identify);

  button.addEventListener('click', () => show(!open));
  addEventListener('message', (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== origin) return;
    const message = readToPage(event.data);
    if (message?.type === 'ready') {
      ready = true;
      sayState();
      api.tell('ready');
    } else if (message?.type === 'close') {
      show(false);
      button.focus();
    } else if (message?.type === 'unread') {
      if (!gone) remember('1');
      showUnread(message.count);
    } else if (message) {
      api.tell(message.type, message.code);
      if (message.type === 'forgotten') {
        remember();
        showUnread(0);
        // Who has come since is said now.
        if (gone) {
          gone = false;
          sayWho();
        }
      }
    }
  });

  // Somebody who has a conversation gets its news without opening it: the frame is loaded once the page has nothing else to do.
  const mark = `${ID}:${key}`;
  const remember = (text = '') => {
    try {
      localStorage.setItem(mark, text);
    } catch {
      // No storage: the frame is loaded when it is opened.
    }
  };
  /** `1`; `0` when it is to be forgotten. */
  const known = () => {
    try {
      return localStorage.getItem(mark);
    } catch {
      return null;
    }
  };
  /** Who is here, as the page says, and before that: whether somebody has gone whose chat the frame has not forgotten yet. */
  let who = '';
  let gone = known() === '0';
  show(false);
  document.body.append(host);
  api.begin();
  if (known()) setTimeout(load, gone ? 0 : 2_000);
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement) {
  if (document.body) start(script);
  else addEventListener('DOMContentLoaded', () => start(script));
}
