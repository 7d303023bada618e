// Adds up what a page loads at once (scripts, what they import, style sheets, the page itself; fonts apart), compressed with gzip
// at its best level and with brotli, as it is sent to whoever takes that, and fails over the budget. Prints the table.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const KB = 1000;

/**
 * Budgets in bytes, of gzip and, where it is promised, of brotli. The first three are promised. With `+ name`: together with the script of
 * that name, which some need at once, such as who comes back to a chat: 25 KB as browsers get it over HTTPS.
 */
const BUDGETS = [
  ['widget/loader.js', 3 * KB],
  ['widget/frame.html', 25 * KB],
  ['widget/frame.html + chat', 27 * KB, 25 * KB],
  // In another language its table comes as well, with the texts of what comes later.
  ['widget/frame.html + de', 25 * KB, 25 * KB],
  ['widget/frame.html + chat + de', 31 * KB, 28 * KB],
  ['widget/forms.js', 3 * KB],
  ['widget/form.html', 15 * KB],
  ['widget/form.html + de', 20 * KB],
  ['inbox.html', 50 * KB],
  ['inbox.html + inbox-page', 120 * KB],
  ['chat.html', 60 * KB],
  ['clients.html', 60 * KB],
  ['settings.html', 60 * KB],
  ['reports.html', 45 * KB],
  ['platform.html', 45 * KB],
  ['look.html', 45 * KB],
  ['index.html', 40 * KB],
  ['sign-in.html', 30 * KB],
  ['reset.html', 30 * KB],
  ['verify.html', 30 * KB],
  ['invite.html', 30 * KB],
  ['push-worker.js', 2 * KB],
  ['dev/outbox.html', 30 * KB],
  ['dev/widget.html', 30 * KB],
];

const read = (path) => readFileSync(join(dist, path));
const gzip = (path) => gzipSync(read(path), { level: 9 }).length;
const brotli = (path) => brotliCompressSync(read(path)).length;

/** The files a script imports before it runs. */
function importsOf(path, seen = new Set()) {
  if (seen.has(path)) return seen;
  seen.add(path);
  if (!path.endsWith('.js')) return seen;
  const code = read(path).toString();
  for (const [, from] of code.matchAll(/(?:^|[;}\s])import(?:[^'"`()]*?from)?\s*["'`](\.[^"'`]+\.js)["'`]/g)) {
    importsOf(posix.join(dirname(path), from), seen);
  }
  return seen;
}

function filesOf(what) {
  const [entry, ...later] = what.split(' + ');
  if (!entry.endsWith('.html')) return new Set([entry]);
  const html = read(entry).toString();
  const files = new Set([entry]);
  for (const [, path] of html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)) for (const file of importsOf(path)) files.add(file);
  for (const name of later) for (const file of importsOf(laterOf(files, name))) files.add(file);
  return files;
}

/** The file of a script that one of `files` imports when it is needed. */
function laterOf(files, name) {
  for (const file of files) {
    const found = file.endsWith('.js') && new RegExp(`import\\(["'\`]\\./(${name}-[^"'\`]+\\.js)`).exec(read(file).toString());
    if (found) return posix.join(posix.dirname(file), found[1]);
  }
  throw new Error(`nothing imports ${name} later`);
}

function fontsOf(files) {
  const fonts = new Set();
  for (const file of files) {
    if (!file.endsWith('.css')) continue;
    for (const [, name] of read(file).toString().matchAll(/url\(\/assets\/([^)]*-latin-wght[^)]*\.woff2)\)/g)) fonts.add(`assets/${name}`);
  }
  return [...fonts].reduce((sum, font) => sum + (existsSync(join(dist, font)) ? read(font).length : 0), 0);
}

const kb = (bytes) => `${(bytes / KB).toFixed(1)} KB`.padStart(9);
let over = 0;
console.log(`${'loaded at once'.padEnd(30)}${'gzip'.padStart(9)}${'budget'.padStart(10)}${'brotli'.padStart(10)}${'budget'.padStart(10)}${'fonts'.padStart(10)}`);
for (const [entry, most, mostSent = Infinity] of BUDGETS) {
  const files = filesOf(entry);
  const sum = (packed) => [...files].reduce((total, file) => total + packed(file), 0);
  const [size, sent] = [sum(gzip), sum(brotli)];
  const bad = size > most || sent > mostSent;
  over += bad ? 1 : 0;
  console.log(`${entry.padEnd(30)}${kb(size)} ${kb(most)} ${kb(sent)} ${mostSent === Infinity ? ' '.repeat(9) : kb(mostSent)} ${kb(fontsOf(files))}${bad ? '  over' : ''}`);
}
if (over > 0) {
  console.error(`\n${over} over the budget.`);
  process.exit(1);
}
