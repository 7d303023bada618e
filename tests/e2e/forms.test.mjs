// Forms of a site: sent once whatever happens, seen by the staff with who it is, gone on with in the chat, and counted on the way to a client.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, Windows } from './support/browser.mjs';
import { chatOf, hears, openConversation, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

describe('forms of a site', () => {
  let server, windows, mia, ada, amara;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    mia = await (await windows.person({ size: 'phone', scheme: 'dark' })).newPage();
    ada = await (await windows.person()).newPage();
    amara = await (await windows.person()).newPage();
    await signIn(amara, server.person(/^account manager/), '**/inbox');
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    windows?.assertQuiet();
  });

  const form = (page, title) => page.frameLocator(`iframe[title="${title}"]`);
  const wide = (place) => place.locator('html').evaluate((html) => html.scrollWidth - html.clientWidth);
  /** The frame is as high as what is in it. */
  const fits = (page, title) => eventually(async () => {
    const inside = await form(page, title).locator('#app').evaluate((main) => main.scrollHeight);
    assert.ok(Math.abs((await page.locator(`iframe[title="${title}"]`).boundingBox()).height - inside) <= 2);
  });
  const lines = (text) => amara.getByRole('region', { name: 'Conversations' }).getByRole('link').filter({ hasText: text });

  it('are filled in by keyboard on a phone, wait for the network, and go on in the chat', async () => {
    await mia.goto('/#contact');
    const enquiry = form(mia, 'Enquiry');
    await enquiry.getByLabel('Your name').focus();
    await mia.keyboard.press('Tab');
    await mia.keyboard.press('Tab');
    await mia.keyboard.press('Tab');
    await mia.keyboard.press('Tab');
    // The field nobody sees is passed over; nothing is sent that is not whole.
    await mia.keyboard.press('Enter');
    await enquiry.getByText('Please fill this in.').first().waitFor();
    await fits(mia, 'Enquiry');
    await assertAccessible(mia, 'a form with what is missing');
    await mia.locator('#contact').scrollIntoViewIfNeeded();
    await picture(mia, 'form-missing-phone-dark');
    assert.ok(await enquiry.getByLabel('Your name').evaluate((input) => input === document.activeElement));
    await mia.keyboard.type('ليلى 🙂 of Gratwein');
    await mia.keyboard.press('Tab');
    await mia.keyboard.type('leila@people.example');
    await mia.keyboard.press('Tab');
    await mia.keyboard.press('Tab');
    await mia.keyboard.type('Do you cater for sixty?');
    await mia.context().setOffline(true);
    await mia.keyboard.press('Tab');
    await mia.keyboard.press('Space');
    await enquiry.getByText('No connection.', { exact: false }).waitFor();
    await mia.context().setOffline(false);
    await enquiry.getByRole('heading', { name: 'Thank you, ليلى 🙂 of Gratwein.' }).waitFor();
    await enquiry.getByText('We reach you at leila@people.example.', { exact: false }).waitFor();
    await fits(mia, 'Enquiry');
    assert.deepEqual([await wide(enquiry), await wide(mia)], [0, 0]);
    await assertAccessible(mia, 'a form that was sent');
    await picture(mia, 'form-sent-phone-dark');

    await lines('Do you cater for sixty?').getByText('Enquiry', { exact: true }).waitFor();
    await openConversation(amara, 'Do you cater for sixty?');
    await say(amara, 'Yes, with two days’ notice.');
    await enquiry.getByRole('button', { name: 'Go on in the chat' }).press('Enter');
    await hears(chatOf(mia), 'Do you cater for sixty?');
    await hears(chatOf(mia), 'Yes, with two days’ notice.');
    await say(chatOf(mia), 'That will do.');
    await hears(amara, 'That will do.');
  });

  it('whose answer was lost are one conversation, which the staff answer with an invitation', async () => {
    await ada.goto('/');
    // The chat was looked at before, and nothing was written there.
    await ada.getByRole('button', { name: 'Open chat' }).click();
    await chatOf(ada).getByRole('textbox', { name: 'Write a message' }).waitFor();
    await ada.getByRole('button', { name: 'Close chat' }).first().click();
    await ada.locator('#contact').scrollIntoViewIfNeeded();
    const access = form(ada, 'Request access');
    await access.getByLabel('Your name').fill('Ada Lovelace');
    await access.getByLabel('Your e-mail').fill('ada@engines.example');
    await access.getByLabel('Company (optional)').fill('Analytical Engines & Töchter');
    await access.getByLabel('What would you like to do with us?').fill('Lunch for twelve. Every day.');
    let lost = 0;
    await ada.route('**/v1/site/forms', async (route) => {
      lost += 1;
      if (lost > 1) return route.fallback();
      await route.fetch();
      await route.abort();
    });
    await access.getByRole('button', { name: 'Request access' }).dblclick();
    await access.getByText('No connection.', { exact: false }).waitFor();
    await fits(ada, 'Request access');
    await ada.locator('#contact').scrollIntoViewIfNeeded();
    await picture(ada, 'form-lost-desktop');
    await ada.reload();
    await ada.locator('#contact').scrollIntoViewIfNeeded();
    await access.getByRole('heading', { name: 'Thank you, Ada Lovelace.' }).waitFor();
    assert.equal(lost, 2);
    await access.getByText('If it fits, you get an invitation by e-mail.', { exact: false }).waitFor();
    await picture(ada, 'form-sent-desktop');

    assert.equal(await lines('Lunch for twelve.').count(), 1);
    await lines('Lunch for twelve.').getByText('Access request', { exact: true }).waitFor();
    await openConversation(amara, 'Lunch for twelve.');
    assert.equal(await amara.locator('[role=log] article').count(), 1);
    const details = amara.getByRole('complementary', { name: 'Details' });
    await details.getByText('Analytical Engines & Töchter').waitFor();
    await picture(amara, 'form-inbox-desktop');
    await details.getByRole('button', { name: 'Invite as a client' }).click();
    const dialog = amara.getByRole('dialog', { name: 'Invite as a client' });
    assert.deepEqual([await dialog.getByLabel('Name').inputValue(), await dialog.getByLabel('E-mail').inputValue()], ['Ada Lovelace', 'ada@engines.example']);
    await dialog.getByRole('button', { name: 'Send the invitation' }).click();
    await details.getByText('Invite again').waitFor();
    await access.getByRole('button', { name: 'Go on in the chat' }).click();
    await hears(chatOf(ada), 'Lunch for twelve. Every day.');
  });

  it('are German on a German page', async () => {
    const page = await (await windows.person({ size: 'phone' })).newPage();
    await page.route(`${server.url}/`, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replace('<html lang="en">', '<html lang="de-AT">') });
    });
    await page.goto('/');
    await page.locator('#contact').scrollIntoViewIfNeeded();
    const access = form(page, 'Zugang anfragen');
    await access.getByRole('button', { name: 'Zugang anfragen' }).click();
    await access.getByText('Bitte füllen Sie das aus.').first().waitFor();
    await access.getByLabel('Unternehmen (freiwillig)').waitFor();
    assert.equal(await access.locator('html').getAttribute('lang'), 'de');
    await page.locator('iframe[title="Zugang anfragen"]').scrollIntoViewIfNeeded();
    await picture(page, 'form-german-phone');
    await page.context().close();
  });

  it('are counted on the way to a client', async () => {
    await amara.goto('/reports?period=last7_days');
    const funnel = amara.getByRole('region', { name: 'From enquiry to client', exact: true });
    await funnel.getByRole('row').first().waitFor();
    const row = (name) => funnel.getByRole('row').filter({ has: amara.getByRole('rowheader', { name }) }).getByRole('cell').allInnerTexts();
    const [came, invited] = [await row('Enquired'), await row('Invited')];
    assert.deepEqual(came.slice(3, 5), ['1', '1'], 'by enquiry and by access form');
    assert.deepEqual(invited.slice(2, 5), ['0', '0', '1']);
    assert.ok(Number(came[0]) >= 2 && came[1] === '100 %', came.join());
    await funnel.getByRole('link', { name: /CSV/ }).waitFor();
    await funnel.scrollIntoViewIfNeeded();
    await assertAccessible(amara, 'the report with enquiries');
    await picture(amara, 'funnel-desktop');
  });
});
