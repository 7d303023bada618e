// Many conversations at once: selecting by mouse and keyboard, each action with its way back, refusals, lost connections, limits.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, Windows } from './support/browser.mjs';
import { beginChats, command, logOf } from './support/http.mjs';
import { signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

const two = (number) => String(number).padStart(2, '0');
const texts = (count, what) => Array.from({ length: count }, (_, index) => `${what} ${two(index + 1)}`);

const list = (page) => page.getByRole('region', { name: 'Conversations' });
/** The lines of the list, without what was said anywhere. */
const rows = (page) => list(page).getByRole('listitem').filter({ has: page.getByRole('checkbox') });
const row = (page, words) => rows(page).filter({ hasText: words });
const link = (page, words) => row(page, words).getByRole('link');
const box = (page, words) => row(page, words).getByRole('checkbox');
const bar = (page) => list(page).getByRole('group', { name: 'With what is selected' });
const act = (page, name) => bar(page).getByRole('button', { name, exact: true }).click();
const all = (page) => list(page).getByRole('checkbox', { name: 'Select all shown' });
const undo = (page) => page.getByRole('button', { name: 'Undo' }).last().click();
const show = (page, name) => list(page).getByRole('group', { name: 'Which conversations' }).getByRole('button', { name: new RegExp(`^${name}`) }).click();
const dismiss = async (page) => {
  for (const each of await page.getByRole('button', { name: 'Dismiss' }).all()) await each.click();
};
const focused = (page) => page.evaluate(() => document.activeElement.textContent);
const selects = (page, count) => eventually(async () => assert.equal(await rows(page).getByRole('checkbox', { checked: true }).count(), count));
const says = (page, text) => page.getByText(text).first().waitFor();
const find = async (page, words, count) => {
  await list(page).getByRole('searchbox').fill(words);
  await eventually(async () => assert.equal(await rows(page).count(), count));
};
const each = async (page, count, what, pattern) => {
  for (const text of texts(count, what)) await eventually(async () => assert.match(await link(page, text).innerText(), pattern));
};

describe('many conversations at once', () => {
  let server, windows, context, admin, amara, ids;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    context = await windows.person();
    admin = await (await windows.person()).newPage();
    amara = await context.newPage();
    await signIn(admin, server.person(/^admin$/), '**/inbox');
    await signIn(amara, server.person(/^account manager/), '**/inbox');
    ids = await beginChats(server, texts(6, 'many'));
    await link(amara, 'many 06').waitFor();
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    windows?.assertQuiet();
  });

  it('are selected with the mouse: one, a range, all, and none', async () => {
    const opacity = () => box(amara, 'many 02').evaluate((element) => getComputedStyle(element).opacity);
    assert.equal(await opacity(), '0');
    await box(amara, 'many 02').hover();
    assert.equal(await opacity(), '1', 'it appears under the pointer');
    const top = (await link(amara, 'many 06').boundingBox()).y;
    await box(amara, 'many 02').click();
    await says(amara, '1 selected');
    assert.equal((await link(amara, 'many 06').boundingBox()).y, top, 'nothing moves');
    await link(amara, 'many 05').click({ modifiers: ['Shift'] });
    await selects(amara, 4);
    assert.equal(await amara.getByRole('textbox', { name: 'Write an answer' }).count(), 0, 'selecting opens nothing');
    await picture(amara, 'bulk-selected-desktop');
    await assertAccessible(amara, 'selected conversations');
    await box(amara, 'many 03').click();
    await selects(amara, 3);
    assert.equal(await all(amara).evaluate((element) => element.indeterminate), true);
    await all(amara).click();
    await selects(amara, await rows(amara).count());
    await all(amara).click();
    await selects(amara, 0);
    assert.equal(await bar(amara).count(), 0);
  });

  it('are selected with the keyboard, and the list is used as before', async () => {
    await link(amara, 'many 06').focus();
    await amara.keyboard.press('x');
    await says(amara, '1 selected');
    await amara.keyboard.press('Tab');
    await amara.keyboard.press('Space');
    await selects(amara, 2);
    await link(amara, 'many 03').focus();
    await amara.keyboard.press('Shift+X');
    await selects(amara, 4);
    await amara.getByRole('status').getByText('4 selected').waitFor();
    // What happens in the list meanwhile takes neither the focus nor the selection.
    await beginChats(server, ['somebody else']);
    await link(amara, 'somebody else').waitFor();
    await selects(amara, 4);
    assert.match(await focused(amara), /many 03/);
    await amara.keyboard.press('Escape');
    await selects(amara, 0);
    await list(amara).getByLabel('Order').selectOption({ label: 'Most urgent' });
    await link(amara, 'many 03').focus();
    await amara.keyboard.press('x');
    await command(admin, `conversations/${ids[2]}`, 'set_priority', { priority: 'urgent' });
    await eventually(async () => assert.match(await rows(amara).first().innerText(), /many 03/));
    assert.match(await focused(amara), /many 03/);
    assert.equal(await box(amara, 'many 03').isChecked(), true);
    await amara.keyboard.press('Escape');
    await command(admin, `conversations/${ids[2]}`, 'set_priority', { priority: 'normal' });
    await list(amara).getByLabel('Order').selectOption({ label: 'Newest first' });
    await link(amara, 'many 03').focus();
    await amara.keyboard.press('x');
    await amara.keyboard.press('?');
    await amara.getByRole('dialog', { name: 'Keys' }).getByText('Select everything up to here').waitFor();
    await amara.getByRole('checkbox', { name: 'Single keys are on' }).uncheck();
    await amara.keyboard.press('Escape');
    await link(amara, 'many 03').focus();
    await amara.keyboard.press('x');
    await selects(amara, 1);
    await amara.keyboard.press('?');
    await amara.getByRole('checkbox', { name: 'Single keys are on' }).check();
    await amara.keyboard.press('Escape');
    await link(amara, 'many 03').focus();
    await amara.keyboard.press('x');
    await selects(amara, 0);
  });

  const selectMany = async () => {
    await dismiss(amara);
    await find(amara, 'many', 6);
    await box(amara, 'many 01').click();
    await all(amara).click();
    await selects(amara, 6);
  };

  it('are assigned, those that are so already left alone, and given back to whom they were', async () => {
    await command(admin, `conversations/${ids[0]}`, 'assign', { to: await admin.evaluate(async () => (await (await fetch('/v1/auth/me')).json()).data.user.id) });
    await eventually(async () => assert.match(await link(admin, 'many 01').innerText(), /You/));
    const before = (await logOf(admin, ids[0])).length;
    await selectMany();
    await amara.keyboard.press('a');
    const dialog = amara.getByRole('dialog', { name: 'Who answers these 6 conversations?' });
    const name = (await link(amara, 'many 01').innerText()).match(/Site\s+(.+)/)[1];
    await dialog.getByRole('button', { name: new RegExp(`^${name}`) }).click();
    await says(amara, `5 conversations are assigned to ${name}. 1 was so already.`);
    await selects(amara, 0);
    await each(admin, 6, 'many', /You/);
    assert.equal((await logOf(admin, ids[0])).length, before, 'nothing was asked of it');
    await undo(amara);
    await says(amara, '5 conversations are as before.');
    for (const text of texts(6, 'many')) await eventually(async () => assert.equal(/You/.test(await link(admin, text).innerText()), text === 'many 01'));
  });

  it('are urgent at once, and each is as urgent as it was with Undo, but for what a colleague changed since', async () => {
    await command(admin, `conversations/${ids[1]}`, 'set_priority', { priority: 'high' });
    await selectMany();
    await act(amara, 'Priority');
    await amara.getByRole('dialog', { name: 'How urgent are they?' }).getByRole('button', { name: 'Urgent' }).click();
    await says(amara, '6 conversations are set to priority urgent.');
    await each(admin, 6, 'many', /Urgent/);
    await command(admin, `conversations/${ids[2]}`, 'set_priority', { priority: 'low' });
    await eventually(async () => assert.doesNotMatch(await link(amara, 'many 03').innerText(), /Urgent/));
    await undo(amara);
    await says(amara, '5 conversations are as before. 1 was changed by somebody since and stays so.');
    await eventually(async () => assert.match(await link(admin, 'many 02').innerText(), /High/));
    assert.equal((await logOf(admin, ids[2])).filter((type) => type === 'priority_set').length, 4, 'two before, then urgent, then low');
  });

  it('get labels, and one that has too many is named with the reason and stays selected', async () => {
    const labels = await admin.evaluate(async () => {
      const { data } = await (await fetch('/v1/auth/me')).json();
      const made = Array.from({ length: 20 }, (_, at) => `lbl_01kaj8zz${String(at).padStart(2, '0')}e8r8v0000000000000`.slice(0, 30));
      for (const [at, label] of made.entries()) {
        const answer = await fetch(`/v1/tenants/${data.tenant.id}/commands`, {
          method: 'POST', headers: { 'content-type': 'application/json', 'x-csrf-token': data.csrf },
          body: JSON.stringify({ id: crypto.randomUUID(), type: 'set_label', body: { label, name: `Shelf ${at}`, color: 'gray' } }),
        });
        if (!answer.ok) throw new Error(await answer.text());
      }
      return made;
    });
    for (const label of labels) await command(admin, `conversations/${ids[3]}`, 'label', { label, on: true });
    await eventually(async () => assert.match(await link(amara, 'many 04').innerText(), /Shelf 19/));
    await selectMany();
    await act(amara, 'Labels');
    const dialog = amara.getByRole('dialog', { name: 'What are these 6 conversations about?' });
    assert.equal(await dialog.getByRole('checkbox', { name: 'Shelf 7', exact: true }).evaluate((element) => element.indeterminate), true, 'only some have it');
    await dialog.getByRole('checkbox', { name: 'Delivery' }).check();
    await picture(amara, 'bulk-labels-dialog');
    await assertAccessible(amara, 'labels of several');
    await dialog.getByRole('button', { name: 'Done' }).click();
    await says(amara, /5 conversations are labelled anew\. Not done for “Visitor \w{4}”: A conversation has 20 labels at most\. Take one off first\./);
    await selects(amara, 1);
    assert.equal(await box(amara, 'many 04').isChecked(), true);
    await picture(amara, 'bulk-refused-desktop');
    await assertAccessible(amara, 'a refusal');
    for (const text of texts(6, 'many')) await eventually(async () => assert.equal(/Delivery/.test(await link(admin, text).innerText()), text !== 'many 04'));
    await undo(amara);
    await says(amara, '5 conversations are as before.');
    for (const text of texts(6, 'many')) await eventually(async () => assert.doesNotMatch(await link(admin, text).innerText(), /Delivery/));
    assert.equal((await logOf(admin, ids[3])).filter((type) => type === 'label_changed').length, 20, 'what only some had stays');
    await amara.keyboard.press('Escape');
  });

  it('are put off, brought back, resolved and opened again, each with its way back', async () => {
    await selectMany();
    await amara.keyboard.press('z');
    await amara.getByRole('dialog', { name: 'Put off until when?' }).getByRole('button', { name: /^In a week/ }).click();
    await says(amara, /6 conversations are put off until .+, 09:00\./);
    await find(admin, 'many', 0);
    await show(amara, 'Snoozed');
    await selectMany();
    await picture(amara, 'bulk-snoozed-desktop');
    await act(amara, 'Resolve');
    await says(amara, '6 conversations are resolved.');
    await undo(amara);
    await says(amara, '6 conversations are as before.');
    await find(amara, 'many', 6);
    await selectMany();
    await act(amara, 'Open again');
    await says(amara, '6 conversations are open again.');
    await find(admin, 'many', 6);
    await show(amara, 'Open');
    await selectMany();
    await amara.keyboard.press('e');
    await says(amara, '6 conversations are resolved.');
    await find(admin, 'many', 0);
    await show(amara, 'Resolved');
    await selectMany();
    assert.equal(await bar(amara).getByRole('button', { name: 'Resolve', exact: true }).count(), 0);
    await amara.keyboard.press('e');
    await says(amara, '6 conversations are open again.');
    await find(admin, 'many', 6);
    await show(amara, 'Open');
  });

  it('leave the selection with the list, which says so', async () => {
    await selectMany();
    await link(amara, 'many 06').focus();
    await command(admin, `conversations/${ids[5]}`, 'resolve', {});
    await says(amara, '5 selected · 1 left the list');
    assert.match(await focused(amara), /many 05/, 'the line in its place has the focus');
    await picture(amara, 'bulk-left-desktop');
    await command(admin, `conversations/${ids[5]}`, 'reopen', {});
    await link(amara, 'many 06').waitFor();
    await selects(amara, 5);
    await find(amara, 'many 01', 1);
    await says(amara, '1 selected · 5 left the list');
    await amara.keyboard.press('Escape');
    await amara.keyboard.press('Escape');
    await selects(amara, 0);
  });

  it('are left as they are while there is no connection, which is said', async () => {
    await selectMany();
    await context.setOffline(true);
    await says(amara, 'You are offline. Nothing is sent until the network is back, and what is selected stays so.');
    assert.equal(await bar(amara).getByRole('button', { name: 'Resolve', exact: true }).getAttribute('aria-disabled'), 'true');
    await bar(amara).getByRole('button', { name: 'Resolve', exact: true }).focus();
    await amara.keyboard.press('Enter');
    await link(amara, 'many 01').focus();
    await amara.keyboard.press('e');
    await picture(amara, 'bulk-offline-desktop');
    await assertAccessible(amara, 'offline with a selection');
    await context.setOffline(false);
    await eventually(async () => assert.equal(await bar(amara).getByRole('button', { name: 'Resolve', exact: true }).getAttribute('aria-disabled'), 'false'));
    await selects(amara, 6);
    for (const id of ids) assert.notEqual((await logOf(admin, id)).at(-1), 'resolved');
    // Gone between the question and its answer.
    await amara.keyboard.press('p');
    await amara.getByRole('dialog').waitFor();
    await context.setOffline(true);
    await says(amara, 'You are offline.');
    await amara.getByRole('dialog').getByRole('button', { name: 'Urgent' }).click();
    await says(amara, /^Nothing was sent\. You are offline/);
    await context.setOffline(false);
    await selects(amara, 6);
    await amara.keyboard.press('Escape');
  });

  for (const scheme of ['light', 'dark']) {
    it(`fit a phone, ${scheme}`, async () => {
      const phone = await (await windows.person({ size: 'phone', scheme })).newPage();
      await signIn(phone, server.person(/^account manager/), '**/inbox');
      await link(phone, 'many 01').waitFor();
      await picture(phone, `bulk-before-phone-${scheme}`);
      await box(phone, 'many 01').tap();
      await box(phone, 'many 02').tap();
      await selects(phone, 2);
      await picture(phone, `bulk-phone-${scheme}`);
      await assertAccessible(phone, `a selection on a phone, ${scheme}`);
      const width = await phone.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= 390, `${width} px wide`);
      await bar(phone).getByRole('button', { name: 'Assign' }).tap();
      await phone.getByRole('dialog').getByRole('button', { name: 'Nobody' }).tap();
      await phone.getByText(/so already/).waitFor();
      await picture(phone, `bulk-done-phone-${scheme}`);
      await phone.context().close();
    });
  }
});

describe('many conversations and a server that is killed', () => {
  const MANY = 30;
  let server, windows, amara, ids, line;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    amara = await (await windows.person()).newPage();
    // The twelfth does not reach the server any more, nor do the answers of those before it reach the page: they have happened.
    line = { asked: 0 };
    await amara.routeWebSocket(/\/v1\/live$/, (socket) => {
      const onward = socket.connectToServer();
      const dying = () => line.asked >= 12 && !line.up;
      socket.onMessage((frame) => {
        if (frame.includes('"type":"resolve"')) line.asked += 1;
        if (!dying()) return onward.send(frame);
        line.killed ??= new Promise((resolve) => setTimeout(resolve, 300)).then(() => server.kill());
      });
      onward.onMessage((frame) => (dying() && frame.includes('"t":"ack"') ? undefined : socket.send(frame)));
    });
    await signIn(amara, server.person(/^account manager/), '**/inbox');
    ids = await beginChats(server, texts(MANY, 'killed'));
    await link(amara, 'killed 30').waitFor();
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    windows?.assertQuiet();
  });

  it('are each resolved once', async () => {
    await find(amara, 'killed', MANY);
    await box(amara, 'killed 01').click();
    await all(amara).click();
    await selects(amara, MANY);
    await amara.keyboard.press('e');
    await eventually(() => assert.ok(line.killed));
    await line.killed;
    const [, done] = /^(\d+) of/.exec(await amara.getByText(/^\d+ of 30…$/).innerText());
    assert.ok(Number(done) < 12, `${done} were answered`);
    await picture(amara, 'bulk-killed-desktop');
    await assertAccessible(amara, 'in the middle, without a server');
    line.up = true;
    await server.up();
    await eventually(() => amara.getByText(`${MANY} conversations are resolved.`).waitFor({ timeout: 1_000 }), 45_000);
    for (const id of ids) {
      const log = await logOf(amara, id);
      assert.equal(log.filter((type) => type === 'resolved').length, 1, `${id}: ${log}`);
    }
    await find(amara, 'killed', 0);
  });
});

describe('many conversations and a limit', () => {
  const MANY = 30;
  let server, windows, amara, ids;

  before(async () => {
    server = await Server.start({ env: { BRIGADE_LIMITS_COMMANDS_PER_MINUTE: '20' } });
    windows = await Windows.open(server.url);
    amara = await (await windows.person()).newPage();
    await signIn(amara, server.person(/^account manager/), '**/inbox');
    ids = await beginChats(server, texts(MANY, 'slow'));
    await find(amara, 'slow', MANY);
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    windows?.assertQuiet();
  });

  it('wait and go on by themselves, and what is stopped stays selected', async () => {
    await box(amara, 'slow 01').click();
    await all(amara).click();
    await act(amara, 'Resolve');
    const progress = async () => Number(/^(\d+) of 30…$/.exec(await amara.getByText(/^\d+ of 30…$/).innerText())[1]);
    const first = await progress();
    assert.ok(first < MANY - 8, `${first} at once`);
    await eventually(async () => assert.ok((await progress()) > first, 'it goes on by itself'));
    await picture(amara, 'bulk-progress-desktop');
    await assertAccessible(amara, 'in the middle');
    await amara.getByRole('button', { name: 'Stop' }).click();
    await eventually(() => amara.getByText(/conversations are resolved\. \d+ were not sent\./).waitFor({ timeout: 1_000 }), 45_000);
    const logs = await Promise.all(ids.map((id) => logOf(amara, id)));
    const done = logs.filter((log) => log.includes('resolved')).length;
    assert.ok(done > 0 && done < MANY, `${done} of ${MANY}`);
    assert.ok(logs.every((log) => log.filter((type) => type === 'resolved').length <= 1));
    await selects(amara, MANY - done);
    await picture(amara, 'bulk-stopped-desktop');
  });
});
