// What the chat's script takes of the processor on somebody's page, until two seconds after the page has loaded. The page's forms
// are left out of it.
import { launch, spread } from './chromium.mjs';

const MOST_MS = 30;

export async function widgetFigures(url, runs) {
  const browser = await launch();
  try {
    // The first of each is slower for reasons of its own.
    for (const blocked of [false, true]) await busyMs(browser, url, blocked);
    const pairs = [];
    for (let run = 0; run < runs * 3; run += 1) pairs.push(await busyMs(browser, url, false) - await busyMs(browser, url, true));
    const taken = spread(pairs);
    return [{ what: 'processor time of the chat, ms', is: round(taken.median), spread: { least: round(taken.least), most: round(taken.most) }, toReach: `< ${MOST_MS}`, met: taken.median < MOST_MS }];
  } finally {
    await browser.close();
  }
}

/** How long the page's main thread was busy. */
async function busyMs(browser, url, blocked) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    // What the processor did, not how long that took on a machine that does something else as well.
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    // Not by `route`, which would take time for each request of the page.
    await cdp.send('Network.enable');
    await cdp.send('Network.setBlockedURLs', { urls: ['*/widget/forms.js', ...(blocked ? ['*/widget/loader.js'] : [])] });
    await page.goto(url, { waitUntil: 'load' });
    await page.waitForTimeout(2_000);
    const { metrics } = await cdp.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration').value * 1_000;
  } finally {
    await context.close();
  }
}

const round = (ms) => Math.round(ms * 10) / 10;
