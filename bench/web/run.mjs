// What the pages cost the people who look at them: `cargo xtask bench web`, or here `node run.mjs [lighthouse] [widget] [inbox]`.
import { parseArgs } from 'node:util';
import { Server } from '../../tests/e2e/support/server.mjs';
import { inboxFigures } from './inbox.mjs';
import { lighthouseFigures } from './lighthouse.mjs';
import { widgetFigures } from './widget.mjs';

const PARTS = {
  lighthouse: (server, runs) => lighthouseFigures(server.url, runs),
  widget: (server, runs) => widgetFigures(server.url, runs),
  inbox: inboxFigures,
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { runs: { type: 'string', default: '5' } } });
const unknown = positionals.filter((name) => !(name in PARTS));
if (unknown.length > 0) throw new Error(`there is no part ${unknown.join(', ')}: ${Object.keys(PARTS).join(', ')}`);
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs is a number from 1');

const range = ({ least, most, number } = {}) => number !== undefined ? `${number} of them` : least === undefined ? '' : `${least} – ${most}`;
console.log('| | is | range | to reach |\n|---|---|---|---|');
const server = await Server.start({ env: { BRIGADE_SERVER_TRUSTED_PROXIES: '127.0.0.1/32', BRIGADE_LIMITS_TENANT_REQUESTS_PER_MINUTE: '1000000' } });
try {
  for (const name of positionals.length === 0 ? Object.keys(PARTS) : positionals) {
    for (const { what, is, spread, toReach = '', met = true } of await PARTS[name](server, runs)) {
      console.log(`| ${what} | ${is} | ${range(spread)} | ${toReach}${met ? '' : ' **missed**'} |`);
    }
  }
} finally {
  await server.stop();
}
