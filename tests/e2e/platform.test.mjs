// The page of who operates the platform: what is wrong, since when, where to look next; and nothing of what customers write.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, SIZES, Windows } from './support/browser.mjs';
import { signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

describe('the platform', () => {
  let server, windows, page;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    page = await (await windows.person()).newPage();
    // Jobs that failed too often: two of a business, whose errors hold what they must not, and one that nobody knows.
    const tenant = server.sql("select id from tenants where slug = 'balance-kitchen'");
    server.sql(`select graphile_worker.add_job('brigade', payload::json, run_at := now() + interval '1 day') from (values
        ('{"tenant":null,"task":"later.thing","body":{}}'),
        ('{"tenant":null,"task":"own_data.expire","body":{"user":"usr_01h455vb4pex5vsknk084sn02q","export":"exp_01h455vb4pex5vsknk084sn02q"}}'),
        ('{"tenant":null,"task":"own_data.expire","body":{"user":"usr_01h455vb4pex5vsknk084sn02q","export":"exp_01h455vb4pex5vsknk084sn02q"}}')) as jobs (payload)`);
    server.sql(`update graphile_worker._private_jobs set attempts = 8, max_attempts = 8, last_error = 'maya@example.org wrote "My saffron sorrow"' where payload->>'task' in ('later.thing', 'own_data.expire')`);
    assert.match(tenant, /^[0-9a-f-]{36}$/);
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    windows?.assertQuiet();
  });

  const section = (name) => page.getByRole('region', { name, exact: true });
  const tile = (name) => section('Right now').locator('dl > div').filter({ has: page.locator('dt', { hasText: name }) });
  const open = (name) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true }).click();
  const fits = async (at) => assert.ok(await at.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the page');

  it('is where its operator comes to, and says first what is wrong', async () => {
    await signIn(page, server.person(/^super admin/), '**/platform');
    await page.getByRole('status').filter({ hasText: 'something wants to be looked at: Work queue' }).waitFor();
    const first = section('Parts').getByRole('listitem').first();
    assert.match(await first.innerText(), /Work queue\s+Look at it\s+3 jobs failed too often: see Queue\.\s+since today, \d\d:\d\d \(\d+ min\)/);
    for (const part of ['Database', 'Shared counts', 'Files', 'Mail', 'Commands', 'Secrets key']) {
      assert.match(await section('Parts').getByRole('listitem').filter({ hasText: part }).innerText(), /Well/, part);
    }
    assert.equal(await tile('Businesses').locator('dd').first().innerText(), '2');
    assert.equal(await tile('Nodes').locator('dd').first().innerText(), '1');
    await assertAccessible(page, 'the overview');
    await picture(page, 'platform-desktop');
  });

  it('keeps its figures fresh by itself, and says when it cannot', async () => {
    const sockets = tile('Sockets open').locator('dd').first();
    assert.equal(await sockets.innerText(), '0');
    const staff = await windows.person();
    const inbox = await staff.newPage();
    await signIn(inbox, server.person(/^account manager/), '**/inbox');
    await eventually(async () => assert.equal(await sockets.innerText(), '1'));
    await page.context().setOffline(true);
    await page.getByRole('status').filter({ hasText: /No connection to the server\. The figures are as they were at \d\d:\d\d/ }).waitFor();
    assert.equal(await sockets.innerText(), '1', 'what was known stays');
    await picture(page, 'platform-offline');
    await page.context().setOffline(false);
    await page.getByRole('status').filter({ hasText: 'No connection' }).waitFor({ state: 'detached' });
    await page.goto('/inbox');
    await page.waitForURL('**/platform');
    await inbox.goto('/platform');
    await inbox.waitForURL('**/inbox');
    await staff.close();
  });

  it('shows how much businesses do, and nothing of what they say', async () => {
    await open('Businesses');
    const kitchen = page.getByRole('row', { name: /Balance Kitchen/ });
    await eventually(async () => assert.match(await kitchen.innerText(), /balance-kitchen\s+2\s+1\s+\d+/));
    await page.getByRole('row', { name: /Northside Bakery/ }).waitFor();
    await assertAccessible(page, 'businesses');
    await picture(page, 'platform-businesses-desktop');
    const words = page.getByLabel('Search');
    await words.fill('BAKERY');
    await kitchen.waitFor({ state: 'detached' });
    await words.fill('no such name');
    await page.getByText('No business is called so').waitFor();
    assert.ok(await words.evaluate((input) => input === document.activeElement), 'one goes on typing');
  });

  it('has failed work tried again or put away, by keyboard and after a question', async () => {
    await open('Queue');
    const failed = section('Failed too often');
    const letters = failed.getByRole('listitem');
    await eventually(async () => assert.equal(await letters.count(), 3));
    assert.match(await section('What waits').getByRole('row', { name: /later\.thing/ }).innerText(), /1$/);
    const text = await page.locator('main').innerText();
    assert.ok(text.includes('…@… wrote "…"') && !/saffron|maya@/.test(text), text);
    await assertAccessible(page, 'the queue');
    await picture(page, 'platform-queue-desktop');

    const unknown = letters.filter({ hasText: 'later.thing' });
    await unknown.getByRole('button', { name: /^Put away: job/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Keep it' }).click();
    assert.equal(await letters.count(), 3);
    await unknown.getByRole('button', { name: /^Put away: job/ }).press('Enter');
    await assertAccessible(page, 'the question');
    await page.getByRole('dialog').getByRole('button', { name: 'Put it away' }).press('Enter');
    await eventually(async () => assert.equal(await letters.count(), 2));

    await letters.first().getByRole('button', { name: /^Try again: job/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Try it again' }).click();
    await eventually(async () => assert.equal(await letters.count(), 1));
    await letters.first().getByRole('button', { name: /^Try again: job/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Try it again' }).click();
    await failed.getByText('Nothing failed too often').waitFor();
    await eventually(() => assert.equal(server.sql("select count(*) from graphile_worker._private_jobs where payload->>'task' = 'own_data.expire'"), '0'));
  });

  it('has it all on the record', async () => {
    await open('Activity');
    const log = section('What happened');
    await log.getByText('put a failed job away').waitFor();
    assert.equal(await log.getByText('had a job tried again').count(), 2);
    await log.getByText('put a failed job away').click();
    await log.getByText('later.thing').waitFor();
    await assertAccessible(page, 'the record');
    await page.getByRole('combobox', { name: 'Show' }).selectOption('Signing in');
    await log.getByText('Platform operator').first().waitFor();
    await eventually(async () => assert.equal(await log.getByText('put a failed job away').count(), 0));
    await page.getByRole('combobox', { name: 'When' }).selectOption('The last hour');
    await log.getByText('signed in').first().waitFor();
  });

  it('lets operators look after their own sign-in, and find everything by keyboard', async () => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type('you');
    await page.getByRole('option', { name: 'You' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Turn on two-step sign-in' }).waitFor();
    assert.equal(await page.title(), 'You · Platform · Brigade');
    await assertAccessible(page, 'you');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('queue');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Queue', level: 1 }).waitFor();
  });

  for (const [size, scheme] of [['phone', 'light'], ['phone', 'dark'], ['desktop', 'dark']]) {
    it(`fits a ${size}, ${scheme}`, async () => {
      const context = await windows.person({ size, scheme, storage: await page.context().storageState() });
      const other = await context.newPage();
      const all = [['overview', 'Parts'], ['queue', 'What waits'], ['tenants', 'Balance Kitchen'], ['activity', 'signed in']];
      // The narrowest has the most to fit; the colours are the same everywhere.
      for (const [view, shown] of all.slice(0, size === 'phone' && scheme === 'light' ? 4 : 2)) {
        await other.goto(`/platform#${view}`);
        await other.reload();
        await other.getByText(shown).first().waitFor();
        await eventually(async () => assert.equal(await other.getByText('…', { exact: true }).count(), 0));
        await fits(other);
        assert.ok((await other.getByRole('heading', { level: 1 }).boundingBox()).width <= SIZES[size].width);
        if (view !== 'activity') await assertAccessible(other, `${view} ${size} ${scheme}`);
        await picture(other, `platform-${view}-${size}-${scheme}`);
      }
      await context.close();
    });
  }
});
