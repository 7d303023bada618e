// Feedback: whoever was answered is asked how it was once the conversation is resolved; a score is one click.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, Windows } from './support/browser.mjs';
import { chatOf, openChat, openConversation, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

const QUESTION = 'How was it? شكراً 🙏';

describe('feedback', () => {
  let server, windows, admin, amara, visitor, chat;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    admin = await (await windows.person()).newPage();
    amara = await (await windows.person()).newPage();
    await signIn(admin, server.person(/^admin$/), '**/inbox');
    await signIn(amara, server.person(/^account manager/), '**/inbox');
    visitor = await (await windows.person()).newPage();
    chat = await openChat(visitor);
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    windows?.assertQuiet();
  });

  const asks = (page) => page.getByRole('checkbox', { name: 'Ask customers how it was' });
  const card = (place) => place.getByRole('region', { name: QUESTION });
  const face = (place, name) => card(place).getByRole('button', { name, exact: true });
  const resolve = async (page) => {
    await page.getByRole('button', { name: 'Resolve', exact: true }).click();
    await page.getByRole('button', { name: 'Open again' }).waitFor();
  };

  it('is what an admin asks, with a look at what customers see', async () => {
    await admin.goto('/settings#feedback');
    await asks(admin).waitFor();
    assert.ok(await asks(admin).isChecked(), 'the demonstration asks');
    const question = admin.getByLabel('What you ask');
    await question.fill('');
    await admin.keyboard.press('Enter');
    await eventually(async () => assert.equal(await question.getAttribute('aria-invalid'), 'true'));
    await question.fill(QUESTION);
    await admin.getByRole('figure').getByText(QUESTION).waitFor();
    await assertAccessible(admin, 'feedback settings');
    await picture(admin, 'settings-feedback-desktop');
    await admin.getByRole('button', { name: 'Save' }).click();
    await admin.getByText('Saved.').waitFor();
    await admin.reload();
    await eventually(async () => assert.equal(await question.inputValue(), QUESTION));
    await amara.goto('/settings');
    await amara.getByRole('navigation', { name: 'Settings' }).waitFor();
    assert.equal(await amara.getByRole('link', { name: 'Feedback' }).count(), 0, 'it is for admins');
    await amara.goto('/inbox');
  });

  it('asks in the chat, takes a score by keyboard, and shows it to the staff', async () => {
    await say(chat, 'Do you have gluten-free boxes?');
    await openConversation(amara, 'gluten-free');
    await say(amara, 'We do, every week.');
    await chat.getByText('We do, every week.').waitFor();
    assert.equal(await card(chat).count(), 0, 'not before it is resolved');
    await resolve(amara);
    await card(chat).waitFor();
    await amara.getByText('Asked, nothing said yet').waitFor();
    await picture(visitor, 'widget-feedback-asked-desktop');
    await assertAccessible(visitor, 'the chat asks');
    await face(chat, 'Good').focus();
    await face(chat, 'Good').press('Enter');
    await card(chat).getByText('Thank you.').waitFor();
    assert.equal(await face(chat, 'Good').getAttribute('aria-pressed'), 'true');
    await amara.getByText('Good', { exact: true }).waitFor();
    await chat.getByLabel('Would you like to add anything?').fill('Answered within a minute. <b>Danke!</b>');
    await card(chat).getByRole('button', { name: 'Send feedback' }).click();
    await card(chat).getByText('Thank you. We have your words.').waitFor();
    await amara.getByText('Answered within a minute. <b>Danke!</b>').waitFor();
    await picture(visitor, 'widget-feedback-given-desktop');
    await picture(amara, 'inbox-feedback-desktop');
    await assertAccessible(amara, 'feedback in the details');
  });

  it('stays over a reload, also offline, and can be changed', async () => {
    await visitor.reload();
    await visitor.getByRole('button', { name: 'Open chat' }).click();
    chat = chatOf(visitor);
    await eventually(async () => assert.equal(await face(chat, 'Good').getAttribute('aria-pressed'), 'true'));
    assert.equal(await chat.getByLabel('Would you like to add anything?').inputValue(), 'Answered within a minute. <b>Danke!</b>');
    await visitor.context().setOffline(true);
    await face(chat, 'Very good').click();
    await visitor.context().setOffline(false);
    await amara.getByText('Very good', { exact: true }).waitFor();
  });

  it('is over when the conversation goes on', async () => {
    await say(chat, 'One more question.');
    await eventually(async () => assert.equal(await card(chat).count(), 0));
    await amara.getByRole('log').getByText('One more question.').waitFor();
    await eventually(async () => assert.equal(await amara.getByText('Very good', { exact: true }).count(), 0));
    await say(amara, 'Yes?');
    await resolve(amara);
    // Who has just said it is left in peace.
    await visitor.waitForTimeout(1_000);
    assert.equal(await card(chat).count(), 0);
  });

  it('fits a phone and the dark, and whoever wants to say nothing is left alone', async () => {
    const phone = await (await windows.person({ size: 'phone', scheme: 'dark' })).newPage();
    const small = await openChat(phone);
    await say(small, 'Is the soup vegan?');
    await openConversation(amara, 'Is the soup vegan?');
    await say(amara, 'It is.');
    await resolve(amara);
    await card(small).waitFor();
    await face(small, 'Bad').click();
    await card(small).getByText('Thank you.').waitFor();
    await picture(phone, 'widget-feedback-phone-dark');
    await assertAccessible(phone, 'the chat asks on a phone');
    await card(small).getByRole('button', { name: 'Not now' }).click();
    await eventually(async () => assert.equal(await card(small).count(), 0));
    await phone.reload();
    await phone.getByRole('button', { name: 'Open chat' }).click();
    await chatOf(phone).getByText('It is.').waitFor();
    await phone.waitForTimeout(500);
    assert.equal(await card(chatOf(phone)).count(), 0);
    const settings = await (await windows.person({ size: 'phone', scheme: 'dark', storage: await admin.context().storageState() })).newPage();
    await settings.goto('/settings#feedback');
    await asks(settings).waitFor();
    assert.ok(await settings.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the page');
    await picture(settings, 'settings-feedback-phone-dark');
    await assertAccessible(settings, 'feedback settings on a phone');
  });

  it('is not asked when the business does not want to know', async () => {
    await asks(admin).uncheck();
    await admin.getByRole('button', { name: 'Save' }).click();
    await admin.getByText('Saved.').waitFor();
    const other = await openChat(await (await windows.person()).newPage());
    await say(other, 'Do you deliver on Sundays?');
    await openConversation(amara, 'deliver on Sundays?');
    await say(amara, 'Not yet.');
    await other.getByText('Not yet.').waitFor();
    await resolve(amara);
    await other.locator('body').page().waitForTimeout(1_000);
    assert.equal(await card(other).count(), 0);
  });
});
