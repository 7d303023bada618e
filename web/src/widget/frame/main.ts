import './frame.css';
import { mustFind } from '../../ui/dom';
import { App } from './app';
import { Memory } from './memory';
import { PageLink } from './page-link';

const key = new URLSearchParams(location.search).get('key') ?? '';
const app = new App(key, new Memory(key), new PageLink());
mustFind('#app').append(app.root);
void app.start();
