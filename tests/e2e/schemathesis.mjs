// Asks every operation of the OpenAPI document for what it says it takes, and for what it says it does not: an answer of 500 or more,
// another type, or another shape than the document has it fails. Needs Python 3.10 or later; schemathesis comes from PyPI into
// target/schemathesis. Minutes rather than seconds: part of `cargo xtask soak`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Server } from './support/server.mjs';

const VERSION = '4.32.5';
const EXAMPLES = process.env.BRIGADE_TEST_EXAMPLES ?? '20';
const home = fileURLToPath(new URL('../../target/schemathesis/', import.meta.url));
const tool = join(home, 'bin/schemathesis');
const CHECKS = 'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance';
/** They would end the session that asks, change who it is, or use up what an address may try. */
const LEFT_OUT = 'sign-out|sign-in|/live|password|auth/sessions|auth/tokens|auth/tenant|auth/second-factor|tenant/staff';

/** Not `spawnSync`: while this process waits, it reads what the server prints, which would otherwise wait with it. */
async function run(program, args) {
  // What it remembers of its runs stays beside it.
  const child = spawn(program, args, { stdio: 'inherit', cwd: home });
  const status = await new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed (${status})`);
}

async function install() {
  mkdirSync(home, { recursive: true });
  const { stdout } = existsSync(tool) ? spawnSync(tool, ['--version'], { encoding: 'utf8' }) : { stdout: '' };
  if (stdout.includes(VERSION)) return;
  await run('python3', ['-m', 'venv', home]);
  await run(join(home, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', `schemathesis==${VERSION}`]);
}

async function json(server, path, { token, body } = {}) {
  const answer = await fetch(server.url + path, {
    method: body ? 'POST' : 'GET', body: body && JSON.stringify(body), headers: { ...(body && { 'content-type': 'application/json' }), ...(token && { authorization: `Bearer ${token}` }) },
  });
  const read = await answer.json();
  return read.data ?? read;
}

/** The ids there are, by the part of the path they belong to: with made-up ones most operations would only say that there is nothing. */
async function idsOf(server, token) {
  const ask = (path) => json(server, path, { token });
  const me = await ask('/v1/auth/me');
  const list = async (path, of = (answer) => answer) => {
    const found = of(await ask(path));
    return Array.isArray(found) ? found.map(({ id }) => id).slice(0, 2) : [];
  };
  return {
    '/v1/tenants/{id}': me.tenant ? [me.tenant.id] : [],
    '/v1/conversations/{id}': [...(await list('/v1/conversations', (answer) => answer.items)), ...me.accounts.flatMap(({ conversation }) => conversation ?? [])],
    '/v1/accounts/{id}': [...(await list('/v1/accounts', (answer) => answer.items ?? answer)), ...me.accounts.map(({ id }) => id)],
    '/v1/inbox/views/{id}': await list('/v1/inbox/views'),
    '/v1/tenant/replies/{id}': await list('/v1/tenant/replies'),
  };
}

/** The document for somebody who is signed in already, with ids that lead somewhere and one that does not. */
function documentFor(document, ids) {
  const own = structuredClone(document);
  delete own.components.securitySchemes;
  for (const [path, operations] of Object.entries(own.paths)) {
    const known = Object.entries(ids).find(([beginning, list]) => path.startsWith(beginning) && list.length > 0)?.[1];
    for (const operation of Object.values(operations)) {
      delete operation.security;
      for (const parameter of operation.parameters ?? []) {
        if (parameter.in === 'path' && parameter.name === 'id' && known) parameter.schema = { type: 'string', enum: [...known, 'nonsense'] };
        if (parameter.in === 'path' && parameter.name === 'seq') parameter.schema = { type: 'integer', enum: [0, 1, 2, 3] };
      }
    }
  }
  return own;
}

await install();
const server = await Server.start();
try {
  const document = await json(server, '/v1/openapi.json');
  for (const who of [/^admin$/, /^account manager/, /^client/, /^super admin/, null]) {
    const person = who && server.person(who);
    const token = person && (await json(server, '/v1/auth/tokens', { body: { email: person.email, password: person.password } })).access_token;
    const file = join(home, 'document.json');
    writeFileSync(file, JSON.stringify(documentFor(document, token ? await idsOf(server, token) : {})));
    console.log(`\n== as ${person?.what ?? 'nobody'}`);
    await run(tool, ['run', file, '--url', server.url, ...(token ? ['-H', `Authorization: Bearer ${token}`] : []), '--phases', 'coverage,fuzzing',
      '--max-examples', EXAMPLES, '--checks', CHECKS, '--exclude-path-regex', LEFT_OUT, '--continue-on-failure', '--workers', '1', '--no-color']);
  }
} finally {
  await server.stop();
}
