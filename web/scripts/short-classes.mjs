// Short names for the classes of all CSS modules, the same in every build: `_a`, `_b`, … in the order of the files, the widget's own first:
// they are the shortest, and stay as they are whatever the pages add.
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../src', import.meta.url));

/** Makes `generateScopedName` of the CSS modules. */
export function shortClasses() {
  const names = new Map();
  const all = readdirSync(source, { recursive: true }).filter((file) => String(file).endsWith('.module.css')).sort();
  const isWidgets = (file) => file.startsWith('widget/');
  const files = [...all.filter(isWidgets), ...all.filter((file) => !isWidgets(file))];
  for (const file of files) {
    const css = readFileSync(join(source, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
    for (const [, name] of css.matchAll(/[.@](?:keyframes )?([a-z_][\w-]*)/gi)) {
      const key = `${file} ${name}`;
      if (!names.has(key)) names.set(key, `_${names.size.toString(36)}`);
    }
  }
  return (name, path) => {
    const found = names.get(`${relative(source, path.replace(/\?.*$/, ''))} ${name}`);
    if (!found) throw new Error(`${path} has a class ${name} that short-classes.mjs did not see`);
    return found;
  };
}
