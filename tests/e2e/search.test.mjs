// Finding what was said: by keyboard, with accents and a wrong letter, in every conversation, and straight to the message.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, Windows } from './support/browser.mjs';
import { openChat, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

describe('finding what was said', () => {
  let server, windows, amara, chat;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    amara = await (await windows.person()).newPage();
    await signIn(amara, server.person(/^account manager/), '**/inbox');
    chat = await openChat(await (await windows.person()).newPage());
    await say(chat, 'Do you have Crème brûlée for dessert?');
    await amara.getByRole('link').filter({ hasText: 'Crème' }).waitFor();
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    windows?.assertQuiet();
  });

  const field = (page = amara) => page.getByRole('searchbox', { name: 'Find conversations' });
  const results = (page = amara) => page.getByRole('region', { name: 'Said anywhere' });

  it('is a key away, and finds as one types, whatever the accents', async () => {
    await amara.keyboard.press('/');
    await eventually(async () => assert.ok(await field().evaluate((element) => element === document.activeElement)));
    await amara.keyboard.type('creme bru');
    const hit = results().getByRole('link').filter({ hasText: 'Crème brûlée' });
    await hit.waitFor();
    assert.deepEqual(await hit.locator('mark').allInnerTexts(), ['Crème', 'brûlée']);
    await assertAccessible(amara, 'what was found');
  });

  it('goes straight to the message, also in a conversation that is not in the list', async () => {
    await field().fill('gift cards');
    const hit = results().getByRole('link').filter({ hasText: 'gift cards' });
    await hit.waitFor();
    assert.match(await hit.innerText(), /Resolved/);
    await field().fill('coriander');
    // The note is newer than what the client wrote.
    await results().getByText('Coriander: dislike').waitFor();
    await picture(amara, 'inbox-search-desktop');
    await results().getByRole('link').first().click();
    await amara.getByRole('heading', { name: 'Maya Lindqvist' }).first().waitFor();
    const note = amara.locator('[role=log] article').filter({ hasText: 'Coriander: dislike' });
    await eventually(async () => assert.ok(await note.evaluate((element) => element === document.activeElement || element.contains(document.activeElement))));
    await picture(amara, 'inbox-search-opened-desktop');
  });

  it('forgives a wrong letter and says so, and says when there is nothing', async () => {
    await field().fill('Walthamsow');
    await results().getByRole('heading', { name: 'Spelled like it' }).waitFor();
    await results().getByRole('link').filter({ hasText: 'Walthamstow' }).waitFor();
    await field().fill('zeppelin');
    await results().getByText('Nobody has said this.').waitFor();
    await field().fill('🎉🎉');
    await results().getByText('Write a word to look for.').waitFor();
    await field().fill('');
    await results().waitFor({ state: 'hidden' });
  });

  it('looks in what is given to a team, to mine or to none, with the same choice as the list', async () => {
    const team = amara.getByRole('region', { name: 'Conversations' }).getByLabel('Team', { exact: true });
    const found = async (choice, count) => {
      await team.selectOption({ label: choice });
      await eventually(async () => assert.equal(await results().getByRole('link').count(), count, choice));
    };
    await field().fill('summer party');
    await results().getByRole('link').filter({ hasText: 'summer party' }).waitFor();
    await found('Drivers', 0);
    await results().getByText('Nobody has said this where you look. Choose “All teams” to look everywhere.').waitFor();
    await found('Events', 1);
    assert.match(amara.url(), /[?&]t=tea_/);
    await picture(amara, 'inbox-search-team-desktop');
    await found('No team', 0);
    await found('My teams', 1);
    assert.match(amara.url(), /[?&]t=mine/);
    // By name, with Ctrl-K, while something is looked for.
    await amara.keyboard.press('Control+k');
    await amara.keyboard.type('no team');
    await amara.getByRole('option', { name: 'Conversations: No team' }).click();
    await eventually(async () => assert.equal(await results().getByRole('link').count(), 0));
    // What the address keeps narrows what is looked for next time.
    await amara.goto('/inbox?t=none&q=summer+party');
    await results().getByText('Nobody has said this where you look.').waitFor();
    await team.selectOption({ label: 'All teams' });
    await results().getByRole('link').filter({ hasText: 'summer party' }).waitFor();
    await field().fill('');
  });

  it('finds what was just said', async () => {
    await say(chat, 'And is the quiche vegetarian?');
    await amara.getByRole('link').filter({ hasText: 'quiche' }).first().waitFor();
    await eventually(async () => {
      await field().fill('');
      await field().fill('quiche veg');
      await results().getByRole('link').filter({ hasText: 'quiche' }).waitFor({ timeout: 1_000 });
    });
  });

  it('says that it cannot look while offline, and looks by itself when it can', async () => {
    await amara.context().setOffline(true);
    await field().fill('nuts');
    await results().getByRole('button', { name: 'Try again' }).waitFor();
    await picture(amara, 'inbox-search-offline');
    await amara.context().setOffline(false);
    await results().getByRole('link').filter({ hasText: 'nuts' }).waitFor();
  });

  it('fits a phone', async () => {
    const phone = await (await windows.person({ size: 'phone', scheme: 'dark' })).newPage();
    await signIn(phone, server.person(/^account manager/), '**/inbox');
    await field(phone).fill('delivr');
    await results(phone).getByRole('link').first().waitFor();
    await picture(phone, 'inbox-search-phone');
    await assertAccessible(phone, 'what was found on a phone');
    await results(phone).getByRole('link').first().click();
    await phone.getByRole('textbox', { name: 'Write an answer' }).waitFor();
  });
});
