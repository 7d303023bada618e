// Chromium as a person has it, with the ways to slow it down and to look into it.
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';

const EXECUTABLE = process.env.BRIGADE_TEST_CHROMIUM ?? '/usr/bin/chromium';

/** Starts one; with a `port`, Lighthouse can speak to it. */
export function launch({ port } = {}) {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
  return chromium.launch({ executablePath: EXECUTABLE, args: port ? [...args, `--remote-debugging-port=${port}`] : args });
}

/** A phone on a mobile network, as Lighthouse throttles one: a fourth of this processor, 150 ms there and back, 1.6 Mbit/s. */
export const PHONE = {
  context: { viewport: { width: 412, height: 823 }, deviceScaleFactor: 1.75, hasTouch: true, isMobile: true },
  cpu: 4,
  network: { offline: false, latency: 150, downloadThroughput: 1_638_400 / 8, uploadThroughput: 750 * 1_024 / 8 },
};

/** Makes a page as slow as on that phone, with nothing in its cache. */
export async function slowDown(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Network.clearBrowserCache');
  await cdp.send('Network.emulateNetworkConditions', PHONE.network);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: PHONE.cpu });
}

/** What is in the middle, and the least and the most. */
export function spread(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)], least: sorted[0], most: sorted.at(-1) };
}

/** How much of the processors may be busy before anything is measured, over how long, and how long that is waited for. */
const QUIET = { share: 0.03, ms: 10_000, atMost: 900_000 };

/**
 * Until the machine has come to rest. What follows from ten thousand conversations takes minutes: when an answer is due in each, the vacuum of
 * the database. A phone does not share its processor with that, and here it would.
 */
export async function quiet() {
  const times = () => cpus().reduce((sum, { times: { idle, ...busy } }) => ({ idle: sum.idle + idle, busy: sum.busy + Object.values(busy).reduce((a, b) => a + b) }), { idle: 0, busy: 0 });
  for (const until = Date.now() + QUIET.atMost; Date.now() < until;) {
    const before = times();
    await sleep(QUIET.ms);
    const after = times();
    const busy = after.busy - before.busy;
    if (busy / (busy + after.idle - before.idle) < QUIET.share) return;
  }
  throw new Error(`the machine has not come to rest within ${QUIET.atMost / 60_000} minutes: more than ${QUIET.share * 100} % of it is busy`);
}
