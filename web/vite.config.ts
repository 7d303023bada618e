import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { asksFirst } from './scripts/asks-first.mjs';
import { fontsAtOnce, fontsFirst } from './scripts/fonts-first.mjs';
import { inlineWords } from './scripts/inline-words.mjs';
import { loaderStyle } from './scripts/loader-style.mjs';
import { shortClasses } from './scripts/short-classes.mjs';
import { unusedTokens } from './scripts/unused-tokens.mjs';
import { INBOX_FIRST } from './src/first.ts';
import { de } from './src/words/de.ts';
import { en } from './src/words/en.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What the first sight of the chat needs is one script, not one and what it shares with those that come later: a way to the server and 200 bytes less. */
const TOGETHER = { groups: [{ name: 'frame', tags: ['$initial' as const] }] };

/**
 * One build per entry (`scripts/build.mjs` runs them all): a page is one script and one style sheet of its own, and what is loaded
 * later. The mode is the entry's path below `src/html`, or `loader`, `forms` (which other sites load) or `push-worker`.
 */
export default defineConfig(({ mode }) => ({
  root: at('./src/html'),
  publicDir: false,
  plugins: [inlineWords(en, { de }), loaderStyle(), unusedTokens(), plainImports(), ...(mode === 'index' ? [fontsFirst()] : []), ...(mode === 'inbox' ? [asksFirst(INBOX_FIRST)] : [])],
  css: {
    modules: { generateScopedName: mode === 'test' ? '[local]' : shortClasses() },
    ...(mode === 'index' && { postcss: { plugins: [fontsAtOnce] } }),
  },
  build: {
    outDir: at('./dist'),
    emptyOutDir: false,
    assetsInlineLimit: 0,
    // light-dark() and the rest are two and a half years old: nothing is rewritten for older browsers.
    target: ['chrome123', 'firefox121', 'safari17.5'],
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: mode === 'push-worker'
      ? { input: at('./src/push/worker.ts'), output: { format: 'iife' as const, entryFileNames: 'push-worker.js' } }
      : mode === 'loader' || mode === 'forms'
      ? { input: at(`./src/widget/${mode}/${mode}.ts`), output: { format: 'iife' as const, entryFileNames: `widget/${mode}.js` } }
      : { input: at(`./src/html/${mode}.html`), checks: { ineffectiveDynamicImport: false }, output: mode === 'widget/frame' ? { codeSplitting: TOGETHER } : {} },
  },
  test: {
    root: at('.'),
    include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'],
    environment: 'node',
    // Files of one process share what they load: three times as fast. Tests put back what they change outside of them.
    isolate: false,
    // Hundreds of random runs are one test; a busy machine must not fail them.
    testTimeout: 60_000,
    css: { include: /\.module\.css$/, modules: { classNameStrategy: 'non-scoped' as const } },
  },
}));

/** A page has one style sheet, so its later scripts need no help to find theirs: the helper is half as large as what they bring. */
function plainImports() {
  return {
    name: 'brigade-plain-imports',
    enforce: 'pre' as const,
    load: (id: string) => (id.includes('vite/preload-helper') ? 'export const __vitePreload = (load) => load();' : undefined),
  };
}
