// Letters in a business's own words: an admin writes them, sees them as they arrive, and they arrive so; and goes back to ours.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, Windows } from './support/browser.mjs';
import { signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

const HOSTILE = '<img src=x onerror="document.title=\'broken\'"><a href="https://x.example">free</a>';

describe('letters', () => {
  let server, windows, admin;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    admin = await (await windows.person()).newPage();
    await signIn(admin, server.person(/^admin$/), '**/inbox');
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    windows?.assertQuiet();
  });

  const settings = async (page) => {
    await page.goto('/settings#letters');
    await page.getByRole('heading', { level: 1, name: 'Letters' }).waitFor();
    await page.getByRole('button', { name: 'Change: Invitation to the team' }).waitFor();
  };
  const line = (page, title) => page.getByRole('listitem').filter({ hasText: title });
  const subject = (page) => page.getByLabel('Subject');
  const text = (page) => page.getByRole('textbox', { name: 'Text' });
  const arrives = (page) => page.frameLocator('iframe[title="The letter as it arrives"]');
  const fits = async (page) => assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);

  it('begins with ours, drawn as it arrives', async () => {
    await settings(admin);
    assert.equal(await admin.getByText('usual words', { exact: true }).count(), 3);
    await admin.getByRole('button', { name: 'Change: Invitation to the team' }).press('Enter');
    await eventually(async () => assert.equal(await admin.evaluate(() => document.activeElement.textContent), 'Invitation to the team'));
    assert.equal(await subject(admin).inputValue(), '{{business.name}} invites you to the team');
    const button = arrives(admin).getByText('Join the team');
    await button.waitFor();
    await arrives(admin).getByText('Hello Maya Okafor,').waitFor();
    assert.equal(await button.evaluate((each) => getComputedStyle(each).color), 'rgb(255, 255, 255)', 'with the styles of the letter');
    assert.equal(await button.getAttribute('href'), null, 'it leads nowhere');
    await picture(admin, 'letters-desktop');
    await assertAccessible(admin, 'letters');
  });

  it('what an admin writes is text, and is drawn after a pause with what stays ours', async () => {
    await subject(admin).fill('\u{1f957} ');
    await admin.getByRole('button', { name: 'Their first name' }).click();
    assert.equal(await subject(admin).inputValue(), '\u{1f957} {{person.first_name}}');
    await text(admin).fill(`أهلا {{person.name}}\n\n${HOSTILE}`);
    await arrives(admin).getByText('<img src=x').waitFor();
    await admin.getByText('\u{1f957} Maya', { exact: true }).waitFor();
    assert.equal(await arrives(admin).locator('img, a[href], script').count(), 0);
    for (const ours of ['The link works for 7 days.', 'Join the team', 'If you do not know them']) await arrives(admin).getByText(ours).waitFor();
    assert.ok(!(await admin.title()).includes('broken'));
    await admin.getByText('As plain text').click();
    await admin.getByLabel('The letter as plain text').getByText('أهلا Maya Okafor').waitFor();
    await picture(admin, 'letters-own-desktop');
    // By itself, as a mail program has it.
    const mail = await admin.context().newPage();
    const page = await admin.locator('iframe').getAttribute('srcdoc');
    await mail.goto(`data:text/html;charset=utf-8,${encodeURIComponent(page.replaceAll(' data-style="', ' style="'))}`);
    await picture(mail, 'letters-mail-desktop');
    await assertAccessible(mail, 'the letter', ['wcag2a', 'wcag2aa', 'wcag21aa']);
    await mail.close();
    await assertAccessible(admin, 'a letter in own words');
  });

  it('says a mistake at its field, and keeps what is not saved when one looks elsewhere', async () => {
    await text(admin).fill('Hi {{customer.name}}');
    await admin.getByText('There is no {{customer.name}}. Choose of person.name').waitFor();
    assert.equal(await text(admin).getAttribute('aria-invalid'), 'true');
    await admin.getByRole('button', { name: 'Save' }).click();
    await eventually(async () => assert.equal(await admin.evaluate(() => document.activeElement.name), 'text'));
    await picture(admin, 'letters-mistake-desktop');
    await assertAccessible(admin, 'a letter with a mistake');
    await line(admin, 'Invitation to the team').getByText('not saved yet').waitFor();
    await admin.getByRole('button', { name: 'Change: Copy of a chat' }).click();
    await arrives(admin).getByText('Do you deliver on Mondays?').waitFor();
    await admin.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'You', exact: true }).click();
    await admin.getByRole('heading', { level: 1, name: 'You' }).waitFor();
    await admin.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Letters' }).click();
    await admin.getByRole('button', { name: 'Change: Invitation to the team' }).click();
    assert.equal(await text(admin).inputValue(), 'Hi {{customer.name}}');
  });

  it('arrives as it was saved', async () => {
    await subject(admin).fill('Come and cook at {{business.name}}');
    await text(admin).fill('Hi {{person.first_name}},\n\nwe would love to have you.');
    await admin.getByRole('button', { name: 'Save' }).click();
    await admin.getByText('Saved. Letters say this from now on.').waitFor();
    await line(admin, 'Invitation to the team').getByText('your words').waitFor();
    assert.equal(await line(admin, 'Invitation to the team').getByText('not saved yet').count(), 0);
    await admin.evaluate(() => document.querySelector('main').scrollTo(0, 0));
    await picture(admin, 'letters-saved-desktop');

    await admin.goto('/settings#people');
    const invite = admin.locator('section', { has: admin.getByRole('heading', { name: 'Invite somebody' }) });
    await invite.getByLabel('Name').fill('Theo <b>Lind</b>');
    await invite.getByLabel('E-mail').fill('theo@people.example');
    await invite.getByRole('button', { name: 'Send the invitation' }).click();
    await invite.getByText('The invitation is on its way to theo@people.example.').waitFor();
    await eventually(async () => {
      await admin.goto('/dev/outbox');
      const letter = admin.getByRole('listitem').filter({ hasText: 'To theo@people.example' }).first();
      const said = await letter.innerText({ timeout: 2_000 });
      for (const part of ['Come and cook at Balance Kitchen', 'Hi Theo,', 'we would love to have you.', 'The link works for 7 days.', '/invite#token=', 'This invitation is from Balance Kitchen.']) assert.ok(said.includes(part), `${part} in ${said}`);
    });
  });

  it('two admins do not overwrite each other', async () => {
    const other = await admin.context().newPage();
    for (const page of [admin, other]) {
      await settings(page);
      await page.getByRole('button', { name: 'Change: Invitation to the team' }).click();
      await text(page).fill(page === admin ? 'From the first desk.' : 'From the second desk.');
    }
    await admin.getByRole('button', { name: 'Save' }).click();
    await admin.getByText('Saved. Letters say this from now on.').waitFor();
    await other.getByRole('button', { name: 'Save' }).click();
    await other.getByText('Somebody else has changed this letter meanwhile').waitFor();
    assert.equal(await text(other).inputValue(), 'From the second desk.', 'what was written stays');
    await other.getByRole('button', { name: 'Discard changes' }).click();
    await other.getByRole('dialog', { name: 'Discard your changes?' }).getByRole('button', { name: 'Discard' }).click();
    await eventually(async () => assert.notEqual(await text(other).inputValue(), 'From the second desk.'));
    await other.close();
  });

  it('fits a phone, and goes back to ours when somebody says so', async () => {
    const phone = await (await windows.person({ size: 'phone', scheme: 'dark' })).newPage();
    await signIn(phone, server.person(/^admin$/), '**/inbox');
    await settings(phone);
    await picture(phone, 'letters-list-phone');
    await phone.getByRole('button', { name: 'Change: Invitation to the team' }).click();
    await arrives(phone).getByText('From the first desk.').waitFor();
    await picture(phone, 'letters-phone');
    await phone.getByText('How it arrives').scrollIntoViewIfNeeded();
    await phone.locator('iframe').scrollIntoViewIfNeeded();
    await picture(phone, 'letters-preview-phone');
    await assertAccessible(phone, 'letters on a phone');
    await fits(phone);
    await phone.getByRole('button', { name: 'Back to the usual words: Invitation to the team' }).click();
    await picture(phone, 'letters-usual-phone');
    await phone.getByRole('dialog', { name: 'Go back to the usual words?' }).getByRole('button', { name: 'Go back' }).click();
    await phone.getByText('the usual words are used again').waitFor();
    assert.equal(await subject(phone).inputValue(), '{{business.name}} invites you to the team');
    await phone.goto('/settings#audit');
    await phone.getByText('went back to the usual words of a letter').first().waitFor();
    await phone.getByText('worded a letter').first().waitFor();
  });

  it('is not for account managers', async () => {
    const amara = await (await windows.person()).newPage();
    await signIn(amara, server.person(/^account manager/), '**/inbox');
    await amara.goto('/settings#letters');
    await amara.getByRole('heading', { level: 1, name: 'You' }).waitFor();
    assert.equal(await amara.getByRole('link', { name: 'Letters' }).count(), 0);
  });
});
