// The platform's support looks into a business that lets it: the business consents, support reads and writes nothing, and it ends.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, SIZES, Windows } from './support/browser.mjs';
import { beginChats } from './support/http.mjs';
import { signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

describe('support access', () => {
  let server, windows, admin, manager, operator;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    await beginChats(server, ['My saffron order has not come']);
    admin = await (await windows.person()).newPage();
    manager = await (await windows.person()).newPage();
    operator = await (await windows.person()).newPage();
    await signIn(admin, server.person(/^admin$/), '**/inbox');
    await signIn(manager, server.person(/^account manager/), '**/inbox');
    await signIn(operator, server.person(/^super admin/), '**/platform');
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
  });

  const card = (page, title) => page.locator('section', { has: page.getByRole('heading', { name: title, exact: true }) });
  const bell = (page) => page.getByRole('button', { name: /^Notifications/ });
  const panel = (page) => page.getByRole('dialog', { name: 'Notifications' });
  const look = async (page, name) => {
    await picture(page, name);
    await assertAccessible(page, name);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name}: nothing is wider than the page`);
  };
  const inBoth = async (page, name) => {
    await look(page, `${name}-desktop`);
    await page.setViewportSize(SIZES.phone);
    await look(page, `${name}-phone`);
    await page.setViewportSize(SIZES.desktop);
  };
  const answerOf = (page, method, path, body) => page.evaluate(async ([method, path, body]) => {
    const { data } = await (await fetch('/v1/auth/me')).json();
    const answer = await fetch(path, { method, headers: { 'content-type': 'application/json', 'x-csrf-token': data.csrf }, ...(body && { body: JSON.stringify(body) }) });
    return [answer.status, (await answer.json()).error?.code];
  }, [method, path, body]);

  it('begins with an admin who says for how long and what it is about', async () => {
    await admin.goto('/settings#support');
    const form = card(admin, 'Let support look');
    await form.getByRole('button', { name: 'Let support look' }).click();
    await form.getByText(/is empty. Write something/).first().waitFor();
    await inBoth(admin, 'support-ask');
    await form.getByLabel('What is it about?').fill('The saffron order is not in the inbox');
    await form.getByRole('radio', { name: /^4 hours/ }).check();
    await form.getByRole('button', { name: 'Let support look' }).click();
    const runs = card(admin, 'Support may look');
    await runs.getByText('Nobody has looked yet.').waitFor();
    assert.equal(server.sql('select until - given_at from support_permissions where ended_at is null'), '04:00:00');
    await inBoth(admin, 'support-given');
  });

  it('lets the operator in with two-step sign-in alone', async () => {
    // What comes after this is news.
    await bell(admin).click();
    await panel(admin).getByRole('button', { name: 'Mark all as read' }).click();
    await admin.keyboard.press('Escape');
    await admin.getByRole('button', { name: 'Notifications', exact: true }).waitFor();
    await operator.goto('/platform#tenants');
    const invited = operator.getByRole('region', { name: 'They let you look' });
    await invited.getByText('The saffron order is not in the inbox').waitFor();
    await inBoth(operator, 'support-invited');
    await invited.getByRole('button', { name: /Look in: Balance Kitchen/ }).click();
    await invited.getByText(/Turn on two-step sign-in/).waitFor();
    // As if it were set up: how that is done is tried elsewhere.
    server.sql(`insert into second_factors (user_id, sealed, created_at, confirmed_at, last_step)
      select id, '\\x00', now(), now(), 1 from users where super_admin`);
    await eventually(async () => {
      if (!operator.url().endsWith('/look')) await invited.getByRole('button', { name: /Look in:/ }).click({ timeout: 1_000 }).catch(() => undefined);
      assert.match(operator.url(), /\/look/);
    });
  });

  it('is told to the admin at once, with why and until when, and leads to where it ends', async () => {
    await admin.getByRole('button', { name: 'Notifications, 1 unread', exact: true }).waitFor();
    await bell(admin).click();
    const told = panel(admin).getByRole('link', { name: /came to look into your business/ });
    assert.match(await told.innerText(), /^(.|\n)*They may look until .*\d\d:\d\d\.\s+The saffron order is not in the inbox/);
    await inBoth(admin, 'support-told');
    // On the page it leads to, too.
    assert.match(admin.url(), /\/settings#support$/);
    await told.click();
    await panel(admin).waitFor({ state: 'detached' });
    await admin.goto('/inbox');
    await bell(admin).click();
    await panel(admin).getByRole('link', { name: /came to look into your business/ }).click();
    await admin.waitForURL('**/settings#support');
    await card(admin, 'Support may look').getByText(/looking now/).waitFor();
    await admin.goto('/settings#notifications');
    const here = admin.getByLabel(/^Told here: The platform’s support begins to look/);
    assert.ok((await here.isChecked()) && (await here.isDisabled()), 'nobody turns it off');
    await inBoth(admin, 'support-always-told');
    await admin.goto('/settings#support');
    // Whose inbox it is, but not whose decision.
    await manager.reload();
    await bell(manager).click();
    await panel(manager).getByRole('link').first().waitFor();
    assert.equal(await panel(manager).getByRole('link', { name: /came to look/ }).count(), 0);
  });

  it('shows what is said, under a banner, with nothing to write with', async () => {
    const banner = operator.getByRole('region', { name: 'Looking in' });
    assert.match(await banner.innerText(), /You are looking into Balance Kitchen until .*\d\d:\d\d/);
    await operator.getByRole('navigation', { name: 'Conversations' }).getByRole('link', { name: /saffron/ }).click();
    const log = operator.getByRole('log');
    await log.getByText('My saffron order has not come').waitFor();
    assert.equal(await operator.getByRole('textbox').count(), 0, 'there is nowhere to write');
    await inBoth(operator, 'support-look');
    await operator.emulateMedia({ colorScheme: 'dark' });
    await inBoth(operator, 'support-look-dark');
    await operator.emulateMedia({ colorScheme: 'light' });

    // Also past the page nothing is written, and what stays closed stays closed.
    const conversation = operator.url().split('conversations/')[1];
    const note = { id: crypto.randomUUID(), type: 'note', body: { text: 'x' } };
    assert.deepEqual(await answerOf(operator, 'POST', `/v1/conversations/${conversation}/commands`, note), [403, 'SUPPORT_MAY_ONLY_LOOK']);
    assert.deepEqual(await answerOf(operator, 'GET', '/v1/tenant/keys'), [403, 'SUPPORT_CLOSED']);
    assert.deepEqual(await answerOf(operator, 'GET', '/v1/platform/overview'), [403, 'SUPPORT_CLOSED']);

    await operator.getByRole('link', { name: 'How it is set up' }).click();
    await operator.getByText('balance-kitchen').first().waitFor();
    await operator.getByLabel('The live settings').waitFor();
    await inBoth(operator, 'support-setup');
    for (const path of ['/inbox', '/settings', '/platform']) {
      await operator.goto(path);
      await operator.waitForURL('**/look');
    }
    await banner.waitFor();
  });

  it('ends when the admin says so, in the browser that looks too', async () => {
    await operator.getByRole('navigation', { name: 'Conversations' }).getByRole('link', { name: /saffron/ }).click();
    await operator.getByRole('log').getByText('My saffron order has not come').waitFor();
    await admin.reload();
    const runs = card(admin, 'Support may look');
    await runs.getByText(/looking now · 1 conversation$/).waitFor();
    await inBoth(admin, 'support-looking');
    await runs.getByRole('button', { name: 'End now' }).click();
    await card(admin, 'Before').getByText('The saffron order is not in the inbox').waitFor();
    await operator.getByText('You can look no longer').waitFor();
    assert.equal(await operator.getByText('My saffron order has not come').count(), 0);
    await inBoth(operator, 'support-over');
    await operator.getByRole('button', { name: 'Leave' }).click();
    await operator.waitForURL('**/platform*');
    await operator.getByRole('heading', { name: 'Businesses', level: 1 }).waitFor();
    assert.equal(await operator.getByRole('region', { name: 'They let you look' }).count(), 0);
    await admin.goto('/settings#audit');
    for (const words of [/let the platform’s support look/, /looked in as the platform’s support/, /looked through the conversations as the platform’s support/, /opened a conversation as the platform’s support/, /ended that the platform’s support may look/]) {
      await admin.getByText(words).first().waitFor();
    }
    await look(admin, 'support-audit-desktop');
  });
});
