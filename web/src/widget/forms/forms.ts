// The one script for forms on a customer's page: a frame in each element that asks for one. It reads nothing of the page but its address and its language.
import { FORM_NAMES, KINDS } from '../../words/form';
import { languageFor } from '../../words/languages';
import { readToFormPage, type ToForm } from '../form-messages';

/** What `loader.ts` calls the element of the chat, and what it remembers that there is one by. */
const CHAT = 'brigade-chat';
/** What a form is high until it says so: the page below it moves little. */
const FIRST_HEIGHT = 480;

interface Brigade { push(run: (chat: { open(): void }) => void): unknown }

function start(script: HTMLScriptElement): void {
  const key = script.dataset['key'] ?? '';
  if (!/^pk_[\w-]+$/.test(key)) return console.warn('Brigade: data-key must be the public key (pk_…) of your business.');
  const { origin } = new URL(script.src);
  const language = languageFor([script.dataset['language'] ?? document.documentElement.lang, ...navigator.languages]);
  const frames = new Set<HTMLIFrameElement>();

  for (const place of document.querySelectorAll<HTMLElement>('[data-brigade-form]')) {
    const kind = KINDS.find((known) => known === place.dataset['brigadeForm']);
    if (!kind) {
      console.warn(`Brigade: data-brigade-form is ${KINDS.join(' or ')}.`);
      continue;
    }
    if (place.querySelector('iframe')) continue;
    const frame = document.createElement('iframe');
    frame.title = FORM_NAMES[language][kind];
    frame.lang = language;
    Object.assign(frame.style, { display: 'block', width: '100%', height: `${FIRST_HEIGHT}px`, border: '0', borderRadius: '12px' });
    frame.src = `${origin}/widget/form?key=${encodeURIComponent(key)}#${encodeURIComponent(location.origin)}&${language}&${kind}`;
    place.append(frame);
    frames.add(frame);
  }

  addEventListener('message', (event) => {
    const frame = [...frames].find(({ contentWindow }) => contentWindow === event.source);
    if (!frame || event.origin !== origin) return;
    const message = readToFormPage(event.data);
    switch (message?.type) {
      case 'ready':
        // The path is enough to know where somebody asks; what comes after ? and # may be private.
        return frame.contentWindow?.postMessage({ brigade: 1, type: 'page', page: location.origin + location.pathname, chat: document.getElementById(CHAT) !== null } satisfies ToForm, origin);
      case 'height':
        frame.style.height = `${message.height}px`;
        return;
      case 'sent':
        return goesOn(key);
      case 'chat':
        return void ((window as { Brigade?: Brigade }).Brigade ??= [] as unknown as Brigade).push((chat) => chat.open());
    }
  });
}

/** The chat of this page goes on with the conversation: it is loaded anew where it was open, and with the next page where not. */
function goesOn(key: string): void {
  try {
    localStorage.setItem(`${CHAT}:${key}`, '1');
  } catch {
    // No storage: it is loaded when it is opened.
  }
  const chat = document.getElementById(CHAT)?.shadowRoot?.querySelector('iframe');
  if (!chat) return;
  const { src } = chat;
  chat.addEventListener('load', () => chat.contentWindow?.location.replace(src), { once: true });
  chat.contentWindow?.location.replace('about:blank');
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement) {
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', () => start(script));
  else start(script);
}
