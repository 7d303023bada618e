import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { loaderStyle } from './scripts/loader-style.mjs';
import { shortClasses } from './scripts/short-classes.mjs';
import { unusedTokens } from './scripts/unused-tokens.mjs';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const PAGES = ['index', 'sign-in', 'reset', 'verify', 'invite', 'inbox', 'chat', 'settings', 'dev/outbox'];

/** Three builds into one `dist/`: the pages, the widget's frame (no chunk shared with any page), the loader (one classic script). */
export default defineConfig(({ mode }) => ({
  root: at('./src/html'),
  publicDir: false,
  plugins: [loaderStyle(), unusedTokens(), ...(mode === 'frame' ? [plainImports()] : [])],
  css: { modules: { generateScopedName: mode === 'test' ? '[local]' : shortClasses() } },
  build: {
    outDir: at('./dist'),
    emptyOutDir: mode === 'pages',
    assetsInlineLimit: 0,
    // light-dark() and the rest are two and a half years old: nothing is rewritten for older browsers.
    target: ['chrome123', 'firefox121', 'safari17.5'],
    modulePreload: mode === 'pages' ? { polyfill: false } : false,
    cssCodeSplit: mode === 'pages',
    reportCompressedSize: false,
    rolldownOptions: inputOf(mode),
  },
  server: {
    proxy: {
      '/v1/live': { target: 'http://127.0.0.1:8080', ws: true },
      '/v1': 'http://127.0.0.1:8080',
    },
  },
  test: {
    root: at('.'),
    include: ['src/**/*.test.ts'],
    environment: 'node',
    css: { include: /\.module\.css$/, modules: { classNameStrategy: 'non-scoped' as const } },
  },
}));

/** The frame has one style sheet, so its later scripts need no help to find theirs: the helper is half as large as what they bring. */
function plainImports() {
  return {
    name: 'brigade-plain-imports',
    enforce: 'pre' as const,
    load: (id: string) => (id.includes('vite/preload-helper') ? 'export const __vitePreload = (load) => load();' : undefined),
  };
}

function inputOf(mode: string) {
  switch (mode) {
    case 'frame': return { input: { frame: at('./src/html/widget/frame.html') } };
    case 'loader':
      return {
        input: at('./src/widget/loader/loader.ts'),
        output: { format: 'iife' as const, entryFileNames: 'widget/loader.js' },
      };
    default: return { input: Object.fromEntries(PAGES.map((page) => [page, at(`./src/html/${page}.html`)])) };
  }
}
