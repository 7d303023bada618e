import './frame.css';
import { mustFind } from '../../ui/dom';
import { speak } from '../../words/speak';
import { App } from './app';
import { Memory } from './memory';
import { PageLink } from './page-link';

const key = new URLSearchParams(location.search).get('key') ?? '';
// The page is heard from the beginning.
const link = new PageLink();
// Before anything is seen: nothing is said in two languages.
void speak(link.language).then(() => {
  const app = new App(key, new Memory(key), link);
  mustFind('#app').append(app.root);
  return app.start();
});
