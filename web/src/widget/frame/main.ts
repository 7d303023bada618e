import './frame.css';
import { mustFind } from '../../ui/dom';
import { speak } from '../../words/speak';
import { App } from './app';
import { Memory } from './memory';
import { PageLink, placeIn } from './page-link';

const key = new URLSearchParams(location.search).get('key') ?? '';
// Before anything is seen: nothing is said in two languages.
void speak(placeIn(location.hash).language).then(() => {
  const app = new App(key, new Memory(key), new PageLink());
  mustFind('#app').append(app.root);
  return app.start();
});
