// The public page asks for its letters together with its style sheet, and does without those that are not there when it is first
// drawn: nothing on it moves because letters came later. On the next page they are there.

/** What most words of the page are written with. */
const LATIN = /assets\/(?:figtree|bricolage-grotesque)-latin-wght-normal-[\w-]+\.woff2$/;

/** The plugin for its style sheet. */
export const fontsAtOnce = {
  postcssPlugin: 'brigade-fonts-at-once',
  Declaration: {
    'font-display': (declaration) => {
      if (declaration.value !== 'optional') declaration.value = 'optional';
    },
  },
};

/** The plugin for the build of the page. */
export function fontsFirst() {
  return {
    name: 'brigade-fonts-first',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle }) {
        const fonts = Object.keys(bundle ?? {}).filter((name) => LATIN.test(name));
        if (bundle && fonts.length !== 2) throw new Error(`two fonts are asked for first, not ${JSON.stringify(fonts)}`);
        return fonts.map((name) => ({ tag: 'link', injectTo: 'head', attrs: { rel: 'preload', href: `/${name}`, as: 'font', type: 'font/woff2', crossorigin: '' } }));
      },
    },
  };
}
