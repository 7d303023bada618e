import './form.css';
import { mustFind } from '../../ui/dom';
import { KINDS } from '../../words/form';
import { speak } from '../../words/speak';
import { Memory } from '../frame/memory';
import { Form } from './form';
import { FormLink } from './form-link';

const key = new URLSearchParams(location.search).get('key') ?? '';
const [, language, wanted] = location.hash.split('&');
// The page is heard from the beginning.
const link = new FormLink();
void speak(language).then(() => {
  const form = new Form(key, KINDS.find((kind) => kind === wanted) ?? 'enquiry', new Memory(key), link);
  mustFind('#app').append(form.root);
  link.measure(form.root);
  form.start();
});
