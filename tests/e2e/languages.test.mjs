// Languages: on a German page the chat is German, from its button to forgetting it; the business and its staff notice nothing of it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, Windows } from './support/browser.mjs';
import { hears, openConversation, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

/** The English texts of the table that are not German as well, as patterns of all of a text. */
function english() {
  const [en, de] = ['en', 'de'].map((language) => {
    const table = readFileSync(new URL(`../../web/src/words/${language}.ts`, import.meta.url), 'utf8').replace(/\n  codes: [^]*/, '');
    return [...table.matchAll(/(?:'[\w.]+'|one|other):\s+'((?:[^'\\]|\\.)*)'/g)].map(([, text]) => text);
  });
  const only = en.filter((text) => !de.includes(text) && /\p{L}{2}/u.test(text.replace(/\{\w+\}/g, '')));
  assert.ok(only.length > 130, `${only.length} texts`);
  return only.map((text) => text.trim().split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+'));
}
const ENGLISH = english();

describe('languages', () => {
  let server, windows, amara, visitor, chat;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    visitor = await pageIn('lang="de-AT"', { size: 'phone' });
    amara = await (await windows.person()).newPage();
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    windows?.assertQuiet();
  });

  /** The business's page, as if it were written in another language. */
  async function pageIn(lang, look, script = '') {
    const page = await (await windows.person(look)).newPage();
    await page.route(`${server.url}/`, async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace('<html lang="en">', `<html ${lang}>`).replace('loader.js" ', `loader.js" ${script} `);
      await route.fulfill({ response, body });
    });
    return page;
  }

  async function open(page, label = 'Chat öffnen') {
    await page.goto('/');
    await page.getByRole('button', { name: label }).click();
    return page.frameLocator('iframe[title="Chat"]');
  }

  const write = async (text) => {
    await chat.getByRole('textbox', { name: 'Nachricht schreiben' }).fill(text);
    await chat.getByRole('button', { name: 'Senden', exact: true }).click();
  };
  const wide = (place) => place.locator('html').evaluate((html) => html.scrollWidth - html.clientWidth);

  /** Whatever is there to be read or heard, none of it is English of ours. */
  async function assertGerman(place) {
    const found = await place.locator('html').evaluate((html, patterns) => {
      const walker = document.createTreeWalker(html, NodeFilter.SHOW_TEXT);
      const texts = [document.title];
      while (walker.nextNode()) texts.push(walker.currentNode.data);
      for (const name of ['aria-label', 'title', 'placeholder', 'alt']) texts.push(...[...html.querySelectorAll(`[${name}]`)].map((each) => each.getAttribute(name)));
      const known = new RegExp(`^(${patterns.join('|')})$`);
      return texts.map((text) => text.trim()).filter((text) => known.test(text));
    }, ENGLISH);
    assert.deepEqual(found, []);
  }

  it('are the page’s: the chat opens in German, and offers to answer elsewhere', async () => {
    chat = await open(visitor);
    await chat.getByText('Zurzeit nicht da', { exact: false }).or(chat.getByText('Gerade nicht da', { exact: false })).waitFor();
    assert.equal(await chat.locator('html').getAttribute('lang'), 'de');
    assert.equal(await visitor.locator('#brigade-chat').getAttribute('lang'), 'de');
    await chat.getByText('Wir sehen die Adresse dieser Seite und was Sie schreiben. Sonst nichts.').waitFor();
    await assertGerman(chat);
    await assertAccessible(visitor, 'the German chat before its first message');
    await picture(visitor, 'widget-german-start-phone');
    await write('Grüezi, liefern Sie am Samstag?');
    await hears(chat, 'Grüezi, liefern Sie am Samstag?');
    const card = chat.getByRole('form', { name: 'Wie wir Sie erreichen' });
    await card.getByRole('textbox').fill('mia');
    await card.getByRole('button', { name: 'Speichern' }).click();
    await card.getByText('Das sieht nicht nach einer E-Mail-Adresse aus.', { exact: false }).waitFor();
    await assertGerman(chat);
    assert.equal(await wide(chat), 0);
    await picture(visitor, 'widget-german-reach-phone');
    await card.getByRole('button', { name: 'Nein, danke' }).click();
  });

  it('show an answer with its time, and what can be done with a message', async () => {
    await signIn(amara, server.person(/^account manager/), '**/inbox');
    await openConversation(amara, 'liefern Sie am Samstag');
    await say(amara, 'Yes, until noon.');
    await hears(chat, 'Yes, until noon.');
    await chat.getByText('Wir sind da').waitFor();
    await chat.getByRole('article', { name: /^Sie, \d\d:\d\d$/ }).waitFor();
    await chat.getByText('Heute', { exact: true }).waitFor();
    await chat.getByText('Gesehen').waitFor();
    await chat.getByRole('article', { name: /^Sie, / }).click();
    await chat.getByRole('group', { name: 'Was Sie mit der Nachricht tun können' }).getByRole('button', { name: 'Bearbeiten' }).click();
    await chat.getByText('Nachricht wird geändert').waitFor();
    await assertGerman(chat);
    await assertAccessible(visitor, 'a German conversation');
    await picture(visitor, 'widget-german-answered-phone');
    await chat.getByRole('button', { name: 'Nicht ändern' }).click();
    await chat.getByRole('button', { name: 'Unterhaltung per E-Mail erhalten' }).click();
    const dialog = chat.getByRole('dialog', { name: 'Unterhaltung per E-Mail' });
    await dialog.getByRole('button', { name: 'Senden' }).click();
    await dialog.getByText('Bitte geben Sie an, wohin wir es senden sollen.').waitFor();
    await assertGerman(chat);
    await picture(visitor, 'widget-german-refused-phone');
    await dialog.getByLabel('Ihre E-Mail-Adresse').fill('greta@example.com');
    await dialog.getByRole('button', { name: 'Senden' }).click();
    await chat.getByText('Sie ist unterwegs.', { exact: false }).waitFor();
    const outbox = await (await windows.person()).newPage();
    await eventually(async () => {
      await outbox.goto('/dev/outbox');
      const letter = await outbox.getByRole('listitem').filter({ hasText: 'To greta@example.com' }).textContent();
      assert.match(letter, /Ihre Unterhaltung mit/);
      assert.match(letter, /Yes, until noon\..*Diese E-Mail wurde in der Unterhaltung mit/s);
    });
    await picture(outbox, 'outbox-german-transcript-desktop');
    await amara.getByRole('button', { name: 'Resolve', exact: true }).click();
    await chat.getByRole('button', { name: 'Sehr schlecht' }).waitFor();
    await assertGerman(chat);
    assert.equal(await wide(chat), 0);
    await picture(visitor, 'widget-german-feedback-phone');
  });

  it('forget a chat with a question, and begin anew', async () => {
    await chat.getByRole('button', { name: 'Diesen Chat vergessen' }).click();
    const dialog = chat.getByRole('dialog', { name: 'Diesen Chat vergessen?' });
    await dialog.getByText('Er verschwindet aus diesem Browser', { exact: false }).waitFor();
    await assertGerman(chat);
    await assertAccessible(visitor, 'the German question before a chat is forgotten');
    await picture(visitor, 'widget-german-forget-phone');
    await dialog.getByRole('button', { name: 'Vergessen', exact: true }).click();
    await chat.getByText('Grüezi', { exact: false }).waitFor({ state: 'detached' });
    await chat.getByRole('textbox', { name: 'Nachricht schreiben' }).waitFor();
    await chat.getByRole('button', { name: 'Chat schließen' }).click();
    await visitor.getByRole('button', { name: 'Chat öffnen' }).waitFor();
  });

  it('are the browser’s where the page says so, and one it says comes first', async () => {
    const desktop = await pageIn('lang="en"', { locale: 'de-CH', scheme: 'dark' }, 'data-language=""');
    chat = await open(desktop);
    await write('Noch eine Frage');
    await hears(chat, 'Noch eine Frage');
    await assertGerman(chat);
    await assertAccessible(desktop, 'a German chat in a large window, dark');
    await picture(desktop, 'widget-german-desktop-dark');
    const english = await pageIn('lang="de"', { locale: 'de-DE' }, 'data-language="en"');
    chat = await open(english, 'Open chat');
    await chat.getByRole('textbox', { name: 'Write a message' }).waitFor();
    assert.equal(await chat.locator('html').getAttribute('lang'), 'en');
  });

  it('fall back to English where the German cannot be loaded', async () => {
    const page = await pageIn('lang="de"', {});
    await page.route('**/assets/de-*.js', (route) => route.abort());
    chat = await open(page);
    await say(chat, 'In English then');
    await hears(chat, 'In English then');
    assert.equal(await chat.locator('html').getAttribute('lang'), 'en');
  });
});
