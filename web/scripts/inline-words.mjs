// Puts texts where they are said: `say('send')` becomes `say(42, "Send")`, the English text and its place in the tables of the other
// languages. So no key is in what a browser gets, and a page has the English texts it says and no others. A table of another language is
// `virtual:words/de`: its texts in the order of the English ones.
const TABLE = 'virtual:words/';
const SAYS = /(?<![.#\w])say\((?:'([^']+)')?/g;

/** The Vite plugin, for the English table and the others by their language. */
export function inlineWords(english, others) {
  const keys = Object.keys(english);
  return {
    name: 'brigade-words',
    enforce: 'pre',
    resolveId: (id) => (id.startsWith(TABLE) ? `\0${id}` : undefined),
    load: (id) => (id.startsWith(`\0${TABLE}`) ? packed(others[id.slice(TABLE.length + 1)], keys) : undefined),
    transform: (code, id) => (/ from '[^'\n]*\/say';$/m.test(code) && id.endsWith('.ts') ? { code: inlined(code, id, english, keys), map: null } : undefined),
  };
}

/** What the server says may be any text, also the name of something that every object has. */
function packed({ texts, codes, server }, keys) {
  const said = JSON.stringify({ ...codes, ...server });
  return `export default { texts: ${JSON.stringify(keys.map((key) => texts[key]))}, server: { __proto__: null, ${said.slice(1)} }`;
}

function inlined(code, file, english, keys) {
  return code.replace(SAYS, (call, key, at) => {
    if (key === undefined) throw new Error(`${file}: a key is written out where it is said, not ${code.slice(at, at + 40)}`);
    if (!Object.hasOwn(english, key)) throw new Error(`${file}: words/en.ts has no text ${key}`);
    return `say(${keys.indexOf(key)}, ${JSON.stringify(english[key])}`;
  });
}
