// What somebody has begun to write: there on their other devices, gone everywhere once it is sent, and nothing lost when two devices wrote.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, Windows } from './support/browser.mjs';
import { hears, messagesOf, openChat, openConversation, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

describe('drafts on several devices', () => {
  let server, windows, desk, phone, chat, id;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    desk = await (await windows.person()).newPage();
    phone = await (await windows.person({ size: 'phone', scheme: 'dark' })).newPage();
    chat = await openChat(await (await windows.person()).newPage());
    await say(chat, 'Do you have rice without salt?');
    for (const page of [desk, phone]) await signIn(page, server.person(/^account manager/), '**/inbox');
    await openConversation(desk, 'without salt');
    id = new URL(desk.url()).searchParams.get('c');
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
    windows?.assertQuiet();
  });

  const box = (page) => page.getByRole('textbox', { name: /^(Write an answer|Internal note)$/ });
  const mode = (page, name) => page.getByRole('group', { name: 'What to write' }).getByRole('button', { name });
  const row = (page) => page.getByRole('region', { name: 'Conversations' }).locator(`a[data-id="${id}"]`);
  const open = async (page) => {
    await row(page).click();
    await box(page).waitFor();
  };
  const aside = (page) => page.getByText('You began something else on another device:');
  /** As when the window is chosen again. */
  const back = (page) => page.evaluate(() => window.dispatchEvent(new Event('focus')));
  const shows = (page, text) => eventually(async () => {
    await back(page);
    assert.equal(await box(page).inputValue(), text);
  });
  /** What the server keeps. */
  const kept = (page) => page.evaluate(async () => {
    const id = new URLSearchParams(location.search).get('c');
    return (await (await fetch(`/v1/conversations/${id}/draft`)).json()).data;
  });
  const isKept = (page, text) => eventually(async () => assert.equal((await kept(page))?.text, text));
  const leaveField = (field) => field.evaluate((input) => input.blur());
  const leave = (page) => leaveField(box(page));

  it('what is begun at the desk is on the phone, note and all, and marked in both lists', async () => {
    await mode(desk, 'Internal note').click();
    await box(desk).pressSequentially('Ask the kitchen 👩🏽‍🍳 أرز');
    await row(desk).getByText('Draft', { exact: true }).waitFor();
    await isKept(desk, 'Ask the kitchen 👩🏽‍🍳 أرز');
    await eventually(async () => {
      await back(phone);
      assert.equal(await row(phone).getByText('Draft', { exact: true }).count(), 1);
    });
    await picture(desk, 'drafts-list-desktop');
    await picture(phone, 'drafts-list-phone');
    await assertAccessible(phone, 'a draft in the list');
    await open(phone);
    await shows(phone, 'Ask the kitchen 👩🏽‍🍳 أرز');
    assert.equal(await mode(phone, 'Internal note').getAttribute('aria-pressed'), 'true');
    await assertAccessible(desk, 'a draft');
  });

  it('it goes on there and comes back, also over a reload', async () => {
    await mode(phone, 'Reply').click();
    await box(phone).fill('Yes, we can cook it without');
    await leave(phone);
    await isKept(phone, 'Yes, we can cook it without');
    await shows(desk, 'Yes, we can cook it without');
    await desk.reload();
    await box(desk).waitFor();
    assert.equal(await box(desk).inputValue(), 'Yes, we can cook it without');
    assert.equal(await mode(desk, 'Reply').getAttribute('aria-pressed'), 'true');
  });

  it('the visitor is told of no typing that nobody does, and a colleague sees none of it', async () => {
    const amaras = await kept(desk);
    const jonas = await (await windows.person()).newPage();
    await signIn(jonas, server.person(/^admin$/), '**/inbox');
    await open(jonas);
    assert.equal(await box(jonas).inputValue(), '');
    assert.equal(await kept(jonas), null);
    assert.equal(await row(jonas).getByText('Draft', { exact: true }).count(), 0);
    assert.ok(amaras.rev > 0);
    await jonas.context().close();
  });

  it('what is sent on one is gone on the other', async () => {
    await box(desk).press('End');
    await box(desk).pressSequentially(' it.');
    await desk.getByRole('button', { name: 'Send', exact: true }).click();
    await hears(chat, 'Yes, we can cook it without it.');
    await eventually(async () => assert.equal(await kept(desk), null));
    // The message that arrives there says so by itself: nobody touched the phone.
    await eventually(async () => assert.equal(await box(phone).inputValue(), ''));
    await eventually(async () => assert.equal(await row(desk).getByText('Draft', { exact: true }).count(), 0));
    await phone.getByRole('button', { name: 'Back to the list' }).click();
    await eventually(async () => {
      await back(phone);
      assert.equal(await phone.getByRole('region', { name: 'Conversations' }).getByText('Draft', { exact: true }).count(), 0);
    });
    await phone.goBack();
    await box(phone).waitFor();
    assert.equal(await box(phone).inputValue(), '');
  });

  it('two devices that both wrote: nothing is lost, and one chooses', async () => {
    await phone.context().setOffline(true);
    await box(phone).fill('From the phone: we also have barley, millet and bulgur, all of them cooked without a grain of salt, should you want to try something new this week');
    await leave(phone);
    await box(desk).fill('From the desk: shall I put it down for every week?');
    await leave(desk);
    await isKept(desk, 'From the desk: shall I put it down for every week?');
    await phone.context().setOffline(false);
    await aside(phone).waitFor();
    assert.match(await box(phone).inputValue(), /^From the phone/);
    await picture(phone, 'drafts-both-phone-dark');
    await assertAccessible(phone, 'another draft, on a phone');
    await phone.emulateMedia({ colorScheme: 'light' });
    await picture(phone, 'drafts-both-phone');
    await assertAccessible(phone, 'another draft, on a phone in light');

    await phone.getByRole('button', { name: 'Use that instead' }).click();
    assert.equal(await box(phone).inputValue(), 'From the desk: shall I put it down for every week?');
    await phone.getByText('What you wrote here before is kept:').waitFor();
    await picture(phone, 'drafts-swapped-phone');
    await phone.getByRole('button', { name: 'Use that instead' }).press('Enter');
    assert.match(await box(phone).inputValue(), /^From the phone/);
    // A reload loses neither.
    await phone.reload();
    await aside(phone).waitFor();
    assert.match(await box(phone).inputValue(), /^From the phone/);
    assert.match((await kept(phone)).text, /^From the desk/);
    await phone.getByRole('button', { name: 'Dismiss' }).click();
    await eventually(async () => assert.match((await kept(phone)).text, /^From the phone/));
    assert.equal(await aside(phone).count(), 0);
  });

  it('the same at the desk, in light and dark', async () => {
    await desk.context().setOffline(true);
    await box(desk).fill('From the desk, once more');
    await leave(desk);
    await box(phone).fill('From the phone, once more');
    await leave(phone);
    await isKept(phone, 'From the phone, once more');
    await desk.context().setOffline(false);
    await aside(desk).waitFor();
    await picture(desk, 'drafts-both-desktop');
    await assertAccessible(desk, 'another draft');
    await desk.emulateMedia({ colorScheme: 'dark' });
    await picture(desk, 'drafts-both-desktop-dark');
    await assertAccessible(desk, 'another draft in the dark');
    await desk.emulateMedia({ colorScheme: 'light' });
    // Sending one's own leaves the other where it is.
    await desk.getByRole('button', { name: 'Send', exact: true }).click();
    await hears(chat, 'From the desk, once more');
    assert.equal((await kept(phone)).text, 'From the phone, once more');
    await desk.getByRole('button', { name: 'Use that instead' }).click();
    assert.equal(await box(desk).inputValue(), 'From the phone, once more');
    await eventually(async () => assert.equal(await aside(desk).count(), 0));
  });

  it('without a network it stays in the tab, without a word of alarm, and is saved later, also from another conversation', async () => {
    await desk.context().setOffline(true);
    await box(desk).fill('Written in a tunnel');
    await desk.getByRole('region', { name: 'Conversations' }).locator(`a:not([data-id="${id}"])`).first().click();
    await eventually(() => assert.notEqual(new URL(desk.url()).searchParams.get('c'), id));
    assert.equal(await desk.getByRole('alert').count(), 0);
    await desk.context().setOffline(false);
    await eventually(async () => assert.equal((await kept(phone))?.text, 'Written in a tunnel'));
    await shows(phone, 'Written in a tunnel');
    await open(desk);
    assert.equal(await box(desk).inputValue(), 'Written in a tunnel');
  });

  it('a tab that dies right after sending leaves no ghost', async () => {
    const third = await (await windows.person()).newPage();
    await signIn(third, server.person(/^account manager/), '**/inbox');
    await open(third);
    await shows(third, 'Written in a tunnel');
    // Its request to take the draft away never leaves.
    await third.route('**/draft?rev=*', (route) => route.abort());
    await third.getByRole('button', { name: 'Send', exact: true }).click();
    await hears(chat, 'Written in a tunnel');
    await third.context().close();
    assert.equal((await messagesOf(chat)).filter((text) => text === 'Written in a tunnel').length, 1);
    await shows(desk, '');
    await eventually(async () => assert.equal(await kept(desk), null));
  });

  it('a client has the same, and no notes', async () => {
    const [one, two] = [await (await windows.person()).newPage(), await (await windows.person({ size: 'phone' })).newPage()];
    for (const page of [one, two]) await signIn(page, server.person(/^client/), '**/chat');
    const write = (page) => page.getByRole('textbox', { name: /^Write to/ });
    await write(one).fill('Could we have more');
    await leaveField(write(one));
    await eventually(async () => {
      await back(two);
      assert.equal(await write(two).inputValue(), 'Could we have more');
    });
    await picture(two, 'drafts-client-phone');
    await write(two).press('End');
    await write(two).pressSequentially(' rice?');
    await two.getByRole('button', { name: 'Send', exact: true }).click();
    await hears(one, 'Could we have more rice?');
    await eventually(async () => assert.equal(await write(one).inputValue(), ''));
    await assertAccessible(two, "a client's page");
  });
});
