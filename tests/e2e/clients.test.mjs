// Clients as accounts: who belongs to them and looks after them, where they stand, and why the next step is not open yet; for the
// staff on a page of its own, and for the client beside the conversation.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, Windows } from './support/browser.mjs';
import { signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

describe('clients', () => {
  let server, windows, amara, admin, maya, context;
  const list = (page) => page.getByRole('region', { name: 'Clients' });
  const card = (page, name) => page.getByRole('region', { name, exact: true });
  const pick = (page, name) => page.getByRole('dialog').getByRole('button', { name });

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    context = await windows.person();
    amara = await context.newPage();
    await signIn(amara, server.person(/^account manager/), '**/inbox');
    admin = await (await windows.person()).newPage();
    await signIn(admin, server.person(/^admin$/), '**/inbox');
    maya = await (await windows.person()).newPage();
    await signIn(maya, server.person(/client/i), '**/chat');
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
  });

  it('are found by their names, and are shown with all that belongs to them', async () => {
    await amara.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Clients' }).click();
    await list(amara).getByRole('link', { name: /Maya Lindqvist/ }).waitFor();
    await amara.getByText('Choose a client').waitFor();
    await amara.getByLabel('Find a client').fill('zzz');
    await list(amara).getByText('No client has “zzz” in their name.').waitFor();
    const where = list(amara).getByLabel('Where');
    await where.selectOption({ label: 'Paused' });
    await list(amara).getByText('No client who stands at “Paused” has “zzz” in their name.').waitFor();
    await amara.getByLabel('Find a client').fill('');
    await list(amara).getByText('No client stands at “Paused”.').waitFor();
    await where.selectOption({ label: 'In conversation' });
    await list(amara).getByRole('link', { name: /Maya Lindqvist/ }).waitFor();
    await amara.getByLabel('Find a client').fill('LINDQ');
    await list(amara).getByRole('link', { name: /Maya Lindqvist/ }).click();
    await amara.getByRole('heading', { name: 'Maya Lindqvist', level: 2 }).waitFor();
    await card(amara, 'Account manager').getByText('You', { exact: true }).waitFor();
    await card(amara, 'Who belongs to it').getByText('Maya Lindqvist').waitFor();
    await card(amara, 'Who belongs to it').getByText('Online').waitFor();
    await card(amara, 'What happened').getByText('The account was opened.').waitFor();
    await card(amara, 'Where it stands').getByText('Onboarding: open').waitFor();
    assert.equal(await card(amara, 'Where it stands').locator('[aria-current=step]').innerText(), 'In conversation');
    await assertAccessible(amara, 'a client');
    await picture(amara, 'clients-desktop');
  });

  it('say why the next step is not open yet, to the staff and to the client', async () => {
    await maya.getByText('Amara Okafor opens it, when you have talked').waitFor();
    await card(amara, 'Account manager').getByRole('button', { name: 'Change the account manager' }).click();
    await pick(amara, 'Nobody').click();
    await card(amara, 'Where it stands').getByText('not open yet. Nobody looks after them yet.').waitFor();
    assert.equal(await card(amara, 'Where it stands').getByRole('button', { name: 'Take the next step' }).count(), 0);
    await list(amara).getByText('Nobody looks after them').waitFor();
    await maya.getByText('It opens when somebody of the team looks after you.').waitFor();
    await picture(maya, 'client-page-desktop');
    // The same beside the conversation.
    await card(amara, 'Conversations').getByRole('link', { name: 'Open the conversation' }).click();
    await amara.getByRole('complementary', { name: 'Details' }).getByText('Onboarding: not open yet.', { exact: false }).waitFor();
    await amara.getByRole('link', { name: 'Open the account' }).click();
    await amara.getByRole('heading', { name: 'Maya Lindqvist', level: 2 }).waitFor();
  });

  it('go on by keyboard, and everybody concerned sees it at once', async () => {
    await admin.goto(amara.url());
    await card(admin, 'Account manager').getByText('Nobody looks after them').waitFor();
    const press = async (button) => {
      await button.focus();
      await amara.keyboard.press('Enter');
    };
    await press(card(amara, 'Account manager').getByRole('button', { name: 'Choose the account manager' }));
    await pick(amara, /\(you\)/).waitFor();
    await amara.keyboard.press('a');
    await amara.keyboard.press('Enter');
    await card(admin, 'Account manager').getByText('Amara Okafor').waitFor();
    await press(card(amara, 'Where it stands').getByRole('button', { name: 'Take the next step' }));
    await pick(amara, /Onboarding, assisted/).waitFor();
    await amara.keyboard.press('ArrowDown');
    await amara.keyboard.press('Enter');
    await card(admin, 'Where it stands').getByText('Onboarded by themselves, with help.').waitFor();
    await card(admin, 'What happened').getByText('took it from “In conversation” to “Onboarding”, assisted.').waitFor();
    await maya.getByText('Next: Choose a pack.').waitFor();
    await list(admin).getByRole('link').filter({ hasText: 'Onboarding' }).waitFor();
  });

  it('are called anew, and only admins take somebody out, with a question before', async () => {
    assert.equal(await card(amara, 'Who belongs to it').getByRole('button').count(), 0);
    await amara.getByRole('button', { name: 'Rename' }).click();
    await amara.getByRole('dialog').getByLabel('Name').fill(' ');
    await amara.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await amara.getByRole('dialog').getByText('is empty', { exact: false }).first().waitFor();
    await amara.getByRole('dialog').getByLabel('Name').fill('Lindqvist 🙂 عائلة');
    await amara.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await list(admin).getByText('Lindqvist 🙂 عائلة').waitFor();
    const out = card(admin, 'Who belongs to it').getByRole('button', { name: 'Take Maya Lindqvist out of the account' });
    await out.click();
    await admin.keyboard.press('Escape');
    assert.equal(await out.count(), 1);
    await picture(admin, 'clients-admin');
    await out.click();
    await admin.getByRole('dialog').getByRole('button', { name: 'Take them out' }).click();
    await card(amara, 'Who belongs to it').getByText('Nobody any more').waitFor();
    await card(amara, 'What happened').getByText('took Maya Lindqvist out of the account.').waitFor();
  });

  it('say that they cannot be shown while offline, and come back by themselves', async () => {
    await context.setOffline(true);
    await amara.getByLabel('Find a client').fill('lind');
    await list(amara).getByText('The clients cannot be shown').waitFor();
    await context.setOffline(false);
    await eventually(async () => assert.equal(await list(amara).getByRole('link').count(), 1));
    await amara.goto('/clients?id=acc_01h455vb4pex5vsknk084sn02q');
    await amara.getByText('This client cannot be shown').waitFor();
  });

  it('fit a phone, and are the staff’s', async () => {
    const phone = await (await windows.person({ size: 'phone', scheme: 'dark' })).newPage();
    await signIn(phone, server.person(/^admin$/), '**/inbox');
    await phone.goto('/clients');
    await list(phone).getByRole('link').first().waitFor();
    assert.ok(await phone.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the page');
    await picture(phone, 'clients-list-phone-dark');
    await list(phone).getByRole('link').first().click();
    await card(phone, 'Where it stands').waitFor();
    assert.ok(await phone.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the page');
    await assertAccessible(phone, 'a client on a phone');
    await picture(phone, 'clients-phone-dark');
    await phone.getByRole('button', { name: 'Back to the clients' }).click();
    await list(phone).getByRole('link').first().waitFor();
    assert.equal(await phone.evaluate(() => document.activeElement?.tagName), 'A', 'the focus is where one left');
    await maya.goto('/clients');
    await maya.waitForURL('**/chat');
  });
});
