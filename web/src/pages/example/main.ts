// An example for developers: a page of a customer, with a few lines of its own around the chat.
import './example.css';

/** `docs/guide/developer.md` says what each is for. */
interface Brigade {
  open(): void;
  close(): void;
  toggle(): void;
  identify(token: string): void;
  forget(): void;
  on(event: 'ready' | 'opened' | 'closed', handler: () => void): void;
  on(event: 'unread', handler: (count: number) => void): void;
  on(event: 'identified' | 'forgotten', handler: () => void): void;
  on(event: 'identify_failed', handler: (code: string) => void): void;
}

declare global {
  interface Window {
    Brigade?: { push(run: (brigade: Brigade) => void): unknown };
  }
}

const heard = document.getElementById('heard');
const unread = document.getElementById('unread');

function write(text: string): void {
  const line = document.createElement('li');
  line.textContent = `${new Date().toLocaleTimeString('en-GB')} ${text}`;
  heard?.append(line);
}

// From here on works whether the chat is there already or comes later.
const brigade = (window.Brigade ??= [] as ((brigade: Brigade) => void)[]);

brigade.push((chat) => {
  chat.on('ready', () => write('ready'));
  chat.on('opened', () => write('opened'));
  chat.on('closed', () => write('closed'));
  chat.on('unread', (count) => {
    write(`unread: ${count}`);
    if (unread) unread.textContent = String(count);
  });
  chat.on('identified', () => write('identified'));
  chat.on('identify_failed', (code) => write(`identify_failed: ${code}`));
  chat.on('forgotten', () => write('forgotten'));
});

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-do]')) {
  // By its name each time: the chat takes it over when it comes.
  button.addEventListener('click', () => window.Brigade?.push((chat) => chat[button.dataset['do'] as 'open' | 'close' | 'toggle' | 'forget']()));
}

// A real page has it from its server, which signs for whoever is signed in there: `identify` as soon as the page is there, `forget` when they sign out.
document.getElementById('who')?.addEventListener('submit', (event) => {
  event.preventDefault();
  const token = document.getElementById('token') as HTMLInputElement;
  window.Brigade?.push((chat) => chat.identify(token.value.trim()));
});
