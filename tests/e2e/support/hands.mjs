// How an account manager does things in the inbox, as verbs: at a desk with the keyboard alone, on a phone with a finger.
import assert from 'node:assert/strict';
import { eventually } from './browser.mjs';

const list = (page) => page.getByRole('region', { name: 'Conversations' });
const head = (page, name) => page.getByRole('region', { name: 'Conversation', exact: true }).getByRole('heading', { name, exact: true });
const palette = (page) => page.getByRole('dialog', { name: 'Actions' });
const dialog = (page, name) => page.getByRole('dialog', { name });
const answer = (page) => page.getByRole('textbox', { name: 'Write an answer' });
const search = (page) => list(page).getByRole('searchbox');
/** The lines of the list, without what was said anywhere. */
const rows = (page) => list(page).getByRole('listitem').filter({ has: page.getByRole('checkbox') });
const findable = (page, count) => eventually(async () => assert.equal(await rows(page).count(), count));
const selects = (page, count) => list(page).getByText(`${count} selected`).first().waitFor();
const opened = async (page, name) => {
  await head(page, name).waitFor();
  await answer(page).waitFor();
};
const focuses = (page, name) => eventually(async () => assert.equal(await focusedName(page), name));

/** What has the focus, through shadow roots and frames, as a screen reader would name it. */
export async function focusedName(page) {
  const element = await page.evaluateHandle(() => {
    let found = document.activeElement;
    while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
    return found;
  });
  const frame = await element.asElement()?.contentFrame();
  if (frame) return focusedName(frame);
  return element.evaluate((found) => found?.getAttribute('aria-label') ?? found?.labels?.[0]?.textContent ?? found?.textContent ?? '');
}

/** Goes to something with the Tab key, forwards or, with `back`, backwards. */
export async function tabTo(page, name, back = false) {
  const passed = [];
  for (let step = 0; step < 40; step += 1) {
    const now = await focusedName(page);
    if (typeof name === 'string' ? now === name : name.test(now)) return;
    passed.push(now);
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
  }
  assert.fail(`Tab never reached ${name}: ${JSON.stringify(passed.map((each) => each.slice(0, 40)))}`);
}

/** Somebody at a desk who never touches the mouse. */
export const keyboard = {
  /** Does by name what comes first for these words. */
  async call(page, words, name = words) {
    await page.keyboard.press('Control+k');
    await palette(page).waitFor();
    await page.keyboard.type(words);
    await palette(page).getByRole('option', { name, exact: true, selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await palette(page).waitFor({ state: 'detached' });
  },

  async signIn(page, { email, password }) {
    await page.goto('/sign-in');
    await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('name')), 'email'));
    await page.keyboard.type(email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/inbox');
  },

  async open(page, name) {
    await this.call(page, name);
    await opened(page, name);
  },

  async answer(page, text) {
    await page.keyboard.press('r');
    await focuses(page, 'Write an answer');
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
    await eventually(async () => assert.equal(await answer(page).inputValue(), ''));
    await page.keyboard.press('Escape');
  },

  async resolve(page) {
    await page.keyboard.press('e');
  },

  async snooze(page) {
    await page.keyboard.press('z');
    await dialog(page, 'Put off until when?').waitFor();
    await page.keyboard.press('t');
    await page.keyboard.press('Enter');
  },

  async handOn(page, to, note) {
    await page.keyboard.press('t');
    await dialog(page, 'Hand on').waitFor();
    await focuses(page, 'To');
    await page.keyboard.type(to);
    await page.keyboard.press('Tab');
    await page.keyboard.type(note);
    await tabTo(page, 'Hand on');
    await page.keyboard.press('Enter');
    await dialog(page, 'Hand on').waitFor({ state: 'detached' });
  },

  async resolveAll(page, words, count) {
    await page.keyboard.press('/');
    await focuses(page, 'Find conversations');
    await page.keyboard.type(words);
    await findable(page, count);
    await this.call(page, 'Select all shown');
    await selects(page, count);
    await this.call(page, 'Resolve');
  },

  async lookForNothing(page) {
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await focuses(page, 'Find conversations');
    await page.keyboard.press('Delete');
    await page.keyboard.press('Escape');
  },

  async show(page, name) {
    await this.call(page, `Conversations: ${name}`);
  },

  /** The address was left before. */
  async invite(page, name) {
    await page.keyboard.press('i');
    await dialog(page, 'Invite as a client').waitFor();
    await page.keyboard.type(name);
    await page.keyboard.press('Enter');
    await dialog(page, 'Invite as a client').waitFor({ state: 'detached' });
  },

  async tellMe(page) {
    await page.keyboard.press('b');
    await dialog(page, 'Notifications').waitFor();
  },

  async enough(page) {
    await page.keyboard.press('Escape');
    await dialog(page, 'Notifications').waitFor({ state: 'detached' });
  },
};

/** Somebody with a phone in one hand. */
export const finger = {
  async signIn(page, { email, password }) {
    await page.goto('/sign-in');
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).tap();
    await page.waitForURL('**/inbox');
  },

  async back(page) {
    if (await list(page).isVisible()) return;
    await page.getByRole('button', { name: 'Back to the list' }).tap();
    await list(page).waitFor();
  },

  async open(page, name) {
    await this.back(page);
    // What is said at the bottom of the page lies over the list there.
    for (const each of await page.getByRole('button', { name: 'Dismiss' }).all()) await each.tap();
    await rows(page).getByRole('link').filter({ hasText: name }).first().tap();
    await opened(page, name);
  },

  async answer(page, text) {
    await answer(page).tap();
    await answer(page).fill(text);
    await page.getByRole('button', { name: 'Send', exact: true }).tap();
    await eventually(async () => assert.equal(await answer(page).inputValue(), ''));
  },

  async resolve(page) {
    await page.getByRole('button', { name: 'Resolve', exact: true }).tap();
  },

  async snooze(page) {
    await page.getByRole('button', { name: 'Snooze', exact: true }).tap();
    await dialog(page, 'Put off until when?').getByRole('button', { name: /^Tomorrow/ }).tap();
  },

  async handOn(page, to, note) {
    await page.getByRole('button', { name: 'Actions', exact: true }).tap();
    await palette(page).getByRole('combobox').fill('hand on');
    await palette(page).getByRole('option', { name: /^Hand on with a note/ }).tap();
    const taker = dialog(page, 'Hand on').getByLabel('To', { exact: true });
    const choice = taker.locator('option').filter({ hasText: to });
    await choice.waitFor({ state: 'attached' });
    await taker.selectOption(await choice.getAttribute('value'));
    await dialog(page, 'Hand on').getByLabel('What they should know').fill(note);
    await dialog(page, 'Hand on').getByRole('button', { name: 'Hand on' }).tap();
    await dialog(page, 'Hand on').waitFor({ state: 'detached' });
  },

  async resolveAll(page, words, count) {
    await this.back(page);
    await search(page).fill(words);
    await findable(page, count);
    await rows(page).getByRole('checkbox').first().tap();
    await list(page).getByRole('checkbox', { name: 'Select all shown' }).tap();
    await selects(page, count);
    await list(page).getByRole('group', { name: 'With what is selected' }).getByRole('button', { name: 'Resolve', exact: true }).tap();
  },

  async lookForNothing(page) {
    await this.back(page);
    await search(page).fill('');
  },

  async show(page, name) {
    await this.back(page);
    await list(page).getByRole('group', { name: 'Which conversations' }).getByRole('button', { name: new RegExp(`^${name}`) }).tap();
  },

  async invite(page, name) {
    await page.getByRole('button', { name: 'Details', exact: true }).tap();
    await page.getByRole('button', { name: 'Invite as a client' }).tap();
    await dialog(page, 'Invite as a client').getByLabel('Name').fill(name);
    await dialog(page, 'Invite as a client').getByRole('button', { name: 'Send the invitation' }).tap();
    await dialog(page, 'Invite as a client').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Close the details' }).tap();
  },

  async tellMe(page) {
    await page.getByRole('button', { name: /^Notifications/ }).tap();
    await dialog(page, 'Notifications').waitFor();
  },

  async enough(page) {
    await dialog(page, 'Notifications').getByRole('button', { name: 'Close' }).tap();
    await dialog(page, 'Notifications').waitFor({ state: 'detached' });
  },
};
