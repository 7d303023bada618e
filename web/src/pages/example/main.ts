// An example for developers: a page of a customer, with a few lines of its own around the chat.
import './example.css';

/** `docs/guide/developer.md` says what each is for. */
interface Brigade {
  open(): void;
  close(): void;
  toggle(): void;
  on(event: 'ready' | 'opened' | 'closed', handler: () => void): void;
  on(event: 'unread', handler: (count: number) => void): void;
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
});

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-do]')) {
  // By its name each time: the chat takes it over when it comes.
  button.addEventListener('click', () => window.Brigade?.push((chat) => chat[button.dataset['do'] as 'open' | 'close' | 'toggle']()));
}
