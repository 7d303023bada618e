// Visitors: the staff block one, who is told kindly and loses nothing; what was said goes to the visitor by e-mail; and what a business asks first.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, feelAlerts, picture, Windows } from './support/browser.mjs';
import { chatOf, hears, openChat, openConversation, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

const REASON = 'Sells watches ⌚ في كل محادثة';

describe('visitors', () => {
  let server, windows, amara, visitor, chat;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    amara = await (await windows.person()).newPage();
    await signIn(amara, server.person(/^account manager/), '**/inbox');
    visitor = await (await windows.person({ size: 'phone' })).newPage();
    await visitor.addInitScript(feelAlerts);
    chat = await openChat(visitor);
    await say(chat, 'Cheap watches, come and look');
    await openConversation(amara, 'Cheap watches');
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    windows?.assertQuiet();
  });

  const field = () => chat.getByRole('textbox', { name: /^Write/ });
  const note = () => chat.getByText('You can read this conversation, but not write in it any more.', { exact: false });
  const dialog = (page) => page.getByRole('dialog');

  it('are blocked with a reason, and what they were writing stays', async () => {
    await field().fill('And also rings, ask me about rings');
    await amara.getByRole('button', { name: 'Block this visitor' }).focus();
    await amara.keyboard.press('Enter');
    await dialog(amara).getByRole('button', { name: 'Block', exact: true }).click();
    await eventually(async () => assert.equal(await dialog(amara).getByLabel('Why').getAttribute('aria-invalid'), 'true'));
    await dialog(amara).getByLabel('Why').fill(REASON);
    await assertAccessible(amara, 'the question why somebody is blocked');
    await picture(amara, 'inbox-block-desktop');
    await dialog(amara).getByRole('button', { name: 'Block', exact: true }).click();
    await note().waitFor();
    assert.equal(await field().inputValue(), 'And also rings, ask me about rings');
    await field().press('Enter');
    assert.equal(await field().inputValue(), 'And also rings, ask me about rings');
    assert.equal(await chat.getByRole('button', { name: 'Send', exact: true }).count(), 0);
    await assertAccessible(visitor, 'the chat of a blocked visitor');
    await picture(visitor, 'widget-blocked-phone');
    await amara.getByRole('complementary', { name: 'Details' }).getByText(REASON).waitFor();
    await amara.getByRole('region', { name: 'Conversations' }).locator('a[aria-current]').getByText('Blocked', { exact: true }).waitFor();
    await picture(amara, 'inbox-blocked-desktop');
  });

  it('cannot begin anew by forgetting, also after a reload', async () => {
    await visitor.reload();
    await visitor.getByRole('button', { name: 'Open chat' }).click();
    chat = chatOf(visitor);
    await note().waitFor();
    assert.equal(await field().inputValue(), 'And also rings, ask me about rings');
    await chat.getByRole('button', { name: 'Forget this chat' }).click();
    await dialog(chat).getByRole('button', { name: 'Forget it' }).click();
    await chat.getByText('This chat cannot be forgotten from here', { exact: false }).waitFor();
    await note().waitFor();
  });

  it('are listed with a way back, which can be taken back', async () => {
    const settings = await (await windows.person({ size: 'phone', scheme: 'dark', storage: await amara.context().storageState() })).newPage();
    await settings.goto('/settings#blocked');
    await settings.getByText(REASON).waitFor();
    await assertAccessible(settings, 'who is blocked');
    assert.ok(await settings.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the page');
    await picture(settings, 'settings-blocked-phone-dark');
    await settings.getByRole('button', { name: /^Let them write/ }).click();
    await settings.getByText('Nobody is blocked').waitFor();
    await eventually(async () => assert.equal(await note().count(), 0));
    await settings.getByRole('button', { name: 'Undo' }).click();
    await settings.getByText(REASON).waitFor();
    await note().waitFor();
    await settings.close();
    await amara.keyboard.press('Control+k');
    await amara.keyboard.type('write again');
    await amara.keyboard.press('Enter');
    await eventually(async () => assert.equal(await note().count(), 0));
    await chat.getByRole('button', { name: 'Send', exact: true }).click();
    await hears(amara, 'And also rings, ask me about rings');
  });

  it('have what was said sent to them, once somebody has answered', async () => {
    const mailMe = () => chat.getByRole('button', { name: 'E-mail me this conversation' });
    assert.equal(await mailMe().count(), 0, 'nobody has answered yet');
    await say(amara, 'We have enough watches. 🙏');
    await mailMe().click();
    await dialog(chat).getByRole('button', { name: 'Send it' }).click();
    await dialog(chat).getByText('Say where it is to be sent.').waitFor();
    await dialog(chat).getByLabel('Your e-mail').fill('mia@example.com');
    await assertAccessible(visitor, 'the question where to send it');
    await picture(visitor, 'widget-transcript-phone');
    await dialog(chat).getByLabel('Your e-mail').press('Enter');
    await chat.getByText('It is on its way.', { exact: false }).waitFor();
    const details = amara.getByRole('complementary', { name: 'Details' });
    await details.getByText('asked for by the customer', { exact: false }).waitFor();
    await details.getByRole('button', { name: 'Send a copy by e-mail' }).click();
    await dialog(amara).getByText('mia@example.com', { exact: false }).waitFor();
    await dialog(amara).getByRole('button', { name: 'Send it' }).click();
    await details.getByText('asked for by you', { exact: false }).waitFor();
    await picture(amara, 'inbox-transcript-desktop');
    const outbox = await (await windows.person()).newPage();
    await eventually(async () => {
      await outbox.goto('/dev/outbox');
      const letters = outbox.getByRole('listitem').filter({ hasText: 'To mia@example.com' });
      assert.equal(await letters.count(), 2);
      assert.match(await letters.first().textContent(), /We have enough watches\. 🙏/);
    });
    await picture(outbox, 'outbox-transcript-desktop');
  });

  it('hear an answer while the chat is closed, once, until they mute it', async () => {
    const tones = () => visitor.frames().find((frame) => frame.url().includes('/widget/frame')).evaluate(() => window.felt.tones);
    assert.equal(await tones(), 0, 'what came before their eyes');
    await say(chat, 'Good day');
    await chat.getByText('This chat cannot be forgotten', { exact: false }).waitFor({ state: 'hidden' });
    await chat.getByRole('button', { name: 'Close chat' }).click();
    // What comes within three seconds of what was seen is not told as well.
    await visitor.waitForTimeout(3_000);
    await say(amara, 'Do you still have a question?');
    await eventually(async () => assert.equal(await tones(), 2));
    await visitor.getByRole('button', { name: /^Open chat/ }).click();
    await hears(chat, 'Do you still have a question?');
    await chat.getByRole('button', { name: 'Turn the sound off' }).click();
    await assertAccessible(visitor, 'the chat without its sound');
    await picture(visitor, 'widget-muted-phone');
    await visitor.reload();
    await visitor.getByRole('button', { name: /^Open chat/ }).click();
    await chat.getByRole('button', { name: 'Turn the sound on' }).waitFor();
    await field().fill('No');
    await chat.getByRole('button', { name: 'Close chat' }).click();
    await say(amara, 'Good night then');
    await visitor.getByRole('button', { name: /^Open chat/ }).getByText('1').waitFor();
    await visitor.waitForTimeout(1_500);
    assert.equal(await tones(), 0);
    await visitor.getByRole('button', { name: /^Open chat/ }).click();
    await chat.getByRole('button', { name: 'Turn the sound on' }).click();
    await eventually(async () => assert.equal(await tones(), 2, 'so that one knows it'));
  });

  it('are asked what the business wants to know first, and the answers are beside the conversation', async () => {
    const admin = await (await windows.person({ size: 'phone', scheme: 'dark' })).newPage();
    await signIn(admin, server.person(/^admin$/), '**/inbox');
    await admin.goto('/settings#site');
    const add = admin.getByRole('button', { name: 'Add a question' });
    for (const [question, kind] of [['Your name', 'Their name, which the conversation gets'], ['Your e-mail', 'An e-mail address'], ['Anything else?', 'Some words'], ['What about? ماذا؟', 'One of several']]) {
      await add.click();
      const row = admin.getByRole('listitem').filter({ has: admin.getByLabel('Question', { exact: true }) }).last();
      await row.getByLabel('Question', { exact: true }).fill(question);
      await row.getByLabel('Answered with').selectOption(kind);
      if (question === 'Your name') await row.getByRole('checkbox').check();
    }
    const save = admin.locator('form').filter({ has: add }).getByRole('button', { name: 'Save' });
    await save.click();
    await admin.getByText('A choice has 2 to 10 answers to choose from', { exact: false }).waitFor();
    await admin.getByLabel('To choose from').last().fill('Delivery\nSomething else');
    await save.click();
    await admin.getByText('Saved.').waitFor();
    await assertAccessible(admin, 'the questions of a business');
    assert.ok(await admin.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the page');
    await picture(admin, 'settings-questions-phone-dark');

    const phone = await (await windows.person({ size: 'phone' })).newPage();
    const fresh = await openChat(phone);
    const start = fresh.getByRole('button', { name: 'Start the chat' });
    await start.click();
    await fresh.getByText('Please answer this.').waitFor();
    await fresh.getByLabel('Your name').fill('Mia 🙂');
    await fresh.getByLabel('Your e-mail (optional)').fill('mia@example.net');
    await fresh.getByLabel('Anything else? (optional)').fill('It is for eighty');
    await fresh.getByLabel('What about? ماذا؟ (optional)').selectOption('Delivery');
    await assertAccessible(phone, 'the questions before a chat');
    await picture(phone, 'widget-questions-phone');
    await fresh.getByLabel('Your name').press('Enter');
    await say(fresh, 'Do you deliver to the islands?');
    await amara.getByRole('region', { name: 'Conversations' }).getByRole('link').filter({ hasText: 'islands' }).getByText('Mia 🙂').waitFor();
    await openConversation(amara, 'islands');
    const details = amara.getByRole('complementary', { name: 'Details' });
    await details.getByText('It is for eighty').waitFor();
    await details.getByRole('link', { name: 'mia@example.net' }).waitFor();
    await picture(amara, 'inbox-answers-desktop');
    // A reload goes on with the chat: nothing is asked again.
    await phone.reload();
    await phone.getByRole('button', { name: 'Open chat' }).click();
    await chatOf(phone).getByText('Do you deliver to the islands?').waitFor();
    assert.equal(await chatOf(phone).getByRole('button', { name: 'Start the chat' }).count(), 0);
  });
});
