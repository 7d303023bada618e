// Reports: what was done for customers, as figures and charts that everybody can read, and as tables to take along.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, SIZES, Windows } from './support/browser.mjs';
import { signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

/** Cells as RFC 4180 has them. */
function cells(text) {
  const lines = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    lines.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\r\n') lines.push([]);
    if (end === '') break;
  }
  return lines.filter((line) => line.join('') !== '');
}

describe('reports', () => {
  let server, windows, admin, amara;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    admin = await (await windows.person()).newPage();
    amara = await (await windows.person()).newPage();
    await signIn(admin, server.person(/^admin$/), '**/inbox');
    await signIn(amara, server.person(/^account manager/), '**/inbox');
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    windows?.assertQuiet();
  });

  const section = (page, name) => page.getByRole('region', { name, exact: true });
  const tile = (page, name) => page.locator('dl div').filter({ has: page.locator('dt', { hasText: name }) });
  const matters = async (page) => Number((await tile(page, 'New matters').locator('dd').first().innerText()).replaceAll(',', ''));
  const choose = (page, name) => page.getByRole('combobox', { name, exact: true });

  async function shown(page) {
    await tile(page, 'New matters').waitFor();
    await page.locator('[aria-busy]').waitFor({ state: 'detached' });
  }

  async function download(page, link) {
    const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
    const text = readFileSync(await file.path(), 'utf8');
    assert.ok(text.startsWith('\u{feff}'), 'spreadsheets know it by its mark');
    return { name: file.suggestedFilename(), lines: cells(text.slice(1)) };
  }

  it('show what was done, and say it to who does not see it', async () => {
    await admin.getByRole('link', { name: 'Reports' }).click();
    await shown(admin);
    assert.equal(await admin.title(), 'Reports · Brigade');
    assert.equal(await admin.getByRole('link', { name: 'Reports' }).getAttribute('aria-current'), 'page');
    assert.ok((await matters(admin)) > 15);
    await admin.getByText(/Europe\/London\. Compared with/).waitFor();
    for (const name of ['First answer after', 'Resolved after', 'Answered in time', 'Customers’ messages']) assert.match(await tile(admin, name).innerText(), /\d/, name);
    for (const name of ['New matters by day', 'New matters by hour of the week', 'First answer by day', 'Resolution by day']) await admin.getByRole('img', { name }).waitFor();
    // The table of a chart has the same numbers as its bars.
    const volume = section(admin, 'New matters');
    const bars = await volume.locator('svg rect title').evaluateAll((titles) => titles.map((title) => Number(title.textContent.split(': ').pop())));
    await volume.getByText('Numbers', { exact: false }).first().focus();
    await admin.keyboard.press('Enter');
    const rows = await volume.locator('tbody tr').evaluateAll((all) => all.map((row) => Number(row.cells[1].textContent)));
    assert.deepEqual([rows.length, rows], [28, bars]);
    assert.equal(rows.reduce((sum, count) => sum + count, 0), await matters(admin));
    await admin.keyboard.press('Tab');
    assert.equal(await admin.evaluate(() => document.activeElement.getAttribute('role')), 'region', 'who has no mouse scrolls it too');
    await assertAccessible(admin, 'reports');
    await picture(admin, 'reports-desktop');
  });

  it('are chosen by keyboard, and the choice is in the address', async () => {
    const before = await matters(admin);
    await choose(admin, 'Period').selectOption('Last 90 days');
    await admin.getByRole('img', { name: 'New matters by week' }).waitFor();
    assert.ok((await matters(admin)) > before);
    await choose(admin, 'Label').selectOption('Allergy');
    await eventually(async () => assert.ok((await matters(admin)) < before));
    await choose(admin, 'Person').selectOption('Amara Okafor');
    await eventually(() => assert.match(admin.url(), /period=last90_days&person=usr_\w+&label=lbl_\w+(&clock=open)?$/));
    await admin.locator('[aria-busy]').waitFor({ state: 'detached' });
    const narrowed = await matters(admin);
    await admin.reload();
    await shown(admin);
    assert.equal(await matters(admin), narrowed);
    await eventually(async () => assert.equal(await choose(admin, 'Person').locator('option:checked').innerText(), 'Amara Okafor'));
    const answer = await tile(admin, 'First answer after').innerText();
    await choose(admin, 'Time that counts').selectOption('Around the clock');
    await eventually(() => assert.match(admin.url(), /clock=always/));
    await admin.goto('/reports');
    await shown(admin);
    await choose(admin, 'Time that counts').selectOption('Around the clock');
    await admin.locator('[aria-busy]').waitFor({ state: 'detached' });
    assert.notEqual(await tile(admin, 'First answer after').innerText(), answer);
  });

  it('take days of one’s own, and say what is wrong with them', async () => {
    await choose(admin, 'Period').selectOption('From … to …');
    await admin.getByLabel('From', { exact: true }).fill('2026-02-01');
    await admin.getByLabel('To', { exact: true }).fill('2026-01-01');
    await admin.getByText('The last day comes before the first.').waitFor();
    await admin.getByLabel('To', { exact: true }).fill('2027-02-02');
    await admin.getByText('A report has 366 days at most; these are 367.').waitFor();
    await admin.getByLabel('From', { exact: true }).fill('2010-01-01');
    await admin.getByLabel('To', { exact: true }).fill('2010-01-31');
    await admin.getByText('No customer came in these days').waitFor();
    await assertAccessible(admin, 'an empty report');
  });

  it('are taken along as tables', async () => {
    await admin.goto('/reports?period=last_month');
    await shown(admin);
    const count = await matters(admin);
    const all = await download(admin, admin.getByRole('link', { name: 'Download all matters' }));
    assert.match(all.name, /^balance-kitchen matters \d{4}-\d\d-01 to \d{4}-\d\d-\d\d\.csv$/);
    assert.equal(all.lines.length - 1, count);
    assert.ok(all.lines.every((line) => line.length === all.lines[0].length));
    assert.match(all.lines[1][all.lines[0].indexOf('began_at')], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0[01]:00$/);
    const people = await download(admin, section(admin, 'By person').getByRole('link', { name: /as CSV/ }));
    const at = people.lines[0].indexOf('name');
    assert.deepEqual(people.lines.slice(1).map((line) => line[at]).filter((name) => name !== '').sort(), ['Amara Okafor', 'Jonas Weber']);
    await admin.goto('/settings#audit');
    await admin.getByText(/report/i).first().waitFor();
  });

  it('show account managers the business, and of the people themselves', async () => {
    await amara.goto('/reports');
    await shown(amara);
    const people = section(amara, 'By person');
    await people.getByText('Amara Okafor').waitFor();
    assert.equal(await people.getByText('Jonas Weber').count(), 0);
    assert.deepEqual(await choose(amara, 'Person').locator('option').allInnerTexts(), ['Everybody', 'Me']);
    assert.equal(await amara.getByRole('link', { name: 'Download all matters' }).count(), 0);
    await amara.goto('/reports?person=usr_01h455vb4pex5vsknk084sn02q');
    await amara.getByText('Only admins see what one of the others did.').waitFor();
    await amara.getByRole('button', { name: 'Try again' }).waitFor();
  });

  it('say so while there is no connection, and are there again with it', async () => {
    await amara.goto('/reports');
    await shown(amara);
    await amara.context().setOffline(true);
    await choose(amara, 'Period').selectOption('Last 7 days');
    await amara.getByText('The report cannot be shown').waitFor();
    await amara.context().setOffline(false);
    await shown(amara);
  });

  for (const [size, scheme] of [['phone', 'light'], ['phone', 'dark'], ['desktop', 'dark']]) {
    it(`fit a ${size}, ${scheme}`, async () => {
      const context = await windows.person({ size, scheme, storage: await admin.context().storageState() });
      const page = await context.newPage();
      await page.goto('/reports');
      await shown(page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wide <= 0, `${wide} pixels too wide`);
      const chart = await page.getByRole('img', { name: 'New matters by day' }).boundingBox();
      assert.ok(chart.x >= 0 && chart.x + chart.width <= SIZES[size].width, JSON.stringify(chart));
      await assertAccessible(page, `reports ${size} ${scheme}`);
      await picture(page, `reports-${size}-${scheme}`);
      await page.getByRole('img', { name: 'First answer by day' }).scrollIntoViewIfNeeded();
      await picture(page, `reports-lines-${size}-${scheme}`);
      await section(page, 'By label').scrollIntoViewIfNeeded();
      await picture(page, `reports-tables-${size}-${scheme}`);
      await context.close();
    });
  }
});
