// The inbox of somebody with ten thousand open conversations.
import { setTimeout as sleep } from 'node:timers/promises';
import { visitors } from '../../tests/e2e/support/http.mjs';
import { signIn } from '../../tests/e2e/support/people.mjs';
import { PHONE, launch, quiet, slowDown, spread } from './chromium.mjs';

const CONVERSATIONS = 10_000;
const AT_ONCE = 8;
const PAINT_MS = 1_000;
const TASK_MS = 50;
const SENDS = 30;
/** A page is left alone for so long. */
const ALONE_MS = 2_500;

export async function inboxFigures(server, runs) {
  await fillInbox(server);
  const browser = await launch();
  try {
    const storage = await signedIn(browser, server);
    return [...await paint(browser, server, storage, runs), ...await scroll(browser, server, storage), ...await send(browser, server, storage)];
  } finally {
    await browser.close();
  }
}

/** Each conversation is begun from an address of its own: the limits on one are meant for strangers and stay on. */
async function fillInbox(server) {
  let left = CONVERSATIONS;
  const begin = await visitors(server, () => ({ 'x-forwarded-for': `10.1.${left >> 8}.${left & 255}` }));
  const one = async () => {
    while (left > 0) {
      left -= 1;
      await begin(`Do you deliver on Sundays, and is number ${left} without nuts?`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  await quiet();
}

async function signedIn(browser, server) {
  const context = await browser.newContext({ baseURL: server.url });
  const page = await context.newPage();
  await signIn(page, server.person(/admin/i), /\/inbox/);
  await page.getByRole('region', { name: 'Conversations' }).getByRole('link').first().waitFor();
  const storage = await context.storageState();
  await context.close();
  return storage;
}

/** Until the first words of a conversation are on a slow phone that has seen none of it before. */
async function paint(browser, server, storageState, runs) {
  const frames = [];
  const lists = [];
  for (let run = 0; run < runs; run += 1) {
    const context = await browser.newContext({ baseURL: server.url, storageState, ...PHONE.context });
    const page = await context.newPage();
    await page.addInitScript(() => {
      // What is on the screen, not what is in the page: the time is the browser's own, of the frame with the first name.
      new PerformanceObserver((seen) => (window.listAt ??= seen.getEntries()[0].renderTime)).observe({ type: 'element' });
      const look = new MutationObserver(() => {
        const words = [...document.querySelectorAll('section[aria-label=Conversations] li a *')].filter(({ childElementCount, textContent }) => childElementCount === 0 && textContent !== '');
        if (words.length === 0) return;
        look.disconnect();
        for (const element of words) element.setAttribute('elementtiming', 'words');
      });
      look.observe(document, { childList: true, subtree: true });
    });
    await slowDown(page);
    await page.goto('/inbox', { waitUntil: 'commit' });
    // To ask the page meanwhile would take it as long as a tenth of what is measured.
    await sleep(ALONE_MS);
    await page.waitForFunction(() => window.listAt, undefined, { timeout: 60_000 });
    const [list, first] = await page.evaluate(() => [window.listAt, performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN]);
    lists.push(list);
    frames.push(first);
    await context.close();
  }
  const figure = (what, all) => ({ what, is: Math.round(spread(all).median), spread: { least: Math.round(spread(all).least), most: Math.round(spread(all).most) }, toReach: `< ${PAINT_MS}`, met: spread(all).median < PAINT_MS });
  return [figure('inbox on a slow phone, first paint, ms', frames), figure('inbox on a slow phone, first conversation read, ms', lists)];
}

/** Through all of the list, as the wheel goes. */
async function scroll(browser, server, storageState) {
  const context = await browser.newContext({ baseURL: server.url, storageState, viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto('/inbox');
  const list = page.getByRole('region', { name: 'Conversations' });
  await list.getByRole('link').first().waitFor();
  await page.waitForTimeout(2_000);
  await page.evaluate(() => {
    window.tasks = [];
    new PerformanceObserver((seen) => window.tasks.push(...seen.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
  });
  await list.hover();
  // Held: to find it anew by its role among ten thousand lines takes the page a third of a second.
  const scroller = await list.evaluateHandle((section) => [...section.children].at(-1));
  let [read, still] = [0, 0];
  while (still < 40) {
    await page.mouse.wheel(0, 4_000);
    await page.waitForTimeout(30);
    const now = await scroller.evaluate(({ scrollTop }) => scrollTop);
    still = now > read ? 0 : still + 1;
    read = now;
  }
  const { tasks, last } = await page.evaluate(() => ({
    tasks: window.tasks,
    last: [...document.querySelectorAll('section[aria-label=Conversations] li')].at(-1)?.getAttribute('aria-posinset') ?? document.querySelectorAll('section[aria-label=Conversations] li').length,
  }));
  await context.close();
  const longest = Math.round(Math.max(0, ...tasks));
  return [
    { what: 'conversations scrolled through', is: Number(last), toReach: `≥ ${CONVERSATIONS}`, met: Number(last) >= CONVERSATIONS },
    { what: 'longest task meanwhile, ms (of tasks over 50)', is: longest, spread: { number: tasks.length }, toReach: `≤ ${TASK_MS}`, met: longest <= TASK_MS },
  ];
}

/** From the key that sends to the frame in which the message is seen. */
async function send(browser, server, storageState) {
  const context = await browser.newContext({ baseURL: server.url, storageState, viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto('/inbox');
  await page.getByRole('region', { name: 'Conversations' }).getByRole('link').first().click();
  const composer = page.getByRole('textbox', { name: 'Write an answer' });
  await composer.waitFor();
  await page.evaluate(() => {
    window.painted = [];
    window.addEventListener('keydown', ({ key, timeStamp }) => {
      if (key !== 'Enter') return;
      const number = document.querySelectorAll('[role=log] article').length;
      const look = () => {
        if (document.querySelectorAll('[role=log] article').length === number) return requestAnimationFrame(look);
        // After the frame in which it is there.
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => window.painted.push(performance.now() - timeStamp);
        port2.postMessage(undefined);
      };
      requestAnimationFrame(look);
    }, { capture: true });
  });
  for (let number = 0; number < SENDS; number += 1) {
    await composer.fill(`Yes, until eight in the evening; answer ${number}.`);
    await page.waitForTimeout(250);
    await composer.press('Enter');
    await page.waitForFunction((count) => window.painted.length === count, number + 1);
  }
  const painted = spread(await page.evaluate(() => window.painted));
  await context.close();
  return [{ what: 'from the key to the sent message on the screen, ms', is: Math.round(painted.median), spread: { least: Math.round(painted.least), most: Math.round(painted.most) }, toReach: '< 50', met: painted.median < 50 }];
}
