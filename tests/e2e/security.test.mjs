// What somebody with bad intentions tries in a browser. The numbers are those of the security list.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { eventually, Windows } from './support/browser.mjs';
import { chatOf, hears, openChat, openConversation, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';
import { xssCorpus } from './support/xss-corpus.mjs';

/** Another site on another origin, with whatever is in its body. */
async function otherSite(body) {
  const site = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>Other</title><body>${body}</body>`));
  await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${site.address().port}`, close: () => site.close() };
}

describe('bad intentions', () => {
  let server, windows, inbox, admin, key;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    inbox = await (await windows.person()).newPage();
    await signIn(inbox, server.person(/^account manager/), '**/inbox');
    admin = await (await windows.person()).newPage();
    await signIn(admin, server.person(/^admin$/), '**/inbox');
    const html = await (await fetch(server.url)).text();
    key = /data-key="(pk_[^"]+)"/.exec(html)[1];
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
  });

  const assertNothingRan = async (page) => {
    for (const frame of page.frames()) assert.equal(await frame.evaluate(() => window.__xss), undefined, frame.url());
    const made = await page.locator('[role=log] :is(img, iframe, script, style, link, meta, form, object, embed, math, details, template)').count();
    assert.equal(made, 0);
  };

  it('a corpus of attacks in messages is shown as text, to staff and to the visitor (21)', async () => {
    const visitor = await (await windows.person()).newPage();
    const chat = await openChat(visitor);
    await say(chat, 'First of the corpus');
    await openConversation(inbox, 'First of the corpus');
    for (const attack of xssCorpus) await say(chat, attack);
    await say(chat, 'Last of the corpus');
    await hears(inbox, 'Last of the corpus');
    const shown = await inbox.locator('[role=log]').innerText();
    for (const part of ['<script>window.__xss=1</script>', '<img src=x onerror="window.__xss=1">', '[click](javascript:window.__xss=1)', '&lt;script&gt;']) {
      assert.ok(shown.includes(part), `${part} is shown as it was written`);
    }
    const links = await inbox.locator('[role=log] a').evaluateAll((all) => all.map((link) => link.protocol));
    assert.ok(links.every((protocol) => /^https?:$/.test(protocol)), JSON.stringify(links));
    for (const page of [inbox, visitor]) await assertNothingRan(page);
  });

  it('an attack as a name is shown as text, in the list, the head, the details and the account (21)', async () => {
    const visitor = await (await windows.person()).newPage();
    const chat = await openChat(visitor);
    await say(chat, 'My name is an attack');
    await openConversation(inbox, 'My name is an attack');
    const name = '<img src=x onerror=window.__xss=1>';
    await inbox.getByRole('button', { name: 'Invite as a client' }).click();
    await inbox.getByRole('dialog').getByLabel('Name').fill(name);
    await inbox.getByRole('dialog').getByLabel('E-mail').fill('attack@example.org');
    await inbox.getByRole('dialog').getByRole('button', { name: 'Send the invitation' }).click();
    await inbox.getByText(`${name}, attack@example.org`).waitFor();
    await admin.goto('/dev/outbox');
    const link = await eventually(() => admin.getByRole('listitem').filter({ hasText: 'attack@example.org' }).first().getByRole('link', { name: /invite#token/ }).getAttribute('href'));
    const client = await (await windows.person()).newPage();
    await client.goto(link);
    await client.getByRole('heading', { name }).waitFor();
    await client.getByLabel('Choose a password').fill('purple kettle on the windowsill');
    await client.getByRole('button', { name: 'Accept the invitation' }).click();
    await client.waitForURL('**/chat');
    await inbox.getByRole('heading', { name }).first().waitFor();
    for (const page of [inbox, client, admin]) await assertNothingRan(page);
  });

  it('a site that is not on the list cannot embed the chat (19)', async () => {
    const other = await otherSite(`<script src="${server.url}/widget/loader.js" data-key="${key}" async></script>`);
    try {
      const context = await windows.person();
      const page = await context.newPage();
      const refused = page.waitForEvent('console', { predicate: (message) => /frame-ancestors/.test(message.text()) });
      await page.goto(other.origin);
      await page.getByRole('button', { name: 'Open chat' }).click();
      await refused;
      assert.equal(await page.locator('iframe[title="Chat"]').contentFrame().locator('textarea').count(), 0);
      await context.close();
      // That the policy stopped it is what was wanted.
      windows.complaints.length = 0;
    } finally {
      other.close();
    }
  });

  it('on the list it can, with the same line, and a whole conversation works from there', async () => {
    const other = await otherSite(`<script src="${server.url}/widget/loader.js" data-key="${key}" async></script>`);
    try {
      await admin.goto('/settings#site');
      const sites = admin.getByLabel('Sites');
      await sites.fill(`${await sites.inputValue()}\n${other.origin}`);
      const form = admin.locator('form').filter({ has: sites });
      await form.getByRole('button', { name: 'Save' }).click();
      await form.getByText('Saved.').waitFor();
      const page = await (await windows.person()).newPage();
      await eventually(async () => {
        await page.goto(`${other.origin}/menu?secret=1#private`);
        await page.getByRole('button', { name: 'Open chat' }).click();
        await chatOf(page).getByRole('textbox').waitFor({ timeout: 2_000 });
      });
      const chat = chatOf(page);
      await say(chat, 'From another site');
      await hears(chat, 'From another site');
      await openConversation(inbox, 'From another site');
      const from = inbox.getByRole('complementary', { name: 'Details' }).getByRole('link', { name: new RegExp(other.origin.slice(7)) });
      assert.equal(await from.getAttribute('href'), `${other.origin}/menu`, 'the path, and nothing that may be private');
      await page.reload();
      await page.getByRole('button', { name: 'Open chat' }).click();
      await hears(chatOf(page), 'From another site');
    } finally {
      windows.complaints.length = 0;
      other.close();
    }
  });

  it('messages from elsewhere do not move the chat (20)', async () => {
    const page = await (await windows.person()).newPage();
    const chat = await openChat(page);
    await chat.getByRole('textbox').waitFor();
    await page.evaluate(() => {
      window.postMessage({ brigade: 1, type: 'close' }, '*');
      const frame = document.getElementById('brigade-chat').shadowRoot.querySelector('iframe');
      for (const wrong of [null, 'close', { type: 'opened' }, { brigade: 1, type: 'opened', page: 5 }, { brigade: 1, type: 'opened', page: 'https://evil.example/' }]) {
        frame.contentWindow.postMessage(wrong, '*');
      }
      const sibling = document.createElement('iframe');
      sibling.name = 'sibling';
      document.body.append(sibling);
      sibling.contentWindow.eval?.('parent.postMessage({brigade:1,type:"close"},"*")');
    }).catch((error) => {
      // The page's own policy forbids eval, which is as good.
      assert.match(error.message, /unsafe-eval|EvalError|Content Security Policy/);
    });
    await page.waitForTimeout(300);
    assert.ok(await chat.getByRole('textbox').isVisible());
    await say(chat, 'Still here');
    await hears(chat, 'Still here');
    await openConversation(inbox, 'Still here');
    assert.doesNotMatch(await inbox.getByRole('complementary', { name: 'Details' }).innerText(), /evil/);
    windows.complaints.length = 0;
  });

  it('the sign-in page leads nowhere else', async () => {
    for (const next of ['//evil.example/x', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)']) {
      const context = await windows.person();
      const page = await context.newPage();
      const { email, password } = server.person(/^account manager/);
      await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
      await page.getByLabel('E-mail').fill(email);
      await page.getByLabel('Password').fill(password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL('**/inbox');
      await context.close();
    }
  });

  it('staff of another business sees nothing of it', async () => {
    const page = await (await windows.person()).newPage();
    await openConversation(inbox, 'Still here');
    const address = new URL(inbox.url());
    await signIn(page, server.person(/another tenant/), '**/inbox');
    await page.goto(address.pathname + address.search);
    await page.getByText('This conversation cannot be shown').waitFor();
    assert.doesNotMatch(await page.locator('body').innerText(), /Still here/);
  });

  it('no page has an inline script or style (17)', async () => {
    for (const path of ['/', '/sign-in', '/reset', '/verify', '/invite', '/inbox', '/chat', '/settings', '/dev/outbox', '/dev/widget', `/widget/frame?key=${key}`]) {
      const html = await (await fetch(server.url + path)).text();
      assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:/i, path);
    }
  });

  it('nothing else was complained of', () => windows.assertQuiet());
});
