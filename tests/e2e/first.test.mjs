// What is seen first, on a line that is slow or lets no socket through.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually, picture, Windows } from './support/browser.mjs';
import { signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

describe('the beginning of a page', () => {
  let server, windows, context, storage;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    const page = await (await windows.person()).newPage();
    await signIn(page, server.person(/^admin$/), '**/inbox');
    storage = await page.context().storageState();
    context = await windows.person({ size: 'phone', storage });
  });
  after(async () => {
    windows?.assertQuiet();
    await windows?.close();
    await server?.stop();
  });

  it('of the inbox shows the newest conversations before the live list is here, and asks for nothing twice', async () => {
    const page = await context.newPage();
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    let live;
    // It opens and says nothing.
    await page.routeWebSocket(/./, (socket) => { live = socket; });
    await page.goto('/inbox');
    const list = page.getByRole('region', { name: 'Conversations' });
    await list.getByRole('link').first().waitFor();
    await list.getByText('Loading the others').waitFor();
    assert.ok(live, 'the socket was opened');
    assert.equal(await list.getByText('Nobody waits').count(), 0);
    await picture(page, 'first-inbox-phone');
    for (const path of ['/v1/auth/me', '/v1/conversations']) assert.equal(asked.filter((each) => each === path).length, 1, `${path} among ${asked}`);
    await page.close();
  });

  it('of the inbox is complete once it is', async () => {
    const page = await context.newPage();
    await page.goto('/inbox');
    const list = page.getByRole('region', { name: 'Conversations' });
    await eventually(async () => assert.match(await list.getByRole('button', { name: /^Open/ }).innerText(), /\d/));
    assert.equal(await list.getByText('Loading the others').count(), 0);
    await page.close();
  });

  it('of the public site stands where it stays', async () => {
    const page = await (await windows.person({ size: 'phone' })).newPage();
    await page.addInitScript(() => {
      window.moved = 0;
      new PerformanceObserver((seen) => seen.getEntries().forEach((each) => { if (!each.hadRecentInput) window.moved += each.value; })).observe({ type: 'layout-shift', buffered: true });
    });
    await page.goto('/', { waitUntil: 'load' });
    await page.evaluate(() => document.fonts.ready);
    await page.waitForTimeout(1_000);
    // Good is under 0.1 (web.dev/cls); it was 0.16 when the letters came late.
    const moved = await page.evaluate(() => window.moved);
    assert.ok(moved < 0.05, `it moved by ${moved}`);
    assert.match((await page.request.get('/')).headers()['content-encoding'] ?? '', /gzip/);
    await page.close();
  });
});
