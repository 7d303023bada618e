// Targets: the business says how soon customers are to have an answer, and the inbox says what is due, before it is late.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, SIZES, Windows } from './support/browser.mjs';
import { openChat, openConversation, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

const MINUTE = 60_000;

describe('targets', () => {
  let server, windows, admin, amara, chat;

  before(async () => {
    server = await Server.start({ fresh: true });
    windows = await Windows.open(server.url);
    admin = await (await windows.person()).newPage();
    amara = await (await windows.person()).newPage();
    // Her clock can be put forward.
    await amara.clock.install();
    await signIn(admin, server.person(/^admin$/), '**/inbox');
    await signIn(amara, server.person(/^account manager/), '**/inbox');
    chat = await openChat(await (await windows.person()).newPage());
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    windows?.assertQuiet();
  });

  const list = (page) => page.getByRole('region', { name: 'Conversations' });
  const row = (page, words) => list(page).locator('[data-row]').filter({ hasText: words });
  const due = (page) => list(page).getByRole('button', { name: /^Due/ });
  const goal = (page, name) => page.getByRole('textbox', { name, exact: true });

  async function openTargets(page) {
    await page.goto('/settings#targets');
    await page.getByRole('heading', { name: 'Targets', level: 1 }).waitFor();
    await goal(page, 'First answer, normal').waitFor();
  }

  async function save(page) {
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
  }

  it('shows what is late and what is due soon, the most pressing first', async () => {
    await row(amara, 'Ruth').getByText(/Answer \d h late/).waitFor();
    await row(amara, 'Visitor on the menu page').getByText(/Answer in \d+ min/).waitFor();
    assert.equal(await row(amara, 'Maya').getByText(/Answer (in|\d)/).count(), 0, 'what is on time says nothing');
    await due(amara).click();
    await eventually(async () => assert.deepEqual(await list(amara).locator('[data-row]').evaluateAll((rows) => rows.map((each) => /Ruth|menu/.exec(each.textContent)?.[0])), ['Ruth', 'menu']));
    assert.match(await due(amara).innerText(), /2$/);
    await openConversation(amara, 'Ruth');
    await amara.getByText('Answer due').waitFor();
    await picture(amara, 'inbox-due-desktop');
    await assertAccessible(amara, 'what is due');
    await list(amara).getByRole('button', { name: /^Open/ }).click();
  });

  it('warns when an answer becomes due soon, and an answer ends it', async () => {
    await say(chat, 'Is there a vegan box?');
    await row(amara, 'vegan box').waitFor();
    assert.equal(await row(amara, 'vegan box').getByText(/Answer (in|\d)/).count(), 0);
    await eventually(async () => {
      await openConversation(amara, 'vegan box');
      await amara.getByText('Answer due').waitFor({ timeout: 1_000 });
    });
    await openConversation(amara, 'Ruth');
    await amara.clock.fastForward(11 * MINUTE);
    await row(amara, 'vegan box').getByText(/Answer in [89] min/).waitFor();
    // Another one warns beside it.
    const warning = amara.getByText(/An answer to Visitor \w+ is due in [89] min/);
    await warning.locator('..').getByRole('button', { name: 'Open' }).click();
    await amara.getByRole('log').getByText('Is there a vegan box?').waitFor();
    await amara.clock.fastForward(10 * MINUTE);
    await row(amara, 'vegan box').getByText(/Answer \d min late/).waitFor();
    await say(amara, 'There is, and a good one.');
    await eventually(async () => assert.equal(await row(amara, 'good one').getByText(/late/).count(), 0));
    await eventually(async () => assert.equal(await amara.getByText('Answer due').count(), 0));
  });

  it('are set by admins, and what cannot be read is said beside its field', async () => {
    await openTargets(admin);
    assert.equal(await goal(admin, 'First answer, urgent').inputValue(), '10 min');
    assert.equal(await goal(admin, 'Solution, high').inputValue(), '8 h');
    assert.equal(await goal(admin, 'Solution, normal').inputValue(), '');
    await goal(admin, 'Later answers, normal').fill('soon');
    await admin.keyboard.press('Enter');
    await admin.getByText('Write it like 15 min').waitFor();
    assert.equal(await admin.evaluate(() => document.activeElement.getAttribute('aria-invalid')), 'true');
    await assertAccessible(admin, 'targets with a mistake');
    await goal(admin, 'Later answers, normal').fill('1h30');
    await picture(admin, 'settings-targets-desktop');
    await save(admin);
    await admin.reload();
    await goal(admin, 'Later answers, normal').waitFor();
    assert.equal(await goal(admin, 'Later answers, normal').inputValue(), '1 h 30 min');
    await amara.goto('/settings');
    await amara.getByRole('navigation', { name: 'Settings' }).waitFor();
    assert.equal(await amara.getByRole('link', { name: 'Targets' }).count(), 0);
    await amara.goto('/inbox');
  });

  it('reach what is there when they change, and say when nothing can be due', async () => {
    await row(amara, 'Ruth').getByText(/late/).waitFor();
    for (const which of ['First answer', 'Later answers', 'Solution']) await goal(admin, `${which}, high`).fill('');
    await save(admin);
    await eventually(async () => assert.equal(await row(amara, 'Ruth').getByText(/late/).count(), 0));
    await admin.getByRole('radio', { name: /While we are open/ }).check();
    assert.equal(await admin.getByText('No opening hours are set yet').count(), 0);
    for (const row of ['urgent', 'high', 'normal', 'low']) for (const which of ['First answer', 'Later answers', 'Solution']) await goal(admin, `${which}, ${row}`).fill('');
    await save(admin);
    await eventually(async () => assert.equal(await due(amara).isVisible(), false));
    await eventually(async () => assert.equal(await list(amara).getByText(/(min|h) late|(Answer|Solution) in/).count(), 0));
  });

  it('warn as long before as is said', async () => {
    await openTargets(admin);
    const warn = goal(admin, 'Warn so long before one is missed');
    await admin.getByRole('radio', { name: /Around the clock/ }).check();
    for (const which of ['First answer', 'Later answers']) await goal(admin, `${which}, normal`).fill('2 h');
    await warn.fill('5 min');
    await save(admin);
    await say(chat, 'And a box for two?');
    await row(amara, 'a box for two').waitFor();
    await openConversation(amara, 'a box for two');
    await amara.getByText('Answer due').waitFor();
    assert.equal(await row(amara, 'a box for two').getByText(/Answer in/).count(), 0);
    await amara.clock.fastForward(60 * MINUTE);
    assert.equal(await row(amara, 'a box for two').getByText(/Answer in/).count(), 0);
    await warn.fill('1 h');
    await save(admin);
    await row(amara, 'a box for two').getByText(/Answer in 3\d min/).waitFor();
    await say(amara, 'There is.');
    for (const which of ['First answer', 'Later answers']) await goal(admin, `${which}, normal`).fill('');
    await save(admin);
  });

  it('fit a phone and the dark', async () => {
    const phone = await (await windows.person({ size: 'phone', scheme: 'dark' })).newPage();
    await signIn(phone, server.person(/^admin$/), '**/inbox');
    await openTargets(phone);
    await goal(phone, 'First answer, normal').fill('15 min');
    assert.ok(await phone.evaluate((width) => document.documentElement.scrollWidth <= width, SIZES.phone.width));
    await picture(phone, 'settings-targets-phone-dark');
    await assertAccessible(phone, 'targets on a phone');
    await phone.getByRole('radio', { name: /Around the clock/ }).check();
    await save(phone);
    await say(chat, 'And one without garlic?');
    await phone.goto('/inbox?f=due');
    await due(phone).waitFor();
    await row(phone, 'Visitor on the menu page').waitFor();
    await picture(phone, 'inbox-due-phone-dark');
    await assertAccessible(phone, 'what is due on a phone');
  });
});
