// Everything that can be done, by name: Ctrl-K on the pages of the staff and of clients.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, Windows } from './support/browser.mjs';
import { beginChats } from './support/http.mjs';
import { openConversation, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

const list = (page) => page.getByRole('region', { name: 'Conversations' });
const dialog = (page, name) => page.getByRole('dialog', { name });
const palette = (page) => dialog(page, 'Actions');
const option = (page, name) => palette(page).getByRole('option', { name, exact: true });
const headings = (page) => palette(page).getByRole('group').evaluateAll((groups) => groups.map((group) => group.firstElementChild.textContent));
const focused = (page) => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '');
const says = (page, text) => page.getByText(text).first().waitFor();

/** It is closed, and the focus is back. */
const gone = (page) => page.locator('dialog[aria-label=Actions]').waitFor({ state: 'detached' });

/** Opens it wherever the focus is and writes into it. */
async function open(page, words = '') {
  await page.keyboard.press('Control+k');
  await palette(page).waitFor();
  await page.keyboard.type(words);
}

/** Does what comes first for these words, after making sure what that is. */
async function call(page, words, name) {
  await open(page, words);
  await palette(page).getByRole('option', { name, exact: true, selected: true }).waitFor();
  await page.keyboard.press('Enter');
  await gone(page);
}

describe('the palette', () => {
  let server, windows, amara;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    amara = await (await windows.person()).newPage();
    await signIn(amara, server.person(/^account manager/), '**/inbox');
    await beginChats(server, ['some 01', 'some 02', 'some 03']);
    await list(amara).getByRole('link').filter({ hasText: 'some 03' }).waitFor();
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    windows?.assertQuiet();
  });

  it('opens a conversation by name, resolves it and opens it again', async () => {
    await call(amara, 'maya', 'Maya Lindqvist');
    await amara.getByRole('heading', { name: 'Maya Lindqvist' }).first().waitFor();
    await eventually(async () => assert.match(await focused(amara), /Maya Lindqvist/));
    await open(amara);
    await eventually(async () => assert.ok((await headings(amara)).includes('Conversation with Maya Lindqvist')));
    assert.equal(await option(amara, 'Resolve').getAttribute('aria-keyshortcuts'), 'e');
    await picture(amara, 'palette-desktop');
    await assertAccessible(amara, 'the palette');
    await amara.keyboard.press('Escape');
    await gone(amara);
    await call(amara, 'resol', 'Resolve');
    await says(amara, 'Maya Lindqvist is resolved.');
    await open(amara, 'snooz');
    await palette(amara).getByText('This conversation is resolved. Open it again first.').waitFor();
    await picture(amara, 'palette-refused-desktop');
    await assertAccessible(amara, 'the palette with what cannot be done');
    await palette(amara).getByRole('option', { name: 'Conversations: Snoozed', selected: true }).waitFor();
    await amara.keyboard.press('ArrowUp');
    await palette(amara).getByRole('option', { name: /^Snooze…/, selected: true, disabled: true }).waitFor();
    await amara.keyboard.press('Enter');
    assert.equal(await palette(amara).count(), 1, 'what cannot be done does nothing');
    await amara.keyboard.press('Escape');
    await gone(amara);
    await call(amara, 'again open', 'Open again');
    await amara.getByRole('button', { name: 'Resolve', exact: true }).waitFor();
  });

  it('assigns, snoozes and brings back, with the questions there are for it', async () => {
    await call(amara, 'ass', 'Assign…');
    await dialog(amara, 'Who answers this?').waitFor();
    await amara.keyboard.press('N');
    await amara.keyboard.press('Enter');
    await amara.getByRole('button', { name: 'Assign', exact: true }).waitFor();
    await call(amara, 'to me', 'Assign to me');
    await amara.getByRole('button', { name: /^Answered by You/ }).waitFor();
    await call(amara, 'later', 'Snooze…');
    await dialog(amara, 'Put off until when?').waitFor();
    await amara.keyboard.press('T');
    await amara.keyboard.press('Enter');
    await says(amara, /Maya Lindqvist is put off until/);
    await call(amara, 'bring', 'Bring back');
    await amara.getByRole('button', { name: 'Snooze', exact: true }).waitFor();
  });

  it('is there while one writes, and what was written and where stays', async () => {
    const field = amara.getByRole('textbox', { name: 'Write an answer' });
    await field.focus();
    await amara.keyboard.type('We can  for sixty.');
    for (let step = 0; step < 11; step += 1) await amara.keyboard.press('ArrowLeft');
    await open(amara, 'urg');
    await amara.keyboard.press('Escape');
    await gone(amara);
    assert.equal(await focused(amara), 'Write an answer');
    await amara.keyboard.type('cook');
    assert.equal(await field.inputValue(), 'We can cook for sixty.');
    await call(amara, 'prio', 'Priority…');
    await dialog(amara, 'How urgent is it?').waitFor();
    await amara.keyboard.press('Control+k');
    assert.equal(await palette(amara).count(), 0, 'not over another question');
    await amara.keyboard.press('Escape');
    await eventually(async () => assert.equal(await focused(amara), 'Write an answer'));
    await call(amara, 'internal', 'Write an internal note');
    await eventually(async () => assert.equal(await focused(amara), 'Internal note'));
    await call(amara, 'answer', 'Answer');
    await call(amara, 'canned', 'Insert a canned reply');
    await amara.getByRole('listbox', { name: 'Canned replies' }).getByRole('option').first().waitFor();
    await amara.keyboard.press('Escape');
    await field.fill('');
  });

  it('remembers what was done last', async () => {
    await open(amara);
    assert.equal((await headings(amara))[0], 'Recent');
    assert.deepEqual((await palette(amara).getByRole('group', { name: 'Recent' }).getByRole('option').evaluateAll((options) => options.map((each) => each.querySelector('[dir=auto]').textContent))).slice(0, 3),
      ['Insert a canned reply', 'Answer', 'Write an internal note']);
    await picture(amara, 'palette-recent-desktop');
    await amara.keyboard.press('Control+k');
    await gone(amara);
  });

  it('is for what is selected, as the keys are', async () => {
    await call(amara, 'visitor', /^Visitor/);
    await call(amara, 'select', 'Select, or not any more');
    await amara.getByRole('status').getByText('1 selected').waitFor();
    await call(amara, 'all shown', 'Select all shown');
    await open(amara, 'mine');
    const found = await headings(amara);
    assert.ok(found.some((heading) => /^The [2-9] selected conversations$/.test(heading)), `a heading says how many: ${found}`);
    await picture(amara, 'palette-selected-desktop');
    await amara.keyboard.press('Escape');
    await gone(amara);
    await call(amara, 'to me', 'Assign to me');
    await says(amara, /conversations? (is|are) assigned to you/);
    await call(amara, 'next con', 'Next conversation');
  });

  it('names the keys, and is there without them', async () => {
    await call(amara, 'what keys', 'What the keys do');
    await dialog(amara, 'Keys').getByText('All actions by name, also while writing').waitFor();
    await dialog(amara, 'Keys').getByText('Ctrl K', { exact: true }).waitFor();
    await dialog(amara, 'Keys').getByText('Assign to me').waitFor();
    await amara.keyboard.press('Escape');
    await gone(amara);
    await call(amara, 'single off', 'Switch single keys off');
    await says(amara, 'Single keys are off. Ctrl K has everything they did.');
    await open(amara, 'resolve');
    assert.equal(await option(amara, 'Resolve').getAttribute('aria-keyshortcuts'), null);
    await amara.keyboard.press('Escape');
    await gone(amara);
    await call(amara, 'resolve', 'Resolve');
    await amara.getByRole('button', { name: 'Open again' }).waitFor();
    await call(amara, 'open again', 'Open again');
    await call(amara, 'single on', 'Switch single keys on');
  });

  it('goes through the lists and finds what was said', async () => {
    await call(amara, 'snoozed', 'Conversations: Snoozed');
    await eventually(async () => assert.equal(await list(amara).getByRole('button', { name: /^Snoozed/ }).getAttribute('aria-pressed'), 'true'));
    await call(amara, 'conv open', 'Conversations: Open');
    await open(amara, 'coriander');
    await palette(amara).getByText('Nothing here is called “coriander”.').first().waitFor();
    await picture(amara, 'palette-find-desktop');
    await assertAccessible(amara, 'the palette with nothing but what was said');
    await amara.keyboard.press('Enter');
    await amara.getByRole('region', { name: 'Said anywhere' }).getByText('Coriander: dislike').waitFor();
    assert.equal(await focused(amara), 'Find conversations');
    await list(amara).getByRole('searchbox').fill('');
  });

  it('leads to the settings and from there to what was said', async () => {
    await call(amara, 'set lab', 'Settings: Labels');
    await amara.getByRole('heading', { level: 1, name: 'Labels' }).waitFor();
    await call(amara, 'people', 'Settings: People');
    await amara.getByRole('heading', { level: 1, name: 'People' }).waitFor();
    await open(amara);
    assert.equal(await option(amara, 'Settings: API keys').count(), 0, 'those are for admins');
    await assertAccessible(amara, 'the palette in the settings');
    await amara.keyboard.press('Escape');
    await gone(amara);
    await call(amara, 'coriander', 'Find “coriander” in what was said');
    await amara.waitForURL('**/inbox');
    await amara.getByRole('region', { name: 'Said anywhere' }).getByText('Coriander: dislike').waitFor();
    await call(amara, 'mine', 'Conversations: Mine');
  });

  it('is a click away, and fits a phone', async () => {
    const phone = await (await windows.person({ size: 'phone', scheme: 'dark' })).newPage();
    await signIn(phone, server.person(/^account manager/), '**/inbox');
    await openConversation(phone, 'some 01');
    await picture(phone, 'palette-button-phone');
    await assertAccessible(phone, 'the button on a phone');
    await phone.getByRole('button', { name: 'Actions', exact: true }).tap();
    await palette(phone).waitFor();
    await picture(phone, 'palette-phone');
    await assertAccessible(phone, 'the palette on a phone');
    const box = await palette(phone).boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 390 && box.y + box.height <= 844, JSON.stringify(box));
    await option(phone, 'Priority…').tap();
    await dialog(phone, 'How urgent is it?').getByRole('button', { name: 'Urgent' }).tap();
    await says(phone, 'The priority is urgent now.');
    await phone.getByRole('button', { name: 'Actions', exact: true }).tap();
    await phone.getByRole('combobox', { name: 'What do you want to do?' }).fill('coriander');
    await option(phone, 'Find “coriander” in what was said').tap();
    await phone.getByRole('region', { name: 'Said anywhere' }).getByText('Coriander: dislike').waitFor();
    await phone.getByRole('button', { name: 'Actions', exact: true }).tap();
    await palette(phone).getByRole('button', { name: 'Close' }).tap();
    await gone(phone);
  });

  it('is there for clients too, in the dark', async () => {
    const client = await (await windows.person({ scheme: 'dark' })).newPage();
    await signIn(client, server.person(/^client/), '**/chat');
    await client.getByRole('textbox').waitFor();
    await assertAccessible(client, 'the button of the palette');
    await client.getByRole('button', { name: 'Actions', exact: true }).click();
    await palette(client).waitFor();
    assert.deepEqual(await headings(client), ['Conversation', 'Go to', 'You']);
    await picture(client, 'palette-dark');
    await assertAccessible(client, 'the palette of a client in the dark');
    await client.keyboard.type('refund');
    await palette(client).getByText('Nothing here is called “refund”. Try another word, or fewer letters.').first().waitFor();
    await picture(client, 'palette-nothing-dark');
    await assertAccessible(client, 'the palette with nothing');
    await client.keyboard.press('Escape');
    await eventually(async () => assert.match(await focused(client), /^Actions/));
    await call(client, 'write', 'Write a message');
    await eventually(async () => assert.match(await focused(client), /^Write to/));
    await call(client, 'log out', 'Sign out');
    await client.waitForURL('**/sign-in');
  });
});
