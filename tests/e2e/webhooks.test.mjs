// Webhooks: an admin has a server of their own told what happens, sees what arrived and what did not, and sends it again.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, Windows } from './support/browser.mjs';
import { openChat, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

/** A business's own server, which answers as it is told to. */
class Receiver {
  told = [];
  answer = { status: 200, text: 'thank you' };
  #server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    this.told.push({ headers: request.headers, body });
    response.writeHead(this.answer.status, { 'content-type': 'text/html' }).end(this.answer.text);
  });

  static async start() {
    const receiver = new Receiver();
    await new Promise((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    receiver.url = `http://127.0.0.1:${receiver.#server.address().port}/hook`;
    return receiver;
  }

  stop() {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

const signature = ({ headers, body }, secret) =>
  `v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64')).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`).digest('base64')}`;

describe('webhooks', () => {
  let server, windows, admin, receiver, secret;

  before(async () => {
    receiver = await Receiver.start();
    server = await Server.start({ env: { BRIGADE_WEBHOOKS_ALLOW: '127.0.0.0/8' } });
    windows = await Windows.open(server.url);
    admin = await (await windows.person()).newPage();
    await signIn(admin, server.person(/^admin$/), '**/inbox');
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    receiver?.stop();
    windows?.assertQuiet();
  });

  const dialog = (page, name) => page.getByRole('dialog', { name });
  const rows = (page) => page.locator('[data-delivery]');
  const fits = async (page) => assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);

  it('says that nobody is told yet, and what is wrong with an address', async () => {
    await admin.goto('/settings#webhooks');
    await admin.getByRole('heading', { level: 1, name: 'Webhooks' }).waitFor();
    await admin.getByText('Nobody is told yet').waitFor();
    await picture(admin, 'webhooks-empty-desktop');
    await assertAccessible(admin, 'no webhooks');
    await admin.getByRole('button', { name: 'Add a webhook' }).click();
    const box = dialog(admin, 'New webhook');
    await box.getByLabel('Address', { exact: true }).fill('https://192.168.0.1/hook');
    await admin.keyboard.press('Enter');
    await box.getByText('not one that everybody can reach').waitFor();
    await assertAccessible(admin, 'a webhook with a mistake');
    await picture(admin, 'webhooks-dialog-desktop');
  });

  it('is made by keyboard, and shows its secret once', async () => {
    const box = dialog(admin, 'New webhook');
    await box.getByLabel('Address', { exact: true }).fill(receiver.url);
    await box.getByLabel('What it is for').fill('مطبخ 🚚 ' + 'the kitchen display '.repeat(9));
    await box.getByRole('checkbox', { name: /^message\.sent/ }).focus();
    await admin.keyboard.press('Space');
    await box.getByRole('button', { name: 'Add' }).press('Enter');
    await box.getByText('Choose at least one event.').waitFor();
    await box.getByRole('checkbox', { name: /^message\.sent/ }).press('Space');
    await box.getByRole('button', { name: 'Add' }).press('Enter');
    const once = dialog(admin, 'Copy this secret now');
    secret = await once.locator('code').innerText();
    assert.match(secret, /^whsec_[\w+/=]{44}$/);
    await picture(admin, 'webhooks-secret-desktop');
    await once.getByRole('button', { name: 'I have copied it' }).press('Enter');
    await admin.getByText(receiver.url).first().waitFor();
    assert.ok(!(await admin.locator('body').innerText()).includes(secret), 'it is not shown again');
  });

  it('tells what a customer says, signed', async () => {
    const chat = await openChat(await (await windows.person()).newPage());
    await say(chat, 'Do you deliver on Sundays?');
    await eventually(async () => assert.equal(receiver.told.length, 1));
    const [told] = receiver.told;
    assert.equal(told.headers['webhook-signature'], signature(told, secret));
    const { type, data } = JSON.parse(told.body);
    assert.deepEqual([type, data.text, data.by.side], ['message.sent', 'Do you deliver on Sundays?', 'customer']);
    await admin.getByRole('button', { name: /^Deliveries/ }).click();
    await rows(admin).first().getByText('delivered').waitFor();
    await rows(admin).first().getByText(/200 in \d+ ms · 1 attempt/).waitFor();
  });

  it('shows what failed as text, and sends it again with the same id', async () => {
    receiver.answer = { status: 410, text: '<img src=x onerror="document.title=\'broken\'"> gone' };
    await admin.getByRole('button', { name: /^Send a test event/ }).click();
    await rows(admin).first().getByText('given up').waitFor();
    await rows(admin).first().getByText('Details').click();
    await rows(admin).first().getByText('<img src=x').waitFor();
    await admin.waitForTimeout(2_500);
    await rows(admin).first().getByText('<img src=x').waitFor();
    assert.ok(!(await admin.title()).includes('broken'));
    await picture(admin, 'webhooks-deliveries-desktop');
    await assertAccessible(admin, 'deliveries');

    await admin.reload();
    await admin.getByText('switched off: gone').waitFor();
    receiver.answer = { status: 200, text: '' };
    await admin.getByRole('button', { name: /^Change/ }).click();
    await dialog(admin, 'Change this webhook').getByLabel('Tell it what happens').check();
    await dialog(admin, 'Change this webhook').getByRole('button', { name: 'Save' }).click();
    // The list is drawn anew, with its deliveries closed.
    await admin.getByText('switched off: gone').waitFor({ state: 'detached' });
    await admin.getByRole('button', { name: /^Deliveries/ }).click();
    await rows(admin).first().getByRole('button', { name: /^Send again/ }).click();
    await eventually(async () => assert.equal(receiver.told.length, 3));
    assert.equal(receiver.told[2].headers['webhook-id'], receiver.told[1].headers['webhook-id']);
    await rows(admin).first().getByText('delivered').waitFor();
  });

  it('fits a phone, and is forgotten when somebody says so', async () => {
    const phone = await (await windows.person({ size: 'phone', scheme: 'dark' })).newPage();
    await signIn(phone, server.person(/^admin$/), '**/inbox');
    await phone.goto('/settings#webhooks');
    await phone.getByRole('button', { name: /^Deliveries/ }).click();
    await rows(phone).first().waitFor();
    await picture(phone, 'webhooks-phone');
    await assertAccessible(phone, 'webhooks on a phone');
    await fits(phone);
    await phone.getByRole('button', { name: /^New secret/ }).click();
    await dialog(phone, 'Make a new secret?').getByRole('button', { name: 'Make it' }).click();
    await dialog(phone, 'Copy this secret now').getByRole('button', { name: 'I have copied it' }).click();
    await phone.getByText('The old secret signs too').waitFor();
    await phone.getByRole('button', { name: /^Change/ }).click();
    await picture(phone, 'webhooks-dialog-phone');
    await fits(phone);
    await dialog(phone, 'Change this webhook').getByRole('button', { name: 'Cancel' }).click();
    await phone.getByRole('button', { name: /^Remove/ }).click();
    await dialog(phone, 'Remove this webhook?').getByRole('button', { name: 'Remove it' }).click();
    await phone.getByText('Nobody is told yet').waitFor();
  });
});
