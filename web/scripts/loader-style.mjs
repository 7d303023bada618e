// `import css from 'virtual:loader-style'`: the loader's style sheet as text, with the values of the few roles it uses put
// in place, because the page of a customer has none of our tokens and the loader must stay small.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ID = 'virtual:loader-style';
const path = (name) => join(dirname(fileURLToPath(import.meta.url)), '../src', name);

/** Reads `--name: value;` of a style sheet's first `:root`. */
function declarations(file) {
  const root = /:root\s*\{([^}]*)\}/.exec(readFileSync(path(file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, ''))?.[1] ?? '';
  return new Map([...root.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name, value]));
}

/** A role's value for one scheme, down to the raw ones. */
export function resolver(scheme) {
  const tokens = new Map([...declarations('tokens/raw.css'), ...declarations('tokens/roles.css')]);
  const resolve = (value) => value
    .replace(/light-dark\((var\([^)]*\)), (var\([^)]*\))\)/g, scheme === 'light' ? '$1' : '$2')
    .replace(/var\((--[\w-]+)\)/g, (_, name) => {
      if (!tokens.has(name)) throw new Error(`loader.css uses ${name}, which is no token`);
      return resolve(tokens.get(name));
    });
  // The page's own root size must not change ours.
  return (value) => resolve(value).replace(/([\d.]+)rem\b/g, (_, rem) => `${Number(rem) * 16}px`);
}

/** The declarations of `dark` that `light` does not have. */
function difference(light, dark) {
  const [selector, body] = dark.slice(0, -1).split('{');
  const same = new Set(light.slice(light.indexOf('{') + 1, -1).split(';'));
  return `${selector}{${body.split(';').filter((declaration) => !same.has(declaration)).join(';')}}`;
}

/** The style sheet for light, and what of it differs in the dark. */
export function loaderCss() {
  const css = readFileSync(path('widget/loader/loader.css'), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '').replace(/\s+/g, ' ')
    .replace(/ ?([{};:,>]) ?/g, '$1').replace(/;}/g, '}').trim();
  const [light, dark] = [resolver('light')(css), resolver('dark')(css)];
  const blocks = (text) => text.match(/[^{}@]+\{[^{}]*\}|@[^{]+\{(?:[^{}]+\{[^{}]*\})*\}/g) ?? [];
  const darker = blocks(dark);
  // Each dark form directly after its light one, so that what is said later for small screens holds for both.
  return blocks(light).map((block, index) => (block === darker[index] ? block : `${block}@media (prefers-color-scheme:dark){${difference(block, darker[index])}}`)).join('');
}

/** The Vite plugin. */
export function loaderStyle() {
  return {
    name: 'brigade-loader-style',
    resolveId: (id) => (id === ID ? `\0${ID}` : undefined),
    load: (id) => (id === `\0${ID}` ? `export default ${JSON.stringify(loaderCss())}` : undefined),
  };
}
