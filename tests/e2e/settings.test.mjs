// Every setting changes what it says it changes, and what can be lost is asked about first.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, SIZES, Windows } from './support/browser.mjs';
import { chatOf, linkOfMail, openChat, openConversation, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

describe('settings', () => {
  let server, windows, admin, mail, key;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    admin = await (await windows.person()).newPage();
    mail = await (await windows.person()).newPage();
    await signIn(admin, server.person(/^admin$/), '**/inbox');
    key = /data-key="(pk_[^"]+)"/.exec(await (await fetch(server.url)).text())[1];
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
  });

  const config = async () => (await (await fetch(`${server.url}/v1/site/config`, { headers: { 'x-tenant-key': key } })).json()).data;
  const open = async (section, title) => {
    await admin.goto(`/settings#${section}`);
    await admin.getByRole('heading', { level: 1, name: title }).waitFor();
  };
  const cardOf = (title) => admin.locator('section', { has: admin.getByRole('heading', { name: title, exact: true }) });

  it('the greeting is what a visitor reads', async () => {
    await open('hours', 'Hours and greeting');
    const card = cardOf('How the chat greets');
    await card.getByLabel('When somebody is there').fill('Good to see you!');
    await card.getByLabel('When nobody is there').fill('Nobody is at home 🌙');
    await card.getByRole('button', { name: 'Save' }).click();
    await card.getByText('Saved.').waitFor();
    const page = await (await windows.person()).newPage();
    await (await openChat(page)).getByText('Good to see you!').waitFor();

    await card.getByRole('button', { name: 'Greet differently on a page' }).click();
    const rule = card.getByRole('listitem');
    await rule.getByLabel('When somebody is there').fill('Hungry? جائع؟ 🍲');
    await card.getByRole('button', { name: 'Save' }).click();
    await rule.getByText('A page begins with /').waitFor();
    await picture(admin, 'settings-greeting-desktop');
    await rule.getByLabel('Page', { exact: true }).fill(`${server.url}/?from=mail`);
    await card.getByRole('button', { name: 'Save' }).click();
    await card.getByText('Saved.').waitFor();
    await assertAccessible(admin, 'a greeting of a page');
    await page.reload();
    await page.getByRole('button', { name: 'Open chat' }).click();
    await chatOf(page).getByText('Hungry? جائع؟ 🍲').waitFor();
    await open('hours', 'Hours and greeting');
    await card.getByRole('button', { name: 'Greet as everywhere on this page' }).click();
    await card.getByRole('button', { name: 'Save' }).click();
    await card.getByText('Saved.').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Open chat' }).click();
    await chatOf(page).getByText('Good to see you!').waitFor();
  });

  it('who does not take chats is not there for visitors', async () => {
    await admin.goto('/inbox');
    const page = await (await windows.person()).newPage();
    const chat = await openChat(page);
    await chat.getByText('We are here').waitFor();
    const takes = admin.getByRole('switch', { name: 'Taking chats' });
    await takes.click();
    await eventually(async () => assert.equal(await takes.getAttribute('aria-checked'), 'false'));
    await page.reload();
    await page.getByRole('button', { name: 'Open chat' }).click();
    await chat.getByText(/^Away/).first().waitFor();
    await chat.getByText('Nobody is at home 🌙').waitFor();
    await takes.click();
    await eventually(async () => assert.equal((await config()).staff_online, true));
  });

  it('hours decide when the chat says it is open, in the zone that is set', async () => {
    await open('hours', 'Hours and greeting');
    const card = cardOf('Opening hours');
    await card.getByRole('button', { name: 'Save' }).waitFor();
    for (;;) {
      const remove = card.getByRole('button', { name: /^Remove these hours/ });
      if ((await remove.count()) === 0) break;
      await remove.first().click();
    }
    await card.getByRole('button', { name: 'Save' }).click();
    await card.getByText('Saved.').waitFor();
    await eventually(async () => assert.deepEqual([(await config()).open_now, (await config()).opens_at], [false, null]));

    for (const day of ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']) {
      await card.getByRole('button', { name: `Add hours on ${day}` }).click();
      await card.getByLabel(`${day} from`).fill('00:00');
      await card.getByLabel(`${day} to`).fill('24:00');
    }
    await card.getByLabel('Time zone').fill('Europe/Vienna');
    await card.getByRole('button', { name: 'Save' }).click();
    await eventually(async () => assert.equal((await config()).open_now, true));
  });

  it('a day that is closed is so whatever the hours say, until it is taken off', async () => {
    await open('hours', 'Hours and greeting');
    const card = cardOf('Opening hours');
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Vienna' }).format(new Date());
    for (const openNow of [false, true]) {
      if (openNow) await card.getByRole('button', { name: `Open again on ${today}` }).click();
      else await card.getByLabel('Closed all day on').fill(today);
      await card.getByRole('button', { name: 'Save' }).click();
      await eventually(async () => assert.equal((await config()).open_now, openNow));
    }
  });

  it('hours that make no sense are refused with the reason, and stay to be corrected', async () => {
    await open('hours', 'Hours and greeting');
    const card = cardOf('Opening hours');
    await card.getByLabel('Monday to').fill('99:00');
    await card.getByRole('button', { name: 'Save' }).click();
    await card.getByRole('alert').filter({ hasText: /./ }).waitFor();
    assert.equal(await card.getByLabel('Monday to').inputValue(), '99:00');
    assert.equal((await config()).open_now, true);
  });

  it('the name of the business is what customers see', async () => {
    await open('business', 'Business');
    const card = cardOf('Business');
    await card.getByLabel('Name').fill('Balance & Sons');
    await card.getByRole('button', { name: 'Save' }).click();
    await card.getByText('Saved.').waitFor();
    await eventually(async () => assert.equal((await config()).tenant.name, 'Balance & Sons'));
  });

  it('somebody is invited to the team, gets a role, and is removed; the session ends with it', async () => {
    await open('people', 'People');
    const invite = cardOf('Invite somebody');
    await invite.getByLabel('Name').fill('Lea Horn');
    await invite.getByLabel('E-mail').fill('lea@example.org');
    await invite.getByRole('button', { name: 'Send the invitation' }).click();
    await invite.getByText('The invitation is on its way to lea@example.org.').waitFor();

    const lea = await (await windows.person()).newPage();
    await lea.goto(await linkOfMail(mail, 'lea@example.org', /invite#token/));
    await lea.getByLabel('Choose a password').fill('eleven grey herons standing');
    await lea.getByRole('button', { name: 'Accept the invitation' }).click();
    await lea.waitForURL('**/inbox');
    await lea.getByRole('region', { name: 'Conversations' }).getByRole('link').first().waitFor();

    await open('people', 'People');
    await admin.reload();
    const row = admin.getByRole('listitem').filter({ hasText: 'lea@example.org' });
    await row.getByRole('combobox').selectOption('admin');
    await admin.getByText('Lea Horn is admin now.').waitFor();
    await row.getByRole('button', { name: 'Remove' }).click();
    await admin.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await eventually(async () => assert.equal(await row.count(), 0));
    await lea.waitForURL('**/sign-in**', { timeout: 15_000 });
  });

  it('an invitation that is taken back lets nobody in; a role lets into what it says', async () => {
    await open('people', 'People');
    const invite = cardOf('Invite somebody');
    const send = async (name, email) => {
      await invite.getByLabel('Name').fill(name);
      await invite.getByLabel('E-mail').fill(email);
      await invite.getByLabel('Role').selectOption({ label: 'Admin' });
      await invite.getByRole('button', { name: 'Send the invitation' }).click();
      await invite.getByText(`The invitation is on its way to ${email}.`).waitFor();
      return linkOfMail(mail, email, /invite#token/);
    };
    const [late, page] = await Promise.all([0, 1].map(async () => (await windows.person()).newPage()));
    const [first, second] = [await send('Ida Falk', 'ida@example.org'), await send('Noa Lind', 'noa@example.org')];
    await admin.reload();
    const row = (email) => admin.getByRole('listitem').filter({ hasText: email });
    await row('ida@example.org').getByRole('button', { name: 'Take the invitation back' }).click();
    await eventually(async () => assert.equal(await row('ida@example.org').count(), 0));
    await late.goto(first);
    await late.getByRole('heading', { name: 'This invitation does not work' }).waitFor();
    await page.goto(second);
    await page.getByLabel('Choose a password').fill('nine amber otters paddling');
    await page.getByRole('button', { name: 'Accept the invitation' }).click();
    await page.waitForURL('**/inbox');
    const settings = async () => {
      const look = await page.context().newPage();
      await look.goto('/settings');
      await look.getByRole('heading', { level: 1, name: 'You' }).waitFor();
      const links = await look.getByRole('navigation', { name: 'Settings' }).getByRole('link').allInnerTexts();
      await look.close();
      return links;
    };
    await eventually(async () => assert.ok((await settings()).includes('API keys')));
    await open('people', 'People');
    await admin.reload();
    await row('noa@example.org').getByRole('combobox').selectOption({ label: 'Account manager' });
    await admin.getByText('Noa Lind is account manager now.').waitFor();
    await eventually(async () => {
      const links = await settings();
      assert.ok(links.includes('Teams') && !links.includes('API keys'), links.join());
    });
    await page.context().close();
  });

  it('a secret key is shown once, works, and stops working when it is revoked', async () => {
    await open('keys', 'API keys');
    const card = cardOf('New key');
    await card.getByLabel('Name').fill('Shop server');
    await card.getByLabel('Kind').selectOption('secret');
    await card.getByRole('button', { name: 'Make the key' }).click();
    const dialog = admin.getByRole('dialog');
    const secret = await dialog.locator('code').innerText();
    assert.match(secret, /^sk_/);
    await dialog.getByRole('button', { name: 'I have copied it' }).click();
    const row = admin.getByRole('listitem').filter({ hasText: 'Shop server' });
    await row.waitFor();
    assert.ok(!(await admin.locator('body').innerText()).includes(secret), 'it is not shown again');
    const ask = () => fetch(`${server.url}/v1/conversations`, { headers: { authorization: `Bearer ${secret}` } });
    assert.equal((await ask()).status, 200);
    await row.getByRole('button', { name: 'Revoke' }).click();
    await admin.getByRole('dialog').getByRole('button', { name: 'Revoke it' }).click();
    await eventually(async () => assert.equal(await row.count(), 0));
    await eventually(async () => assert.equal((await ask()).status, 401));
  });

  it('a public key names the business for its site, says what it is for, and is replaced at once', async () => {
    await open('keys', 'API keys');
    const card = cardOf('New key');
    await card.getByLabel('Name').fill('Trying out');
    await card.getByLabel('Kind').selectOption('public');
    await card.getByLabel('Use').selectOption('test');
    await card.getByRole('button', { name: 'Make the key' }).click();
    const dialog = admin.getByRole('dialog');
    const shown = async () => {
      const made = await dialog.locator('code').innerText();
      await dialog.getByRole('button', { name: 'Close' }).last().click();
      return made;
    };
    const tells = async (made) => (await fetch(`${server.url}/v1/site/config`, { headers: { 'x-tenant-key': made } })).status;
    const first = await shown();
    assert.match(first, /^pk_test_/);
    assert.equal(await tells(first), 200);
    const row = admin.getByRole('listitem').filter({ hasText: 'Trying out' });
    await row.getByText('test', { exact: true }).waitFor();
    await row.getByRole('button', { name: 'Replace' }).click();
    await dialog.getByRole('button', { name: 'Replace it' }).click();
    await dialog.locator('code').waitFor();
    const second = await shown();
    assert.notEqual(second, first);
    assert.deepEqual([await tells(first), await tells(second)], [401, 200]);
  });

  it('what is asked before the first message is asked no more once it is removed', async () => {
    await open('site', 'Chat on your site');
    const card = cardOf('Before the first message');
    await card.getByRole('button', { name: 'Add a question' }).click();
    await card.getByLabel('Question', { exact: true }).fill('Your table');
    const save = async () => {
      await card.getByRole('button', { name: 'Save' }).click();
      await card.getByText('Saved.').waitFor();
    };
    await save();
    const asked = async () => openChat(await (await windows.person()).newPage());
    const chat = await asked();
    await chat.getByLabel('Your table (optional)').waitFor();
    await chat.getByRole('button', { name: 'Start the chat' }).click();
    await chat.getByRole('textbox', { name: /^Write/ }).waitFor();
    await card.getByRole('checkbox', { name: 'There is no chat without an answer' }).check();
    await save();
    const strict = await asked();
    await strict.getByRole('button', { name: 'Start the chat' }).click();
    await strict.getByText('Please answer this.').waitFor();
    await card.getByRole('button', { name: 'Remove the question' }).click();
    await card.getByText('Nothing is asked.').waitFor();
    await save();
    await (await asked()).getByRole('textbox', { name: /^Write/ }).waitFor();
  });

  it('one’s own name is what the others read', async () => {
    const page = await (await windows.person()).newPage();
    const chat = await openChat(page);
    await say(chat, 'Who are you?');
    await open('you', 'You');
    await cardOf('You').getByLabel('Name').fill('Jo W.');
    await cardOf('You').getByRole('button', { name: 'Save' }).click();
    await cardOf('You').getByText('Saved.').waitFor();
    await admin.goto('/inbox');
    await openConversation(admin, 'Who are you?');
    await say(admin, 'I am Jo.');
    await chat.locator('article', { hasText: 'I am Jo.' }).getByText('Jo W.').waitFor();
  });

  it('another of one’s sessions is ended from the list', async () => {
    const other = await (await windows.person()).newPage();
    await signIn(other, server.person(/^admin$/), '**/inbox');
    await open('you', 'You');
    await cardOf('Where you are signed in').getByRole('button', { name: 'Sign out', exact: true }).first().click();
    await other.waitForURL('**/sign-in**', { timeout: 15_000 });
  });

  it('an address that is not confirmed yet is, with the link that is sent again', async () => {
    const person = server.person(/^account manager/);
    server.sql(`update users set email_verified_at = null where email = '${person.email}'`);
    const page = await (await windows.person()).newPage();
    await signIn(page, person, '**/inbox');
    await page.goto('/settings#you');
    await page.getByText(`${person.email} is not confirmed yet.`).waitFor();
    await page.getByRole('button', { name: 'Send the mail again' }).click();
    await page.getByText('A mail with a link is on its way.').waitFor();
    await page.goto(await linkOfMail(mail, person.email, /verify#token/));
    await page.getByRole('button', { name: 'Confirm my address' }).waitFor();
    await assertAccessible(page, 'the page behind the link');
    await page.getByRole('button', { name: 'Confirm my address' }).press('Enter');
    await page.getByRole('heading', { name: 'Your address is confirmed' }).waitFor();
    await assertAccessible(page, 'a confirmed address');
    await page.setViewportSize(SIZES.phone);
    await picture(page, 'verify-confirmed-phone');
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the page');
    await page.setViewportSize(SIZES.desktop);
    await page.goto('/settings#you');
    await page.getByRole('heading', { name: 'Where you are signed in' }).waitFor();
    assert.equal(await page.getByText('is not confirmed yet').count(), 0);
  });

  it('signing out everywhere signs out here too', async () => {
    const pages = await Promise.all([0, 1].map(async () => (await windows.person()).newPage()));
    for (const page of pages) await signIn(page, server.person(/^account manager/), '**/inbox');
    const [here, elsewhere] = pages;
    await here.goto('/settings#you');
    await here.getByRole('button', { name: 'Sign out everywhere' }).click();
    await here.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
    for (const page of [here, elsewhere]) await page.waitForURL('**/sign-in**', { timeout: 15_000 });
    await elsewhere.goto('/inbox');
    await elsewhere.waitForURL('**/sign-in**');
  });

  it('the password is changed: the old one no longer works, others are signed out', async () => {
    const other = await (await windows.person()).newPage();
    const person = server.person(/^admin$/);
    await signIn(other, person, '**/inbox');
    await open('you', 'You');
    const card = cardOf('Password');
    // On a slow line the socket hears that the session ended before the answer brings the new one.
    const line = await admin.context().newCDPSession(admin);
    await line.send('Network.enable');
    await line.send('Network.emulateNetworkConditions', { offline: false, latency: 700, downloadThroughput: -1, uploadThroughput: -1 });
    await card.getByLabel('Current password').fill('not it');
    await card.getByLabel('New password').fill('slow copper rivers bending');
    await card.getByRole('button', { name: 'Change the password' }).click();
    await card.getByText(/not your current password/).waitFor();
    await card.getByLabel('Current password').fill(person.password);
    await card.getByRole('button', { name: 'Change the password' }).click();
    await card.getByText('Changed. You were signed out everywhere else.').waitFor();
    await admin.waitForTimeout(2_000);
    assert.ok(admin.url().includes('/settings'), `still there, not at ${admin.url()}`);
    await line.detach();
    await other.waitForURL('**/sign-in**', { timeout: 15_000 });
    await admin.goto('/inbox');
    await admin.getByRole('region', { name: 'Conversations' }).getByRole('link').first().waitFor();
  });

  it('a forgotten password is reset with the link of a mail, once', async () => {
    const page = await (await windows.person()).newPage();
    const { email } = server.person(/^client/);
    await page.goto('/reset');
    await page.getByLabel('E-mail').fill(email);
    await page.getByRole('button', { name: 'Send me a link' }).click();
    await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
    const link = await linkOfMail(mail, email, /reset#token/);
    await page.goto(link);
    await page.getByLabel('New password').fill('password');
    await page.getByRole('button', { name: 'Save the new password' }).click();
    await page.locator('[aria-invalid=true]').waitFor();
    await page.getByLabel('New password').fill('seven quiet lanterns drifting');
    await page.getByRole('button', { name: 'Save the new password' }).click();
    await page.getByRole('heading', { name: 'Done' }).waitFor();
    await signIn(page, { email, password: 'seven quiet lanterns drifting' }, '**/chat');
    const again = await (await windows.person()).newPage();
    await again.goto(link);
    await again.getByLabel('New password').fill('another seven quiet lanterns');
    await again.getByRole('button', { name: 'Save the new password' }).click();
    await again.getByRole('alert').filter({ hasText: /too old|used already/ }).waitFor();
  });

  it('an account manager sees their own settings and the team, and nothing to break', async () => {
    const page = await (await windows.person()).newPage();
    await signIn(page, server.person(/^account manager/), '**/inbox');
    await page.goto('/settings');
    await page.getByRole('heading', { level: 1, name: 'You' }).waitFor();
    const links = await page.getByRole('navigation', { name: 'Settings' }).getByRole('link').allInnerTexts();
    assert.deepEqual(links, ['You', 'Notifications', 'Your data', 'People', 'Teams', 'Canned replies', 'Labels', 'Blocked']);
    await page.getByRole('link', { name: 'People', exact: true }).click();
    await page.getByRole('listitem').filter({ hasText: 'Jonas Weber' }).or(page.getByRole('listitem').filter({ hasText: 'Jo W.' })).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Remove' }).count(), 0);
  });

  it('what was changed is in the audit log, with who did it', async () => {
    await open('audit', 'Audit log');
    const lines = admin.locator('summary');
    await lines.filter({ hasText: 'Jo W. changed how the chat greets' }).first().waitFor();
    await admin.getByLabel('Show').selectOption('sign-in');
    await eventually(async () => assert.equal(await lines.filter({ hasText: 'changed how the chat greets' }).count(), 0));
    const signedIn = lines.filter({ hasText: 'Jo W. signed in' }).first();
    await signedIn.focus();
    await admin.keyboard.press('Enter');
    await signedIn.locator('..').getByText('session.signed_in').waitFor();
    await signedIn.locator('..').getByText('127.0.0.1').waitFor();
    await picture(admin, 'settings-audit-desktop');
    await assertAccessible(admin, 'the audit log');
    await admin.getByLabel('Show').selectOption('');
    const before = await lines.count();
    if (before === 100) {
      await admin.getByRole('button', { name: 'Show older ones' }).click();
      await eventually(async () => assert.ok(await lines.count() > before));
    }
    await admin.setViewportSize(SIZES.phone);
    await picture(admin, 'settings-audit-phone');
    assert.ok(await admin.evaluate((width) => document.documentElement.scrollWidth <= width, SIZES.phone.width));
    await admin.setViewportSize(SIZES.desktop);
  });

  it('nothing was complained of on the way', () => windows.assertQuiet());
});
