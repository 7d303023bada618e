// Builds every entry into dist/, each on its own, and the compressed forms beside them.
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const ENTRIES = ['index', 'sign-in', 'reset', 'verify', 'invite', 'inbox', 'chat', 'clients', 'reports', 'settings', 'platform', 'look', 'dev/outbox', 'dev/widget', 'widget/frame', 'widget/form', 'loader', 'forms', 'push-worker'];

process.env.NODE_ENV = 'production';
rmSync(`${root}/dist`, { recursive: true, force: true });
for (const mode of ENTRIES) await build({ mode, configFile: `${root}/vite.config.ts`, logLevel: 'warn' });
await import('./compress.mjs');

// The fonts' licences go where the fonts go.
mkdirSync(`${root}/dist/licenses`, { recursive: true });
for (const font of ['figtree', 'bricolage-grotesque']) copyFileSync(`${root}/node_modules/@fontsource-variable/${font}/LICENSE`, `${root}/dist/licenses/${font}.txt`);
