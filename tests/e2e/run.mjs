// Runs the browser tests, all or those named (`npm test -- views bulk`). The demonstration is made once, and each file's server begins
// with a copy of it: making it takes longer than most of the files. Two files run at a time: each waits a good deal for what it sees.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Server } from './support/server.mjs';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { concurrency: { type: 'string', default: '2' } } });
const all = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.mjs'));
const files = positionals.length === 0 ? all : positionals.map((name) => `${name.replace(/\.test\.mjs$/, '')}.test.mjs`);

/** What follows from the demonstration's conversations is done after it says that it serves: until no more jobs are done. */
async function settled(server) {
  for (let before = -1; ;) {
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    const done = [...metrics.matchAll(/^brigade_jobs_total\{.*\} (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
    if (done === before) return;
    before = done;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
  }
}

const made = await Server.start();
try {
  await settled(made);
  await made.rest();
  const child = spawn(process.execPath, ['--test', `--test-concurrency=${values.concurrency}`, '--test-reporter=spec', ...files], {
    cwd: import.meta.dirname, stdio: 'inherit', env: { ...process.env, BRIGADE_TEST_DEMONSTRATION: made.data },
  });
  process.exitCode = await new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
} finally {
  await made.stop();
}
