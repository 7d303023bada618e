// A real `brigade serve --demo` with its own database and port. It can be killed and started again on the same data.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BINARY = process.env.BRIGADE_TEST_BINARY ?? process.env.BRIGADE_BIN ?? fileURLToPath(new URL('../../../target/debug/brigade', import.meta.url));
const START_MS = 90_000;
/** The folder of a demonstration that was made before and rests, if there is one: see `run.mjs`. */
const MADE = process.env.BRIGADE_TEST_DEMONSTRATION;

/**
 * Bounds that are of no concern here: many people act from one address, on a machine that does much else. What a limit
 * does has a test of its own.
 */
const WIDE = {
  BRIGADE_LIMITS_PATIENCE: '30s',
  BRIGADE_LIMITS_REQUESTS_PER_MINUTE: '100000',
  BRIGADE_LIMITS_ANONYMOUS_REQUESTS_PER_MINUTE: '100000',
  BRIGADE_LIMITS_SITE_CHATS_PER_MINUTE: '100000',
  BRIGADE_LIMITS_SIGN_INS_PER_MINUTE: '100000',
  BRIGADE_LIMITS_VISITOR_COMMANDS_PER_MINUTE: '100000',
  BRIGADE_LIMITS_VISITOR_UPLOAD_PARTS_PER_MINUTE: '100000',
};

/** A folder that PostgreSQL's user can enter: its cluster is inside. */
function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'brigade-e2e-'));
  chmodSync(folder, 0o755);
  return folder;
}

/** PostgreSQL's own client, where Debian has it or on the path. */
function psql() {
  const folder = '/usr/lib/postgresql';
  const found = existsSync(folder) ? readdirSync(folder).map((version) => join(folder, version, 'bin/psql')).filter((path) => existsSync(path)) : [];
  return found.sort().at(-1) ?? 'psql';
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export class Server {
  #env;
  #child;
  #out = '';
  #data = temporaryFolder();

  constructor(port, env) {
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.#env = env;
  }

  /** Starts one; `limits: true` keeps the limits of production, `fresh: true` makes the demonstration now: some of it is due soon. */
  static async start({ limits = false, fresh = false, env = {} } = {}) {
    if (!existsSync(BINARY)) throw new Error(`${BINARY} is not there: cargo build --bin brigade`);
    const server = new Server(await freePort(), { ...(limits ? {} : WIDE), ...env });
    // With its owners: PostgreSQL takes a cluster of its own user alone.
    if (MADE && !fresh) execFileSync('cp', ['-a', '--reflink=auto', `${MADE}/.`, server.data]);
    await server.up();
    return server;
  }

  /** Starts the process and waits until it serves. */
  async up() {
    this.#out = '';
    const child = spawn(BINARY, ['serve', '--demo', '--listen', `127.0.0.1:${this.port}`, '--data', join(this.#data, 'data')], {
      env: { PATH: process.env.PATH, HOME: this.#data, ...this.#env }, stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
    const hear = (chunk) => (this.#out += chunk);
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    const until = Date.now() + START_MS;
    while (!/Brigade serves at[\s\S]*Stop with Ctrl-C/.test(this.#out)) {
      if (child.exitCode !== null || Date.now() > until) throw new Error(`the server did not start:\n${this.#out}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** The demonstration's sign-ins, as they were printed. */
  get people() {
    return [...this.#out.matchAll(/^\s+(\S+@\S+)\s+(\S+)\s+(.+)$/gm)].map(([, email, password, what]) => ({ email, password, what: what.trim() }));
  }

  /** The first person whose description matches. */
  person(pattern) {
    const found = this.people.find(({ what }) => pattern.test(what));
    if (!found) throw new Error(`nobody of the demonstration is ${pattern}: ${JSON.stringify(this.people)}`);
    return found;
  }

  /** The folder of its data. */
  get data() {
    return this.#data;
  }

  /** What it has printed. */
  get log() {
    return this.#out;
  }

  /** Runs SQL on its database as the superuser, for what no page can bring about. */
  sql(text) {
    return execFileSync(psql(), ['-h', join(this.#data, 'data/run'), '-U', 'postgres', '-d', 'postgres', '-v', 'ON_ERROR_STOP=1', '-qtAc', text], { encoding: 'utf8' }).trim();
  }

  /** As if the power went. */
  async kill() {
    this.#child.kill('SIGKILL');
    await this.#child.exited;
  }

  async stop() {
    await this.rest();
    rmSync(this.#data, { recursive: true, force: true });
  }

  /** Ends it as an operator would; its data stays. */
  async rest() {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGTERM');
      const forced = setTimeout(() => this.#child.kill('SIGKILL'), 35_000);
      await this.#child.exited;
      clearTimeout(forced);
    }
  }
}
