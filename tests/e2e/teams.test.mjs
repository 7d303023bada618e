// Teams: made by an admin, given conversations by anybody of the staff, shown live, and taken away again.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, Windows } from './support/browser.mjs';
import { command } from './support/http.mjs';
import { openChat, openConversation, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

const KITCHEN = 'مطبخ 🍲 Kitchen';

describe('teams', () => {
  let server, windows, admin, amara, chat;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    admin = await (await windows.person()).newPage();
    amara = await (await windows.person()).newPage();
    await signIn(admin, server.person(/^admin$/), '**/inbox');
    await signIn(amara, server.person(/^account manager/), '**/inbox');
    chat = await openChat(await (await windows.person()).newPage());
    await say(chat, 'Can you cook for sixty people?');
    await openConversation(amara, 'sixty people');
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    windows?.assertQuiet();
  });

  const list = (page) => page.getByRole('region', { name: 'Conversations' });
  const line = (page, words = 'sixty people') => list(page).getByRole('link').filter({ hasText: words });
  const teamSelect = (page) => list(page).getByLabel('Team', { exact: true });
  const press = async (page, key) => {
    await page.getByRole('textbox', { name: 'Write an answer' }).press('Escape');
    await page.keyboard.press(key);
  };
  /** A line in the history about who gave it to which team. */
  const told = (page, words) => page.getByRole('log').locator('[data-change]').filter({ has: page.getByText(words, { exact: true }) });
  const lines = (page) => page.getByRole('log').locator('[data-change]').allInnerTexts();
  const row = (page, name) => page.getByRole('listitem').filter({ has: page.getByText(name, { exact: true }), hasText: /open/ });
  const fits = async (page) => assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the page');

  it('are made by an admin, who is told what is wrong first', async () => {
    await admin.goto('/settings#teams');
    await row(admin, 'Drivers').getByText('1 open').waitFor();
    await row(admin, 'Drivers').getByText('Amara Okafor').waitFor();
    await row(admin, 'Drivers').getByText('online').waitFor();
    await admin.getByRole('button', { name: 'Add a team' }).click();
    const dialog = admin.getByRole('dialog', { name: 'New team' });
    await dialog.getByLabel('Name').fill('DRIVERS');
    await admin.keyboard.press('Tab');
    await admin.keyboard.press('Space');
    await admin.keyboard.press('Enter');
    await dialog.getByText('Another team is called so').waitFor();
    await assertAccessible(admin, 'a team with a mistake');
    await picture(admin, 'settings-team-dialog');
    await dialog.getByLabel('Name').fill(KITCHEN);
    await admin.keyboard.press('Enter');
    await admin.getByRole('button', { name: `Change ${KITCHEN}` }).waitFor();
    await row(admin, KITCHEN).getByText('Amara Okafor').waitFor();
    await row(admin, KITCHEN).getByText('nothing open').waitFor();
    await assertAccessible(admin, 'teams');
    await picture(admin, 'settings-teams-desktop');
  });

  it('are given a conversation by keyboard, and colleagues see it at once', async () => {
    await press(amara, 'a');
    const dialog = amara.getByRole('dialog', { name: 'Who answers this?' });
    await dialog.getByRole('button', { name: /Kitchen/ }).waitFor();
    await assertAccessible(amara, 'choosing a person or a team');
    await picture(amara, 'inbox-team-picker');
    // Nobody has it: that is where the focus is, and the teams are above it.
    await amara.keyboard.press('ArrowUp');
    await amara.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await amara.getByText(`Given to ${KITCHEN}.`, { exact: true }).waitFor();
    await row(admin, KITCHEN).getByText('1 open').waitFor();
    await admin.goto('/inbox');
    for (const page of [amara, admin]) await line(page).getByText(KITCHEN).waitFor();
    await amara.getByRole('button', { name: `Given to ${KITCHEN}. Assign to somebody` }).waitFor();
    await amara.getByRole('complementary', { name: 'Details' }).getByText(KITCHEN).waitFor();
    assert.doesNotMatch(await chat.locator('body').innerText(), /مطبخ|team/i, 'no affair of the customer');
    // In the history too, where it happened, for whoever reads it later as well.
    await told(amara, `You gave this to ${KITCHEN}`).waitFor();
    await openConversation(admin, 'sixty people');
    await told(admin, `Amara Okafor gave this to ${KITCHEN}`).waitFor();
    await say(chat, 'Most of the sixty people are vegetarians');
    const next = amara.getByRole('log').locator('[data-seq]').filter({ hasText: 'vegetarians' });
    await next.getByText(`You gave this to ${KITCHEN}`).waitFor();
    assert.ok(await next.evaluate((row) => row.firstElementChild.matches('[data-change]')), 'above what was said next');
    await picture(amara, 'inbox-team-desktop');
    await assertAccessible(amara, 'a conversation of a team');
  });

  it('narrow the list, in the address, by name with Ctrl-K, and as a view with its count', async () => {
    await teamSelect(amara).selectOption({ label: KITCHEN });
    await eventually(async () => assert.equal(await list(amara).getByRole('listitem').count(), 1));
    assert.match(amara.url(), /[?&]t=tea_/);
    await amara.reload();
    await line(amara).waitFor();
    assert.equal(await list(amara).getByRole('listitem').count(), 1);
    await teamSelect(amara).selectOption({ label: 'No team' });
    await eventually(async () => assert.equal(await line(amara).count(), 0));
    await amara.keyboard.press('Control+k');
    await amara.keyboard.type('my teams');
    await amara.getByRole('option', { name: 'Conversations: My teams' }).click();
    await line(amara).waitFor();
    assert.equal(await teamSelect(amara).inputValue(), 'mine');
    await amara.getByRole('button', { name: 'Save as a view' }).click();
    const dialog = amara.getByRole('dialog', { name: 'Save as a view' });
    assert.equal(await dialog.getByLabel('Given to').inputValue(), 'mine');
    await dialog.getByLabel('Name').fill('Ours');
    await dialog.getByRole('button', { name: 'Save' }).click();
    const view = list(amara).getByRole('button', { name: /^Ours/ });
    await eventually(async () => assert.equal(await view.innerText(), 'Ours\n2'));
    await list(amara).getByText('Open · my teams’').waitFor();
    await say(chat, 'Sixty-five, actually');
    await line(amara, 'Sixty-five').waitFor();
  });

  it('take it from whoever is not in them, and give it back with Undo', async () => {
    const weddings = await made(admin, 'Weddings', []);
    await line(amara, 'Sixty-five').click();
    await press(amara, 'm');
    await amara.getByRole('button', { name: /^Answered by You/ }).waitFor();
    await press(amara, 't');
    const dialog = amara.getByRole('dialog', { name: 'Hand on' });
    await dialog.getByLabel('To', { exact: true }).selectOption(weddings);
    await dialog.getByLabel('What they should know').fill('Without nuts.');
    await dialog.getByRole('button', { name: 'Hand on' }).click();
    await amara.getByRole('button', { name: 'Given to Weddings. Assign to somebody' }).waitFor();
    await amara.getByRole('log').getByText('Without nuts.').waitFor();
    await told(amara, `You moved this from ${KITCHEN} to Weddings`).waitFor();
    await amara.getByRole('button', { name: 'Undo' }).last().click();
    await amara.getByRole('button', { name: /^Answered by You/ }).waitFor();
    await amara.getByText(`given to ${KITCHEN}`).first().waitFor();
    await told(amara, `You moved this from Weddings to ${KITCHEN}`).waitFor();
    const before = await lines(amara);
    assert.equal(before.length, 3);
    await picture(amara, 'inbox-team-lines-desktop');
    await assertAccessible(amara, 'lines about teams');
    await amara.reload();
    await told(amara, `You moved this from Weddings to ${KITCHEN}`).waitFor();
    assert.deepEqual(await lines(amara), before, 'the same, and in the same order, when it is read again');
    assert.doesNotMatch(await chat.locator('body').innerText(), /مطبخ|Weddings|team/i, 'no affair of the customer');
  });

  it('are given many at once', async () => {
    await list(admin).getByRole('listitem').getByRole('checkbox').nth(0).check();
    await list(admin).getByRole('listitem').getByRole('checkbox').nth(1).check();
    await list(admin).getByRole('button', { name: 'Assign' }).click();
    await admin.getByRole('dialog', { name: 'Who answers these 2 conversations?' }).getByRole('button', { name: /^Events/ }).click();
    await admin.getByText('2 conversations are given to Events.').waitFor();
    await admin.getByRole('button', { name: 'Undo' }).last().click();
    await admin.getByText('2 conversations are as before.').waitFor();
  });

  it('are taken away with word of what they have, and come back with Undo', async () => {
    await admin.goto('/settings#teams');
    await row(admin, KITCHEN).getByText('1 open').waitFor();
    await admin.getByRole('button', { name: `Remove ${KITCHEN}` }).click();
    const sure = admin.getByRole('dialog', { name: `Remove “${KITCHEN}”?` });
    await sure.getByText('One open conversation is given to it.').waitFor();
    await assertAccessible(admin, 'removing a team');
    await sure.getByRole('button', { name: 'Remove' }).click();
    await eventually(async () => assert.equal(await line(amara, 'Sixty-five').getByText(KITCHEN).count(), 0));
    await told(amara, 'You moved this from Weddings to a team that is gone').waitFor();
    await admin.getByRole('button', { name: 'Undo' }).last().click();
    await row(admin, KITCHEN).getByText('1 open').waitFor();
    await told(amara, `You moved this from Weddings to ${KITCHEN}`).waitFor();
    assert.deepEqual((await lines(amara)).filter((each) => each.includes('gone')), []);
  });

  it('are there on a phone and in the dark', async () => {
    for (const [size, scheme] of [['phone', 'light'], ['desktop', 'dark']]) {
      const page = await (await windows.person({ size, scheme, storage: await admin.context().storageState() })).newPage();
      await page.goto('/settings#teams');
      await row(page, KITCHEN).getByText('1 open').waitFor();
      await fits(page);
      await picture(page, `settings-teams-${size}-${scheme}`);
      await page.goto('/inbox?t=mine');
      await list(page).getByRole('listitem').or(page.getByText('Nothing of your teams')).first().waitFor();
      await fits(page);
      if (size === 'phone') await assertAccessible(page, 'the inbox of a team, on a phone');
      await picture(page, `inbox-team-${size}-${scheme}`);
      await page.goto('/inbox');
      await openConversation(page, 'Sixty-five');
      await told(page, `Amara Okafor moved this from Weddings to ${KITCHEN}`).waitFor();
      await fits(page);
      await picture(page, `inbox-team-lines-${size}-${scheme}`);
      if (size === 'phone') await assertAccessible(page, 'lines about teams, on a phone');
      await page.close();
    }
  });

  it('are for admins to change', async () => {
    await amara.goto('/settings#teams');
    await amara.getByText('Your admins make and change them.').waitFor();
    assert.equal(await amara.getByRole('button', { name: /^(Change|Remove|Add a team)/ }).count(), 0);
    await assert.rejects(made(amara, 'Mine', []), /FORBIDDEN/);
  });

  /** Makes a team without the page. */
  async function made(page, name, members) {
    const who = await page.evaluate(async () => (await (await fetch('/v1/auth/me')).json()).data);
    const tenant = JSON.stringify(who).match(/ten_\w+/)[0];
    const team = `tea_${'0'.repeat(18)}${String(Date.now()).slice(-8)}`;
    await command(page, `tenants/${tenant}`, 'set_team', { team, name, members });
    return team;
  }
});
