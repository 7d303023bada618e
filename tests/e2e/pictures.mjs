// Makes the pictures of the guide, docs/images/guide/*.webp, from a fresh demonstration, doing what its pages describe: `npm run pictures`.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { eventually, Windows } from './support/browser.mjs';
import { beginChats } from './support/http.mjs';
import { hears, linkOfMail, openChat, openConversation, say, signIn } from './support/people.mjs';
import { file } from './support/pictures.mjs';
import { Server } from './support/server.mjs';

const folder = fileURLToPath(new URL('../../docs/images/guide/', import.meta.url));
mkdirSync(folder, { recursive: true });

const list = (page) => page.getByRole('region', { name: 'Conversations' });
const line = (page, words) => list(page).getByRole('listitem').filter({ hasText: words }).first();
const openPane = (page) => page.getByRole('region', { name: 'Conversation', exact: true });
const message = (place, text) => place.getByRole('log').locator('article').filter({ hasText: text });

/** A server of the business that is told what happens. */
const told = createServer((request, response) => {
  request.resume();
  response.end('Thank you');
});
await new Promise((resolve) => told.listen(0, '127.0.0.1', resolve));
const server = await Server.start({ env: { BRIGADE_WEBHOOKS_ALLOW: '127.0.0.0/8' } });
const windows = await Windows.open(server.url);
try {
  await nobodyIsThere();
  const amara = await newPage();
  const jonas = await newPage();
  await signIn(amara, server.person(/^account manager/), '**/inbox');
  await signIn(jonas, server.person(/^admin$/), '**/inbox');
  await inbox(amara);
  const chat = await visitor(amara);
  await client(amara);
  await together(jonas, amara, chat);
  await aTeam(amara);
  await manyAtOnce(amara);
  await aDay(amara);
  await howItWas(amara);
  await form();
  await invitation(amara, chat);
  await admin(jonas);
  await programs(jonas);
  await support(jonas, await operator());
  windows.assertQuiet();
} finally {
  await windows.close();
  await server.stop();
  told.close();
}

async function newPage(size) {
  return (await windows.person({ size })).newPage();
}

/** Keeps a picture of a page, of an element `of` it or of what is in `clip`, once its letters and pictures are there. */
async function keep(page, name, { of = page, clip } = {}) {
  for (const frame of page.frames()) {
    await frame.evaluate(() => document.fonts.ready);
    await frame.waitForFunction(() => [...document.images].every((image) => image.complete));
  }
  const shot = await of.screenshot({ animations: 'disabled', ...(clip && { clip }) });
  writeFileSync(`${folder}${name}.webp`, await small(shot));
}

/** The same picture in a quarter of the bytes: the browser makes it. */
async function small(shot) {
  const page = await newPage();
  const url = await page.evaluate(async (bytes) => {
    const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${bytes}`)).blob());
    const canvas = Object.assign(document.createElement('canvas'), { width: picture.width, height: picture.height });
    canvas.getContext('2d').drawImage(picture, 0, 0);
    return canvas.toDataURL('image/webp', 0.92);
  }, shot.toString('base64'));
  await page.close();
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}

/** Keeps the part of a page that all of these are in. */
async function keepAround(page, parts, name, margin) {
  const boxes = await Promise.all(parts.map((part) => part.boundingBox()));
  const { width, height } = page.viewportSize();
  const x = Math.max(0, Math.min(...boxes.map((box) => box.x)) - margin);
  const y = Math.max(0, Math.min(...boxes.map((box) => box.y)) - margin);
  const right = Math.min(width, Math.max(...boxes.map((box) => box.x + box.width)) + margin);
  const bottom = Math.min(height, Math.max(...boxes.map((box) => box.y + box.height)) + margin);
  await keep(page, name, { clip: { x, y, width: right - x, height: bottom - y } });
}

/** Scrolls to the newest message. */
async function toNewest(place) {
  await place.getByRole('log').evaluate((log) => log.scrollTo(0, log.scrollHeight));
}

/** Waits until a picture among the messages is there. */
async function hasPicture(place, name) {
  const shown = place.getByRole('log').getByRole('button', { name: `Show ${name}` }).locator('img');
  await eventually(async () => assert.ok(await shown.evaluate((image) => image.complete && image.naturalWidth > 0)));
}

/** Before anybody of the staff has signed in. */
async function nobodyIsThere() {
  const page = await newPage('phone');
  const chat = await openChat(page);
  await chat.getByText(/^Away/).first().waitFor();
  await say(chat, 'Hello! Do you have a menu without milk?');
  await chat.getByText('Your message is kept.').waitFor();
  await chat.getByText('Sent').waitFor();
  await chat.getByLabel(/Your e-mail/).fill('clara@example.org');
  await chat.getByLabel(/Your e-mail/).blur();
  await keep(page, 'visitor-nobody-there');
  await chat.getByRole('button', { name: 'Save' }).click();
}

async function inbox(amara) {
  await beginChats(server, ['Can I skip the week of Easter?', 'My box came an hour late today.', 'Do you also cook for a kindergarten?']);
  await line(amara, 'kindergarten').waitFor();
  await openConversation(amara, 'the address I have just left');
  await line(amara, 'the address I have just left').getByText('unread').waitFor({ state: 'detached' });
  await list(amara).getByRole('listitem').first().scrollIntoViewIfNeeded();
  await keep(amara, 'manager-inbox');

  await amara.getByRole('textbox', { name: 'Write an answer' }).pressSequentially('/');
  await amara.getByRole('listbox', { name: 'Canned replies' }).getByText('/packs').waitFor();
  await keep(amara, 'manager-canned', { of: openPane(amara) });
  await amara.keyboard.press('Escape');
  await amara.getByRole('textbox', { name: 'Write an answer' }).fill('');
}

async function visitor(amara) {
  const page = await newPage();
  await page.setViewportSize({ width: 900, height: 760 });
  await page.goto('/');
  const bowl = await page.locator('.dish svg').first().screenshot();
  const chat = await openChat(page);
  await chat.getByText('We are here').waitFor();
  await say(chat, 'Hello! Is this bowl on the menu next week too?');
  await openConversation(amara, 'Is this bowl on the menu');
  await chat.locator('input[type=file]').setInputFiles([file('bowl.png', bowl, 'image/png')]);
  await eventually(async () => assert.ok(await chat.getByRole('button', { name: 'Send', exact: true }).isEnabled()));
  await chat.getByRole('button', { name: 'Send', exact: true }).click();
  await hasPicture(chat, 'bowl.png');
  await hears(amara, 'Hello! Is this bowl on the menu next week too?');
  await say(amara, 'Hi! It is, on **Sunday and Wednesday**. Shall I put one aside for you?');
  await message(chat, 'Shall I put one aside').waitFor();
  await chat.getByRole('textbox').fill('Yes please, two of them');
  await toNewest(chat);
  await keep(page, 'visitor-chat');
  await chat.getByRole('textbox').fill('');
  await forgetting();
  return chat;
}

async function forgetting() {
  const page = await newPage('phone');
  const chat = await openChat(page);
  await say(chat, 'Hello, this is a borrowed phone.');
  await chat.getByText('Sent').waitFor();
  await chat.getByRole('button', { name: 'Forget this chat' }).click();
  await chat.getByRole('dialog', { name: 'Forget this chat?' }).waitFor();
  await keep(page, 'visitor-forget');
  await chat.getByRole('dialog').getByRole('button', { name: 'Forget it' }).click();
  await chat.getByRole('button', { name: 'Forget this chat' }).waitFor({ state: 'hidden' });
}

async function client(amara) {
  await openConversation(amara, 'Maya Lindqvist');
  await hasPicture(amara, 'menu.jpg');
  await say(amara, 'It is: lentils, coconut milk and spices, nothing from an animal. Shall I add two?');
  const maya = await newPage();
  const person = server.person(/^client/);
  await signIn(maya, person, '**/chat');
  await hasPicture(maya, 'menu.jpg');
  await hears(maya, 'It is: lentils, coconut milk and spices, nothing from an animal. Shall I add two?');
  await maya.getByRole('region', { name: 'Your account manager' }).getByText('Online').waitFor();
  await say(maya, 'Yes, two please!');
  await hears(amara, 'Yes, two please!');
  await toNewest(amara);
  await message(maya, 'Yes, two please!').getByText('Seen').waitFor();
  await keep(maya, 'client-conversation');
  const account = await amara.context().newPage();
  await account.setViewportSize({ width: 1100, height: 800 });
  await account.goto('/clients');
  await account.getByRole('region', { name: 'Clients' }).getByRole('link', { name: /Maya Lindqvist/ }).click();
  await account.getByText('The account was opened.').waitFor();
  await keep(account, 'manager-client');
  await account.close();

  const own = message(maya, 'Yes, two please!');
  await own.hover();
  const tools = maya.getByRole('group', { name: 'Message actions' });
  await tools.getByRole('button', { name: 'Delete' }).waitFor();
  await keepAround(maya, [message(maya, 'lentils, coconut milk'), own, tools], 'client-message', 12);

  const phone = await newPage('phone');
  await signIn(phone, person, '**/chat');
  await message(phone, 'Yes, two please!').waitFor();
  await message(phone, 'Yes, two please!').getByText('Seen').waitFor();
  await hasPicture(phone, 'menu.jpg');
  await toNewest(phone);
  await keep(phone, 'client-phone');
  await phone.context().close();

  await maya.goto('/settings#data');
  const data = (title) => maya.locator('section', { has: maya.getByRole('heading', { name: title, exact: true }) });
  await data('Delete your account').getByRole('button', { name: 'Delete your account' }).waitFor();
  await keep(maya, 'client-data');
  await maya.context().close();
}

async function together(jonas, amara, chat) {
  await openConversation(amara, 'Sunday and Wednesd');
  await say(chat, 'Yes please, two of them');
  await openConversation(jonas, 'two of them');
  await jonas.getByText('Amara Okafor is looking at this too').first().waitFor();
  await amara.getByRole('button', { name: 'Internal note' }).click();
  const note = amara.getByRole('textbox', { name: 'Internal note' });
  await note.pressSequentially('@Jonas');
  await amara.getByRole('listbox', { name: 'People' }).getByText('Jonas Weber').waitFor();
  await note.press('Enter');
  await note.pressSequentially('can the kitchen keep two bowls on Sunday?');
  await note.press('Enter');
  await message(jonas, 'can the kitchen keep two bowls').waitFor();
  await amara.getByRole('button', { name: 'Reply', exact: true }).last().click();
  await amara.getByRole('textbox', { name: 'Write an answer' }).pressSequentially('I am asking');
  await jonas.getByText('Amara Okafor is writing an answer').first().waitFor();
  await keep(jonas, 'manager-together', { of: openPane(jonas) });
  await amara.getByRole('textbox', { name: 'Write an answer' }).fill('');
}

async function aTeam(amara) {
  await openConversation(amara, 'kindergarten');
  await openPane(amara).getByRole('button', { name: 'Assign', exact: true }).click();
  const dialog = amara.getByRole('dialog', { name: 'Who answers this?' });
  await dialog.getByRole('button', { name: /^Events/ }).hover();
  await keep(amara, 'manager-assign', { of: dialog });
  await dialog.getByRole('button', { name: /^Events/ }).click();
  const told = await openPane(amara).getByText('You gave this to Events').boundingBox();
  const pane = await openPane(amara).boundingBox();
  await keep(amara, 'manager-team', { clip: { ...pane, height: told.y + told.height + 24 - pane.y } });
}

async function manyAtOnce(amara) {
  for (const words of ['kindergarten', 'Easter', 'an hour late']) await line(amara, words).getByRole('checkbox').check();
  await list(amara).getByRole('group', { name: 'With what is selected' }).waitFor();
  await list(amara).getByText('3 selected').first().waitFor();
  await amara.mouse.move(700, 400);
  await keep(amara, 'manager-many', { of: list(amara) });
  await amara.keyboard.press('Escape');
}

async function aDay(amara) {
  await amara.getByRole('button', { name: /^Notifications/ }).click();
  const notices = amara.getByRole('dialog', { name: 'Notifications' });
  await notices.getByRole('link').nth(4).waitFor();
  await keep(amara, 'manager-told', { of: notices });
  await amara.keyboard.press('Escape');

  await openConversation(amara, 'kindergarten');
  await amara.getByRole('textbox', { name: 'Write an answer' }).fill('Good morning! We do: shall we come by for a tasting?');
  await amara.getByRole('button', { name: 'Send later' }).click();
  const later = amara.getByRole('dialog', { name: 'Send later' });
  await later.getByRole('radio', { name: /^Tomorrow morning/ }).waitFor();
  await keep(amara, 'manager-later', { of: later });
  await amara.keyboard.press('Escape');
  await amara.getByRole('textbox', { name: 'Write an answer' }).fill('');

  await amara.keyboard.press('Control+k');
  const actions = amara.getByRole('dialog', { name: 'Actions' });
  await actions.getByRole('combobox').fill('pri');
  await actions.getByRole('option').first().waitFor();
  await keep(amara, 'manager-actions', { of: actions });
  await amara.keyboard.press('Escape');

  await list(amara).getByRole('searchbox').fill('coriander');
  await list(amara).getByRole('region', { name: 'Said anywhere' }).getByText('Coriander: dislike').waitFor();
  await keep(amara, 'manager-found', { of: list(amara) });
  await list(amara).getByRole('searchbox').fill('');

  const phone = await newPage('phone');
  await signIn(phone, server.person(/^account manager/), '**/inbox');
  await line(phone, 'kindergarten').waitFor();
  await keep(phone, 'manager-phone');
  await phone.goto('/settings#you');
  const twoStep = phone.locator('section', { has: phone.getByRole('heading', { name: 'Two-step sign-in', exact: true }) });
  await twoStep.getByRole('button', { name: 'Turn on two-step sign-in' }).click();
  await twoStep.getByLabel('Your password').fill(server.person(/^account manager/).password);
  await twoStep.getByRole('button', { name: 'Continue' }).click();
  await twoStep.getByRole('img', { name: 'QR code for your authenticator app' }).waitFor();
  await keep(phone, 'manager-two-step', { of: twoStep });
  await phone.context().close();
}

async function howItWas(amara) {
  const page = await newPage('phone');
  const chat = await openChat(page);
  await say(chat, 'Where do I write which dishes I do not like?');
  await openConversation(amara, 'which dishes I do not like');
  await say(amara, 'Under “My plate”, any time until Thursday.');
  await message(chat, 'any time until Thursday').waitFor();
  await amara.getByRole('button', { name: 'Resolve', exact: true }).click();
  await chat.getByRole('button', { name: 'Very good', exact: true }).click();
  await chat.getByText('Thank you.').waitFor();
  await chat.getByLabel('Would you like to add anything?').fill('Answered while I was still reading.');
  await toNewest(chat);
  await keep(page, 'visitor-feedback');
  await page.context().close();
}

async function form() {
  const page = await newPage();
  await page.goto('/#contact');
  const frame = page.locator('iframe[title="Enquiry"]');
  await frame.scrollIntoViewIfNeeded();
  const enquiry = page.frameLocator('iframe[title="Enquiry"]');
  await enquiry.getByLabel('Your name').fill('Oskar Nilsson');
  await enquiry.getByLabel('Your e-mail').fill('oskar@example.org');
  await enquiry.getByLabel('What is it about?').fill('We are forty at the summer party. Do you cook at our place too?');
  await frame.scrollIntoViewIfNeeded();
  await keepAround(page, [frame], 'visitor-form', 24);
  await page.context().close();
}

async function invitation(amara, chat) {
  await openConversation(amara, 'two of them');
  await amara.getByRole('button', { name: 'Invite as a client' }).click();
  const dialog = amara.getByRole('dialog', { name: 'Invite as a client' });
  await dialog.getByLabel('Name').fill('Vera Novak');
  await dialog.getByLabel('E-mail').fill('vera@example.org');
  await dialog.getByRole('button', { name: 'Send the invitation' }).click();
  await amara.getByText('The invitation is on its way to vera@example.org.').waitFor();
  const page = await newPage();
  await page.goto(await linkOfMail(page, 'vera@example.org', /\/invite#token=/));
  await page.getByRole('heading', { name: 'Welcome, Vera Novak' }).waitFor();
  await page.getByLabel('Choose a password').fill('purple kettle on the windowsill');
  await page.getByText('A good password.').waitFor();
  const parts = [page.getByRole('heading', { name: 'Welcome, Vera Novak' }), page.getByRole('main').locator('form'), page.getByText('You sign in with vera@example.org.')];
  await keepAround(page, parts, 'visitor-invitation', 32);
  await page.getByRole('button', { name: 'Accept the invitation' }).click();
  await page.waitForURL('**/chat');
  await chat.getByText('This conversation is now in your account').waitFor();
}

async function admin(jonas) {
  await jonas.setViewportSize({ width: 1100, height: 1000 });
  const top = jonas.getByRole('banner');
  const section = async (id, title) => {
    await jonas.goto(`/settings#${id}`);
    await jonas.getByRole('heading', { level: 1, name: title }).waitFor();
  };
  const cardOf = (title) => jonas.locator('section', { has: jonas.getByRole('heading', { name: title, exact: true }) });

  await section('hours', 'Hours and greeting');
  const hours = cardOf('Opening hours');
  await hours.getByLabel('Monday from').waitFor();
  await keepAround(jonas, [top, hours.getByLabel('Time zone'), hours.getByRole('button', { name: 'Add hours on Wednesday' })], 'admin-hours', 24);

  await section('people', 'People');
  const invite = cardOf('Invite somebody');
  await invite.getByLabel('Name').fill('Lea Horn');
  await invite.getByLabel('E-mail').fill('lea@balance-kitchen.example');
  await invite.getByRole('button', { name: 'Send the invitation' }).click();
  await invite.getByText('The invitation is on its way').waitFor();
  await section('you', 'You');
  await section('people', 'People');
  await jonas.getByText('lea@balance-kitchen.example').waitFor();
  await keepAround(jonas, [top, cardOf('Who works here'), invite], 'admin-team', 24);

  await section('teams', 'Teams');
  const teams = cardOf('Who works together');
  await teams.getByRole('button', { name: 'Change Events' }).waitFor();
  await teams.getByText('online').first().waitFor();
  await keepAround(jonas, [top, teams], 'admin-teams', 24);

  await section('targets', 'Targets');
  const targets = cardOf('How soon');
  await targets.getByRole('textbox', { name: 'First answer, urgent', exact: true }).waitFor();
  await keepAround(jonas, [top, targets.getByRole('table'), targets.getByRole('group', { name: 'Which time counts' })], 'admin-targets', 24);

  await jonas.goto('/reports');
  await jonas.getByRole('img', { name: 'New matters by day' }).waitFor();
  const figures = jonas.locator('dl').first();
  await keepAround(jonas, [jonas.getByRole('heading', { name: 'Reports' }), figures, jonas.getByRole('region', { name: 'New matters', exact: true })], 'admin-reports', 24);

  await section('routing', 'Routing');
  await cardOf('Who can take how many').getByRole('row').nth(1).waitFor();
  await keepAround(jonas, [top, cardOf('How conversations come to people'), cardOf('Who can take how many')], 'admin-routing', 24);

  await section('feedback', 'Feedback');
  await jonas.getByRole('figure').waitFor();
  await keepAround(jonas, [top, cardOf('Feedback')], 'admin-feedback', 24);

  await section('labels', 'Labels');
  await jonas.getByRole('button', { name: /^Change / }).first().waitFor();
  await keepAround(jonas, [top, cardOf('What conversations are about')], 'admin-labels', 24);

  await section('letters', 'Letters');
  await jonas.getByRole('button', { name: /^Change: Invitation of a client/ }).click();
  await jonas.frameLocator('iframe[title="The letter as it arrives"]').locator('body').waitFor();
  await jonas.waitForTimeout(1_000);
  await keep(jonas, 'admin-letters');

  await section('audit', 'Audit log');
  await jonas.locator('summary').nth(9).waitFor();
  await jonas.locator('summary').first().click();
  await keepAround(jonas, [top, jonas.locator('summary').nth(7)], 'admin-audit', 24);

  await section('site', 'Chat on your site');
  await jonas.getByRole('button', { name: 'Copy' }).first().waitFor();
  await jonas.getByLabel('Sites').waitFor();
  await keepAround(jonas, [top, cardOf('Put the chat on your site'), cardOf('Allowed sites')], 'admin-site', 24);

  const questions = cardOf('Before the first message');
  await questions.getByRole('button', { name: 'Add a question' }).click();
  await questions.getByLabel('Question', { exact: true }).fill('What is it about?');
  await questions.getByLabel('Answered with').selectOption('One of several');
  await questions.getByLabel('To choose from').fill('An order\nA delivery\nSomething else');
  await keep(jonas, 'admin-questions', { of: questions });

  await jonas.setViewportSize({ width: 1100, height: 1300 });
  await section('look', 'Look');
  await jonas.getByLabel('A colour of our own').check();
  await jonas.getByLabel('Colour', { exact: true }).fill('#8a2f5b');
  await jonas.locator('figure textarea').last().waitFor();
  await keepAround(jonas, [top, cardOf('Look')], 'admin-look', 24);
}

/** What programmers use of the pages. */
async function programs(jonas) {
  await jonas.setViewportSize({ width: 1100, height: 1000 });
  await jonas.goto('/settings#keys');
  const made = jonas.locator('section', { has: jonas.getByRole('heading', { name: 'New key', exact: true }) });
  await made.getByLabel('Name').fill('Shop server');
  await made.getByLabel('Kind').selectOption('secret');
  await made.getByLabel('Use').selectOption('test');
  await made.getByRole('button', { name: 'Make the key' }).click();
  const dialog = jonas.getByRole('dialog');
  await dialog.getByText('It is shown this once.', { exact: false }).waitFor();
  await keep(jonas, 'developer-key', { of: dialog });
  await dialog.getByRole('button', { name: 'I have copied it' }).click();

  await jonas.goto('/settings#webhooks');
  await jonas.getByRole('button', { name: 'Add a webhook' }).click();
  await dialog.getByLabel('Address', { exact: true }).fill(`http://127.0.0.1:${told.address().port}/`);
  await dialog.getByLabel('What it is for').fill('The display in the kitchen');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await dialog.getByRole('button', { name: 'I have copied it' }).click();
  const visitor = await newPage();
  await say(await openChat(visitor), 'Is there rice without salt on Sunday?');
  await jonas.getByRole('button', { name: /^Send a test event/ }).click();
  await jonas.locator('[data-delivery]').nth(1).getByText('delivered').waitFor();
  await visitor.context().close();
  const webhooks = jonas.locator('section').filter({ has: jonas.locator('[data-delivery]') }).first();
  await keepAround(jonas, [jonas.getByRole('banner'), webhooks], 'developer-deliveries', 24);

  const page = await newPage();
  await page.goto('/dev/widget');
  await page.getByRole('button', { name: 'Open or close it' }).click();
  const chat = page.frameLocator('iframe[title="Chat"]');
  await say(chat, 'What does the page hear of this?');
  await message(chat, 'What does the page hear of this?').getByText('Sent').waitFor();
  await keep(page, 'developer-page');
  await page.context().close();
}

/** A mail server was away for a while. */
async function operator() {
  server.sql(`select graphile_worker.add_job('brigade', format('{"tenant":null,"task":"mail.send","body":{"mail":"%s"}}', gen_random_uuid())::json, run_at := now() + interval '1 day') from generate_series(1, 3)`);
  server.sql("update graphile_worker._private_jobs set attempts = 8, max_attempts = 8, created_at = now() - interval '29 minutes', last_error = 'the mail server is not available: connection refused' where payload->>'task' = 'mail.send'");
  const page = await newPage();
  await page.setViewportSize({ width: 1100, height: 900 });
  await signIn(page, server.person(/^super admin/), '**/platform');
  await page.getByText('something wants to be looked at').waitFor();
  await page.getByText('heard of in the last').waitFor();
  await keep(page, 'operator-overview');
  await page.goto('/platform#queue');
  await page.getByRole('button', { name: /^Try again: job/ }).first().waitFor();
  await keep(page, 'operator-queue');
  await page.goto('/platform#tenants');
  await page.getByRole('link', { name: 'Balance Kitchen' }).or(page.getByText('Balance Kitchen')).first().waitFor();
  await keep(page, 'operator-businesses');
  return page;
}

/** A business lets the operator look. */
async function support(jonas, operator) {
  await jonas.setViewportSize({ width: 1100, height: 1000 });
  await jonas.goto('/inbox');
  await openConversation(jonas, 'an hour late');
  await say(jonas, 'We are sorry! It was the snow. The next one is on us.');
  await jonas.getByRole('button', { name: /^Notifications/ }).click();
  await jonas.getByRole('button', { name: 'Mark all as read' }).click();
  await jonas.goto('/settings#support');
  const cardOf = (title) => jonas.locator('section', { has: jonas.getByRole('heading', { name: title, exact: true }) });
  const ask = cardOf('Let support look');
  await ask.getByLabel('What is it about?').fill('The customer whose box came an hour late says that our answers do not reach them.');
  await ask.getByRole('radio', { name: /^4 hours/ }).check();
  await keepAround(jonas, [jonas.getByRole('banner'), ask, cardOf('What they see')], 'admin-support', 24);
  await ask.getByRole('button', { name: 'Let support look' }).click();
  await cardOf('Support may look').getByText('Nobody has looked yet.').waitFor();

  await operator.reload();
  const invited = operator.getByRole('region', { name: 'They let you look' });
  await invited.getByText(/do not reach them/).waitFor();
  await operator.getByRole('table').getByText('Balance Kitchen').waitFor();
  await keepAround(operator, [operator.getByRole('banner'), invited], 'operator-invited', 24);
  // As if it were set up: how that is done is shown elsewhere.
  server.sql(`insert into second_factors (user_id, sealed, created_at, confirmed_at, last_step)
    select id, '\\x00', now(), now(), 1 from users where super_admin`);
  await invited.getByRole('button', { name: /^Look in/ }).click();
  await operator.waitForURL('**/look');
  await operator.getByRole('navigation', { name: 'Conversations' }).getByRole('link', { name: /It was the snow/ }).click();
  await operator.getByRole('log').getByText('My box came an hour late today.').waitFor();
  await keep(operator, 'operator-look');

  const phone = await newPage('phone');
  await signIn(phone, server.person(/^admin$/), '**/inbox');
  await phone.getByRole('button', { name: /^Notifications, / }).click();
  await phone.getByRole('dialog', { name: 'Notifications' }).getByText(/came to look into your business/).waitFor();
  await phone.mouse.move(200, 800);
  await keep(phone, 'admin-support-told');
  await phone.getByRole('dialog', { name: 'Notifications' }).getByRole('link', { name: /came to look/ }).click();
  await phone.waitForURL('**/settings#support');
  await phone.context().close();
  await jonas.reload();
  await cardOf('Support may look').getByText(/looking now · 1 conversation$/).waitFor();
  await keepAround(jonas, [jonas.getByRole('banner'), cardOf('Support may look')], 'admin-support-looking', 24);
}
