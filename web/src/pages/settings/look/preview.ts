import loaderCss from 'virtual:loader-style';
import { Disposables, type Disposable } from '../../../base/disposables';
import { Composer } from '../../../components/composer/composer';
import { drawMessage } from '../../../components/message/message';
import type { Look, Message } from '../../../live/protocol.gen';
import { el } from '../../../ui/dom';
import { closeIcon, icon } from '../../../ui/icons';
import { mustClass } from '../../../ui/must-class';
import frameStyles from '../../../widget/frame/frame.module.css';
import { roundButton } from '../../../widget/loader/button';
import { LOADER } from '../../../words/loader';
import { paletteOf, type Shades } from './colours';
import styles from './look.module.css';

const l = mustClass(styles);
const f = mustClass(frameStyles);

/** What the frame takes from a look (`http/src/site/look.rs` writes the same). */
const ROLES: Record<string, keyof Shades> = {
  '--color-accent': 'accent', '--color-accent-hover': 'hover', '--color-on-accent': 'on', '--color-own': 'accent', '--color-on-own': 'on',
  '--color-on-own-soft': 'on', '--color-accent-soft': 'soft', '--color-on-accent-soft': 'on_soft',
};
const BUTTON: Record<string, keyof Shades> = { '--local-brigade-accent': 'accent', '--local-brigade-hover': 'hover', '--local-brigade-on': 'on' };

/** The chat as visitors see it, in the light and in the dark, drawn with the style sheets of the widget itself. */
export class Preview implements Disposable {
  readonly root: HTMLElement;
  #owned = new Disposables();
  #corners: { frame: HTMLElement; button: HTMLElement; corner: HTMLElement; scheme: 'light' | 'dark' }[];

  constructor(name: string, greeting: string) {
    this.#corners = (['light', 'dark'] as const).map((scheme) => {
      const composer = this.#owned.add(new Composer({ placeholder: 'Write a message', drafts: { text: '' } }));
      // As it is with something written.
      composer.root.querySelector('button')?.removeAttribute('disabled');
      const frame = chat(name, greeting, composer);
      const button = buttonFor(scheme);
      return { frame, button, scheme, corner: el('div', { class: l('corner', scheme), inert: true }, frame, button) };
    });
    this.root = el(
      'div', { class: l('previews') },
      ...this.#corners.map(({ corner, scheme }) => el('figure', { class: l('preview') }, el('figcaption', {}, scheme === 'light' ? 'In the light' : 'In the dark'), corner)));
  }

  dispose(): void {
    this.#owned.dispose();
  }

  show({ accent, side }: Look): void {
    const palette = accent === null ? undefined : paletteOf(accent);
    for (const { frame, button, corner, scheme } of this.#corners) {
      put(frame, ROLES, palette?.[scheme]);
      put(button, BUTTON, palette?.[scheme]);
      corner.classList.toggle(l('left'), side === 'left');
    }
  }
}

function put(element: HTMLElement, names: Record<string, keyof Shades>, shades: Shades | undefined): void {
  for (const [name, of] of Object.entries(names)) {
    if (shades) element.style.setProperty(name, shades[of]);
    else element.style.removeProperty(name);
  }
}

/** The button of the loader, in a scheme whatever the device has. */
function buttonFor(scheme: 'light' | 'dark'): HTMLElement {
  const host = el('div', { class: l('button') });
  const { root, show } = roundButton(LOADER.en);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(loaderCss.replaceAll('(prefers-color-scheme:dark)', scheme === 'dark' ? 'all' : 'not all'));
  const shadow = host.attachShadow({ mode: 'open' });
  shadow.adoptedStyleSheets = [sheet];
  show(false);
  shadow.append(root);
  return host;
}

function chat(name: string, greeting: string, composer: Composer): HTMLElement {
  return el(
    'div', { class: l('frame') },
    el('div', { class: f('frame') },
      el('div', { class: f('head') },
        el('div', { class: f('title') }, el('p', { class: f('name') }, name), el('p', { class: f('there') }, el('span', { class: f('light', 'on') }), 'We are here')),
        el('span', { class: f('tool') }, icon(closeIcon))),
      el('div', {}),
      el('div', { class: l('said') }, message(2, name, greeting || 'Hello! What can we do for you?'), message(1, name, 'Do you deliver on Mondays?')),
      composer.root));
}

/** One line of what is said, by the visitor (1) or the business (2). */
function message(who: 1 | 2, name: string, text: string): HTMLElement {
  const row = el('div', {});
  const by = who === 1 ? 'vis_1' : 'usr_1';
  const said: Message = { seq: who, by, at: new Date().toISOString(), text, reply_to: null, mentions: [], reactions: {}, edits: 0, edited: null, deleted: false, note: false };
  drawMessage(row, {
    message: said, author: { id: by, name }, own: who === 1, continued: false, day: false, fresh: false, me: 'vis_1', nameOf: () => name,
    quoted: undefined, status: undefined, pending: undefined, change: undefined, connected: true,
  });
  return row;
}
