// What people do on the pages, in their words.
import assert from 'node:assert/strict';
import { eventually } from './browser.mjs';

/** Opens the site and its chat. */
export async function openChat(page, path = '/') {
  await page.goto(path);
  await page.getByRole('button', { name: 'Open chat' }).click();
  return chatOf(page);
}

/** The chat's frame on a page. */
export function chatOf(page) {
  return page.frameLocator('iframe[title="Chat"]');
}

/** Writes into the composer of a page or frame and sends it. */
export async function say(place, text) {
  await place.getByRole('textbox', { name: /^Write/ }).fill(text);
  await place.getByRole('button', { name: 'Send', exact: true }).click();
}

/** The messages of a page or frame, as people read them: text by text, in order. */
export async function messagesOf(place) {
  return place.locator('[role=log] article').evaluateAll((articles) =>
    articles.map((article) => [...article.querySelectorAll('p, li, code')].filter((part) => !part.querySelector('p, li, code')).map((part) => part.textContent).join('\n')));
}

/** Waits for a message, and that it is there once. */
export async function hears(place, text) {
  await eventually(async () => {
    const texts = await messagesOf(place);
    assert.equal(texts.filter((each) => each === text).length, 1, `"${text}" once among ${JSON.stringify(texts)}`);
  });
}

/** Signs in and waits for the page one belongs to. */
export async function signIn(page, { email, password }, path = /\/(inbox|chat|platform)/) {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(path);
}

/** Opens a conversation of the inbox by what its line says. */
export async function openConversation(page, words) {
  await page.getByRole('region', { name: 'Conversations' }).getByRole('link').filter({ hasText: words }).first().click();
  await page.getByRole('textbox', { name: 'Write an answer' }).waitFor();
}

/** The link of the newest mail to somebody that has such a link. */
export async function linkOfMail(page, email, part) {
  return eventually(async () => {
    await page.goto('/dev/outbox');
    const mail = page.getByRole('listitem').filter({ hasText: `To ${email}`, has: page.getByRole('link', { name: part }) }).first();
    const link = await mail.getByRole('link', { name: part }).first().getAttribute('href', { timeout: 2_000 });
    assert.ok(link);
    return link;
  });
}
