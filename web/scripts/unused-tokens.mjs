// Leaves out of every style sheet of the build the custom properties that nothing in it uses, so that a small bundle does not
// carry the tokens of the whole product. Raw values are put where they are used: their names are for us, not for browsers.

/** Removes `--name: value` declarations that no `var(--name)` refers to, in `css` or `elsewhere`, until nothing changes. */
export function withoutUnused(css, elsewhere = '') {
  const raw = new Map([...css.matchAll(/(--raw-[\w-]+):([^;{}]+)[;}]/g)].map(([, name, value]) => [name, value]));
  for (let text = css.replace(/var\((--raw-[\w-]+)\)/g, (whole, name) => raw.get(name) ?? whole); ;) {
    const used = new Set([...`${text}${elsewhere}`.matchAll(/var\((--[\w-]+)/g)].map(([, name]) => name));
    const next = text.replace(/(?<=[{;])(--(?:raw|color|site|space|radius|shadow|text|leading|font|motion|ease|focus)[\w-]*):[^;{}]*(?:;|(?=}))/g,
      (whole, name) => (used.has(name) ? whole : ''));
    if (next === text) return text;
    text = next;
  }
}

/** The Vite plugin. */
export function unusedTokens() {
  return {
    name: 'brigade-unused-tokens',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      // Scripts that are loaded later bring their style along.
      const scripts = Object.values(bundle).map((file) => (file.type === 'chunk' ? file.code : '')).join('');
      for (const file of Object.values(bundle)) {
        if (file.type !== 'asset' || !file.fileName.endsWith('.css')) continue;
        file.source = withoutUnused(String(file.source), scripts);
      }
    },
  };
}
