// Chromium as a person has it, with the ways to slow it down and to look into it.
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
