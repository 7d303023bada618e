// Conversations are given to people by themselves, as an admin has said, and handed on with a note.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, Windows } from './support/browser.mjs';
import { command } from './support/http.mjs';
import { openChat, openConversation, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

describe('routing', () => {
  let server, windows, admin, amara, chat;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    admin = await (await windows.person()).newPage();
    amara = await (await windows.person()).newPage();
    await signIn(admin, server.person(/^admin$/), '**/inbox');
    await signIn(amara, server.person(/^account manager/), '**/inbox');
    chat = await openChat(await (await windows.person()).newPage());
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    windows?.assertQuiet();
  });

  const takes = (page) => page.getByRole('switch', { name: 'Taking chats' });
  const row = (page, name) => page.getByRole('row', { name });
  const loadOf = async (page, name) => Number(await row(page, name).getByRole('cell').first().innerText());
  /** How many open conversations somebody has, as the server says. */
  const openOf = (page) => page.evaluate(async () => {
    const { data: me } = await (await fetch('/v1/auth/me')).json();
    const { data } = await (await fetch(`/v1/conversations?status=open&assignee=${me.user.id}&limit=100`)).json();
    return data.items.length;
  });
  const line = (page, words) => page.getByRole('region', { name: 'Conversations' }).locator('[data-row]').filter({ hasText: words });
  const fits = async (page) => assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the page');

  it('is by hand until an admin says otherwise, by keyboard', async () => {
    await takes(admin).click();
    await eventually(async () => assert.equal(await takes(admin).getAttribute('aria-checked'), 'false'));
    await admin.goto('/settings#routing');
    await admin.getByText('Conversations are given by hand now.').waitFor();
    await row(admin, /Amara/).getByText('Online').waitFor();
    await row(admin, /\(you\)/).getByText('Takes no chats').waitFor();
    await assertAccessible(admin, 'routing by hand');
    const radio = admin.getByRole('radio', { name: /^By hand/ });
    await radio.focus();
    await admin.keyboard.press('ArrowDown');
    await admin.keyboard.press('ArrowDown');
    assert.ok(await admin.getByRole('radio', { name: /^To the least busy/ }).isChecked());
    const most = admin.getByLabel('Open conversations at most');
    await most.fill('101');
    await admin.keyboard.press('Enter');
    await admin.getByText('Choose a number from 1 to 100.').waitFor();
    await most.fill('1');
    await admin.keyboard.press('Enter');
    await admin.getByText('Saved.').waitFor();
    await admin.getByText('Conversations are given by hand now.').waitFor({ state: 'hidden' });
  });

  it('gives what waits to whoever is there, as many as they can take', async () => {
    await eventually(async () => assert.ok((await loadOf(admin, /Amara/)) >= 1));
    const own = admin.getByLabel(/^At most for Amara/);
    await own.fill('40');
    await own.press('Tab');
    await admin.getByText(/can take 40 at most\.$/).waitFor();
    assert.equal(await admin.getByText('Nobody is there:').count(), 0);
    await own.scrollIntoViewIfNeeded();
    await picture(admin, 'routing-settings-desktop');
    await assertAccessible(admin, 'routing in use');
    await eventually(async () => assert.equal(await own.inputValue(), '40'));
    await admin.reload();
    await eventually(async () => assert.equal(await own.inputValue(), '40'));
    assert.ok(await admin.getByRole('radio', { name: /^To the least busy/ }).isChecked());
  });

  it('tells who is given one, and the customer nothing', async () => {
    await say(chat, 'Could you cater for forty? شكراً 🙏');
    await amara.getByRole('status').getByText(/ (is|are) given to you\.$/).last().waitFor();
    await line(amara, 'cater for forty').getByText('Given to you').waitFor();
    await eventually(async () => assert.equal(await loadOf(admin, /Amara/), await openOf(amara)));
    await picture(amara, 'routing-given-desktop');
    await openConversation(amara, 'cater for forty');
    await amara.getByText('given to you by routing').waitFor();
    await amara.getByText('You, given by routing').waitFor();
    await say(amara, 'Gladly. When?');
    await chat.getByText('Gladly. When?').waitFor();
    assert.doesNotMatch(await chat.locator('body').innerText(), /routing|given/i);
    await assertAccessible(amara, 'a conversation that was given');
  });

  it('hands on with a note, by key and by name', async () => {
    await amara.getByRole('textbox', { name: 'Write an answer' }).press('Escape');
    await amara.keyboard.press('t');
    const box = amara.getByRole('dialog', { name: 'Hand on' });
    await box.getByLabel('To', { exact: true }).waitFor();
    await assertAccessible(amara, 'handing on');
    await picture(amara, 'routing-hand-on-desktop');
    const to = await box.getByLabel('To', { exact: true }).locator('option').first().innerText();
    await box.getByLabel('What they should know').fill('They want it on Friday.');
    await box.getByRole('button', { name: 'Hand on' }).click();
    await box.waitFor({ state: 'detached' });
    await amara.getByText(/^Handed on to /).waitFor();
    await amara.getByRole('log').getByText('They want it on Friday.').waitFor();
    await amara.getByText('given to you by routing').waitFor({ state: 'detached' });
    assert.equal(await line(amara, 'Gladly').getByText('Given to you').count(), 0, to);
    assert.equal(await chat.getByText('They want it on Friday.').count(), 0);
    await amara.getByRole('button', { name: 'Undo' }).last().click();
    await line(amara, 'Gladly').getByText('You', { exact: true }).waitFor();
  });

  it('says that conversations wait when nobody is there, on a phone and in the dark', async () => {
    await takes(amara).click();
    await admin.getByText('Nobody is there: conversations wait in the queue.').waitFor();
    for (const [size, scheme] of [['phone', 'light'], ['desktop', 'dark']]) {
      const person = await windows.person({ size, scheme, storage: await admin.context().storageState() });
      const page = await person.newPage();
      await page.goto('/settings#routing');
      await page.getByText('Nobody is there: conversations wait in the queue.').waitFor();
      await row(page, /Amara/).getByText('Takes no chats').waitFor();
      await fits(page);
      await row(page, /Amara/).scrollIntoViewIfNeeded();
      await assertAccessible(page, `routing, ${size}, ${scheme}`);
      await picture(page, `routing-settings-${size}-${scheme}`);
      await page.close();
    }
    await takes(amara).click();
    await admin.getByText('Nobody is there: conversations wait in the queue.').waitFor({ state: 'hidden' });
  });

  it('shows on a phone what was given, and hands it on there', async () => {
    const phone = await (await windows.person({ size: 'phone', scheme: 'dark', storage: await amara.context().storageState() })).newPage();
    await phone.goto('/inbox');
    await phone.getByText('Given to you').first().waitFor();
    await fits(phone);
    await assertAccessible(phone, 'given, on a phone');
    await picture(phone, 'routing-given-phone-dark');
    await phone.getByRole('region', { name: 'Conversations' }).getByRole('link').filter({ hasText: 'Given to you' }).first().click();
    await phone.getByText('given to you by routing').waitFor();
    await phone.getByRole('button', { name: /^Actions/ }).click();
    await phone.keyboard.type('hand on');
    await phone.getByRole('option', { name: /^Hand on with a note/ }).click();
    const box = phone.getByRole('dialog', { name: 'Hand on' });
    await box.getByLabel('What they should know').waitFor();
    await fits(phone);
    await assertAccessible(phone, 'handing on, on a phone');
    await picture(phone, 'routing-hand-on-phone-dark');
    await box.getByRole('button', { name: 'Cancel' }).click();
    await phone.close();
  });

  it('is for admins', async () => {
    await amara.goto('/settings#routing');
    await amara.getByRole('heading', { level: 1, name: 'You' }).waitFor();
    const tenant = await amara.evaluate(async () => (await (await fetch('/v1/auth/me')).json()).data);
    const id = JSON.stringify(tenant).match(/ten_\w+/)[0];
    await assert.rejects(command(amara, `tenants/${id}`, 'set_routing', { mode: 'by_hand', capacity: 5 }), /FORBIDDEN/);
  });
});
