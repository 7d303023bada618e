// The public page by Lighthouse's mobile settings, as it is and with the chat left out, in turns.
import { createServer } from 'node:net';
import lighthouse from 'lighthouse';
import { launch, spread } from './chromium.mjs';

const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];
const LEAST = { performance: 95, accessibility: 100, 'best-practices': 95, seo: 95 };

export async function lighthouseFigures(url, runs) {
  const scores = { with: [], without: [] };
  const lost = new Map();
  for (let run = 0; run < runs; run += 1) {
    for (const [kind, blockedUrlPatterns] of [['with', []], ['without', ['*/widget/*']]]) {
      const { categories, audits } = await judge(url, blockedUrlPatterns);
      scores[kind].push(Object.fromEntries(CATEGORIES.map((name) => [name, Math.round(categories[name].score * 100)])));
      if (kind === 'with') note(lost, categories, audits);
    }
  }
  const median = (kind, name) => spread(scores[kind].map((each) => each[name])).median;
  return [
    ...CATEGORIES.map((name) => ({ what: `public page, ${name}`, is: median('with', name), spread: spread(scores.with.map((each) => each[name])), toReach: `≥ ${LEAST[name]}`, met: median('with', name) >= LEAST[name] })),
    ...CATEGORIES.map((name) => {
      const less = median('without', name) - median('with', name);
      return { what: `points less with the chat, ${name}`, is: less, toReach: '≤ 1', met: less <= 1 };
    }),
    ...[...lost].map(([what, title]) => ({ what: `not perfect: ${what}`, is: title })),
  ];
}

/** What counts and is not perfect, by its name. */
function note(lost, categories, audits) {
  for (const name of CATEGORIES) {
    for (const { id, weight } of categories[name].auditRefs) {
      const { score, title, displayValue } = audits[id];
      if (weight > 0 && score !== null && score < 0.9) lost.set(`${name}/${id}`, `${title}${displayValue ? ` (${displayValue})` : ''}`);
    }
  }
}

async function judge(url, blockedUrlPatterns) {
  const port = await freePort();
  const browser = await launch({ port });
  try {
    const { lhr } = await lighthouse(url, { port, logLevel: 'error', onlyCategories: CATEGORIES, blockedUrlPatterns });
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
    return lhr;
  } finally {
    await browser.close();
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
