// Files that go with messages: chosen, pasted and dropped, by the staff and by visitors, with pictures shown as pictures; through a
// lost connection and a killed server; never to those a note is not for.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, Windows } from './support/browser.mjs';
import { chatOf, openChat, openConversation, say, signIn } from './support/people.mjs';
import { file, hand, png } from './support/pictures.mjs';
import { Server } from './support/server.mjs';
import { xssCorpus } from './support/xss-corpus.mjs';

describe('files', () => {
  let server, windows, amara, visitor, chat;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    amara = await (await windows.person()).newPage();
    visitor = await (await windows.person({ size: 'phone' })).newPage();
    await signIn(amara, server.person(/^account manager/), '**/inbox');
    chat = await openChat(visitor);
    await say(chat, 'Can you cook what is in this picture?');
    await openConversation(amara, 'what is in this picture');
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    windows?.assertQuiet();
  });

  const tray = (place) => place.getByRole('list', { name: 'Files that go with the message' });
  const choose = (place, files) => place.locator('input[type=file]').setInputFiles(files);
  const send = (place) => place.getByRole('button', { name: 'Send', exact: true });
  const shown = (place, name) => place.getByRole('log').getByRole('button', { name: `Show ${name}` });
  const saved = (place, name) => place.getByRole('log').getByRole('link', { name: new RegExp(`^Save ${name.replaceAll('.', '\\.')}`) });
  /** Whether a picture is there, and not its broken sign. */
  const isDrawn = (button) => eventually(async () => assert.ok(await button.locator('img').evaluate((image) => image.complete && image.naturalWidth > 0)));

  it('a visitor sends a picture from a phone, and the staff see it at once', async () => {
    await choose(chat, [file('dinner.png', png(1200, 800), 'image/png')]);
    await tray(chat).getByText('dinner.png').waitFor();
    await eventually(async () => assert.ok(await send(chat).isEnabled()));
    await picture(visitor, 'files-tray-phone');
    await assertAccessible(visitor, 'a file about to be sent');
    await send(chat).click();
    await isDrawn(shown(amara, 'dinner.png'));
    await isDrawn(shown(chat, 'dinner.png'));
    assert.equal(await tray(chat).count(), 0);
    await picture(visitor, 'files-sent-phone');
    const list = amara.getByRole('region', { name: 'Conversations' });
    await list.getByText('📎 dinner.png').waitFor();
  });

  it('a picture opens large, by keyboard too, and can be saved', async () => {
    await shown(amara, 'dinner.png').focus();
    await amara.keyboard.press('Enter');
    const dialog = amara.getByRole('dialog', { name: 'dinner.png' });
    await eventually(async () => assert.equal(await dialog.getByRole('img').evaluate((image) => image.naturalWidth), 1200));
    await picture(amara, 'files-large-desktop');
    await assertAccessible(amara, 'a large picture');
    const [download] = await Promise.all([amara.waitForEvent('download'), dialog.getByRole('link', { name: /^Save it/ }).click()]);
    assert.equal(download.suggestedFilename(), 'dinner.png');
    await amara.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('several files are pasted and dropped; one is taken out again, a wrong one says why', async () => {
    const input = amara.getByRole('textbox', { name: 'Write an answer' });
    await hand(input, 'paste', [file('image.png', png(300, 500, 200), 'image/png')]);
    await hand(amara.getByRole('log'), 'drop', [file('menu.pdf', '%PDF-1.7 menu', 'application/pdf'), file('nothing.txt', '')]);
    await tray(amara).getByText('This file is empty.').waitFor();
    assert.ok(await send(amara).isDisabled(), 'with what cannot be sent nothing is sent');
    await picture(amara, 'files-tray-desktop');
    await assertAccessible(amara, 'files about to be sent, one of them wrong');
    await amara.getByRole('button', { name: 'Take out nothing.txt' }).click();
    await input.fill('Like this?');
    await input.press('Enter');
    await isDrawn(shown(chat, 'image.png'));
    await saved(chat, 'menu.pdf').waitFor();
    await picture(amara, 'files-conversation-desktop');
    const [download] = await Promise.all([visitor.waitForEvent('download'), saved(chat, 'menu.pdf').click()]);
    assert.equal(download.suggestedFilename(), 'menu.pdf');
  });

  it('the newest message stays in view when a picture in it is drawn anew because it was seen', async () => {
    const jonas = await (await windows.person()).newPage();
    await signIn(jonas, server.person(/^admin$/), '**/inbox');
    await openConversation(jonas, 'lentil dal');
    const log = jonas.getByRole('log');
    await say(jonas, 'Look at this');
    await choose(jonas, [file('lunch.png', png(900, 1200), 'image/png')]);
    await eventually(async () => assert.ok(await send(jonas).isEnabled()));
    await send(jonas).click();
    await isDrawn(shown(jonas, 'lunch.png'));
    const fromEnd = () => log.evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight);
    await eventually(async () => assert.ok(await fromEnd() < 8));
    const maya = await (await windows.person()).newPage();
    await signIn(maya, server.person(/^client/), '**/chat');
    await log.getByText('Seen', { exact: true }).last().waitFor();
    // Two frames and the picture later.
    await isDrawn(shown(jonas, 'lunch.png'));
    await jonas.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await eventually(async () => assert.ok(await fromEnd() < 8, `${await fromEnd()} px above the end`), 3_000);
  });

  it('a file of 26 MB is refused with the limit before any of it is sent', async () => {
    // Made in the page: so much through the browser's wire takes longer than anything else here.
    await amara.locator('input[type=file]').first().evaluate((input) => {
      const chosen = new DataTransfer();
      chosen.items.add(new File([new Uint8Array(26 * 1024 * 1024)], 'film.mov'));
      input.files = chosen.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    });
    await tray(amara).getByText('A file can have 25 MB').waitFor();
    await amara.getByRole('button', { name: 'Take out film.mov' }).click();
    await tray(amara).waitFor({ state: 'hidden' });
  });

  it('an upload goes on where it was when the server is killed and comes back', async () => {
    const bytes = Buffer.alloc(5 * 1024 * 1024 + 123);
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = at % 251;
    let given = 0;
    await amara.route('**/attachments/att_*', async (route) => {
      if (route.request().method() !== 'PUT') return route.continue();
      given += 1;
      // A slow line, so that there is a middle to be killed in.
      await new Promise((resolve) => setTimeout(resolve, 300));
      await route.continue();
    });
    await choose(amara, [file('plan.bin', bytes)]);
    await eventually(() => assert.ok(given >= 3));
    await server.kill();
    await tray(amara).getByText('It goes on by itself').waitFor();
    await picture(amara, 'files-waiting-desktop');
    await server.up();
    await eventually(async () => assert.ok(await send(amara).isEnabled()), 60_000);
    assert.ok(given <= 9, `${given} parts were given for a file of six`);
    await amara.unroute('**/attachments/att_*');
    await send(amara).click();
    await saved(chat, 'plan.bin').waitFor();
    const [download] = await Promise.all([visitor.waitForEvent('download'), saved(chat, 'plan.bin').click()]);
    const { readFileSync } = await import('node:fs');
    assert.ok(readFileSync(await download.path()).equals(bytes), 'byte by byte');
  });

  it('the file of a note is never in what a visitor gets', async () => {
    const heard = [];
    visitor.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => heard.push(String(payload))));
    await visitor.reload();
    await visitor.getByRole('button', { name: /^Open chat/ }).click();
    await saved(chatOf(visitor), 'plan.bin').waitFor();
    await amara.getByRole('button', { name: 'Internal note' }).click();
    await choose(amara, [file('margins.xlsx', 'PK\x03\x04 margins')]);
    await eventually(async () => assert.ok(await amara.getByRole('button', { name: 'Add note' }).isEnabled()));
    await amara.getByRole('button', { name: 'Add note' }).click();
    await saved(amara, 'margins.xlsx').waitFor();
    await amara.getByRole('button', { name: 'Reply', exact: true }).first().click();
    await say(amara, 'We come back to you');
    await chatOf(visitor).getByText('We come back to you').waitFor();
    assert.ok(heard.length > 0 && !heard.some((frame) => frame.includes('margins')));
  });

  it('names that attack show as text', async () => {
    const attacks = xssCorpus.map((attack) => attack.replaceAll(/[\/\\\n\r\t]/g, '')).filter((name) => name.trim() !== '').slice(0, 8);
    await choose(chat, attacks.map((name, at) => file(`${name}${at}.txt`, 'x', 'text/plain')));
    await eventually(async () => assert.ok(await send(chat).isEnabled()));
    await send(chat).click();
    await eventually(async () => assert.equal(await amara.getByRole('log').getByRole('link', { name: /^Save .*\d\.txt/ }).count(), attacks.length));
    assert.equal(await amara.getByRole('log').locator('a script, a iframe, a [onerror], span script').count(), 0);
  });

  it('deleted, a file is gone for both, and its address leads nowhere', async () => {
    const url = await saved(amara, 'menu.pdf').getAttribute('href');
    const message = amara.getByRole('log').locator('article').filter({ has: amara.getByText('Like this?') });
    await message.hover();
    await message.getByRole('button', { name: 'Delete' }).click();
    await amara.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await eventually(async () => assert.equal(await saved(chatOf(visitor), 'menu.pdf').count(), 0));
    await eventually(async () => assert.equal(await saved(amara, 'menu.pdf').count(), 0));
    assert.equal((await amara.request.get(url)).status(), 404);
  });

  it('looks as it should in the dark and on a phone, and nothing of it is left after a reload', async () => {
    const dark = await (await windows.person({ size: 'phone', scheme: 'dark', storage: await amara.context().storageState() })).newPage();
    await dark.goto(amara.url());
    await isDrawn(shown(dark, 'dinner.png'));
    await shown(dark, 'dinner.png').scrollIntoViewIfNeeded();
    await picture(dark, 'files-conversation-phone-dark');
    await assertAccessible(dark, 'files in the dark');
    await dark.close();
    await amara.reload();
    await saved(amara, 'plan.bin').waitFor();
  });
});
