import './frame.css';
import { mustFind } from '../../ui/dom';
import { speak } from '../../words/speak';
import { App } from './app';
import { Memory } from './memory';
import { PageLink } from './page-link';

const key = new URLSearchParams(location.search).get('key') ?? '';
// The page is heard from the beginning.
const link = new PageLink();
// In the language that the loader has found, and before anything is seen: nothing is said in two.
void speak(location.hash.split('&')[1]).then(() => {
  const app = new App(key, new Memory(key), link);
  mustFind('#app').append(app.root);
  return app.start();
});
