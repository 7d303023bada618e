// A long conversation: history without end in both directions, a bounded page, and nothing that moves under the reader's eyes.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually, picture, Windows } from './support/browser.mjs';
import { hears, messagesOf, openChat, openConversation, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

const MANY = 420;

describe('a long conversation', () => {
  let server, windows, visitor, chat, inbox, log, conversation;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    visitor = await (await windows.person()).newPage();
    inbox = await (await windows.person()).newPage();
    await signIn(inbox, server.person(/^account manager/), '**/inbox');
    chat = await openChat(visitor);
    await say(chat, 'line 0');
    await openConversation(inbox, 'line 0');
    conversation = new URL(inbox.url()).searchParams.get('c');
    log = inbox.getByRole('log');
    await inbox.evaluate(async ({ id, many }) => {
      const { data } = await (await fetch('/v1/auth/me')).json();
      for (let line = 1; line <= many; line += 1) {
        const response = await fetch(`/v1/conversations/${id}/commands`, {
          method: 'POST', headers: { 'content-type': 'application/json', 'x-csrf-token': data.csrf },
          body: JSON.stringify({ id: crypto.randomUUID(), type: 'send', body: { text: `line ${line}` } }),
        });
        if (!response.ok) throw new Error(await response.text());
      }
    }, { id: conversation, many: MANY });
    await hears(inbox, `line ${MANY}`);
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
  });

  const lines = async (place) => (await messagesOf(place)).filter((text) => text.startsWith('line ')).map((text) => Number(text.slice(5)));
  const assertRun = (numbers) => numbers.forEach((number, index) => index > 0 && assert.equal(number, numbers[index - 1] + 1, `no hole at ${number}`));
  const scroll = (place, to) => place.getByRole('log').evaluate((element, top) => element.scrollTo(0, top === 'end' ? element.scrollHeight : top), to);

  for (const who of ['staff', 'visitor']) {
    it(`${who}: everything can be read upwards, without a hole, and the page stays small`, async () => {
      const page = who === 'staff' ? inbox : visitor;
      await page.reload();
      if (who === 'visitor') await page.getByRole('button', { name: 'Open chat' }).click();
      const place = who === 'staff' ? inbox : chat;
      await hears(place, `line ${MANY}`);
      await eventually(async () => {
        await scroll(place, 0);
        const seen = await lines(place);
        assertRun(seen);
        assert.ok(seen.length <= 190, `${seen.length} rows`);
        assert.equal(seen[0], 0);
      }, 30_000);
      await place.getByText(who === 'staff' ? 'The conversation begins here.' : /Hello|kitchen|ask/i).first().waitFor();
      await eventually(async () => {
        await scroll(place, 'end');
        const seen = await lines(place);
        assertRun(seen);
        assert.ok(seen.length <= 190);
        assert.equal(seen.at(-1), MANY);
      }, 30_000);
    });
  }

  it('what is being read stays where it is when something new comes, and a button leads to it', async () => {
    await inbox.reload();
    await hears(inbox, `line ${MANY}`);
    await log.evaluate((element) => element.scrollTo(0, element.scrollHeight / 2));
    await inbox.waitForTimeout(400);
    const place = () => log.evaluate((element) => {
      const top = element.getBoundingClientRect().top;
      const row = [...element.querySelectorAll('[data-seq]')].find((each) => each.getBoundingClientRect().top >= top);
      return [row.dataset.seq, Math.round(row.getBoundingClientRect().top - top)];
    });
    const before = await place();
    await say(chat, 'Something new');
    await inbox.getByRole('button', { name: 'New messages' }).waitFor();
    assert.deepEqual(await place(), before);
    await picture(inbox, 'new-messages');
    await inbox.getByRole('button', { name: 'New messages' }).click();
    await hears(inbox, 'Something new');
    await eventually(async () => assert.ok(await log.evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight < 5)));
  });

  it('a click on a quote leads to the message it is about, however old', async () => {
    await inbox.evaluate(async (id) => {
      const { data } = await (await fetch('/v1/auth/me')).json();
      const { data: seen } = await (await fetch(`/v1/conversations/${id}/log?after=0&limit=10`)).json();
      const first = seen.entries.find((entry) => entry.type === 'message_sent').seq;
      await fetch(`/v1/conversations/${id}/commands`, {
        method: 'POST', headers: { 'content-type': 'application/json', 'x-csrf-token': data.csrf },
        body: JSON.stringify({ id: crypto.randomUUID(), type: 'send', body: { text: 'About the very first', reply_to: first } }),
      });
    }, conversation);
    await inbox.reload();
    const answer = inbox.locator('article', { hasText: 'About the very first' });
    await answer.getByRole('button', { name: /earlier message|line 0/ }).click();
    await eventually(async () => {
      assert.ok(await inbox.locator('article', { hasText: /^.*line 0$/ }).first().isVisible());
      assert.match(await inbox.evaluate(() => document.activeElement.textContent), /line 0/);
    }, 30_000);
    assertRun(await lines(inbox));
  });

  it('the closed chat shows that an answer has come', async () => {
    await visitor.keyboard.press('Escape');
    await visitor.reload();
    await visitor.getByRole('button', { name: 'Open chat' }).waitFor();
    await visitor.waitForTimeout(3_000);
    await inbox.goto(`/inbox?c=${conversation}`);
    await say(inbox, 'Look here');
    await eventually(async () => assert.match(await visitor.locator('#brigade-chat .badge').innerText(), /^\d+$/));
    await picture(visitor, 'badge');
    await visitor.getByRole('button', { name: 'Open chat' }).click();
    await hears(chat, 'Look here');
    await eventually(async () => assert.equal(await visitor.locator('#brigade-chat .badge').innerText(), ''));
  });

  it('nothing was complained of on the way', () => windows.assertQuiet());
});
