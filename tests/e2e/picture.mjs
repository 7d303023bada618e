// Makes the picture of the README, docs/images/conversation.png, from a fresh demonstration: `npm run picture`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Windows } from './support/browser.mjs';
import { hears, openChat, openConversation, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

const target = fileURLToPath(new URL('../../docs/images/conversation.png', import.meta.url));
const server = await Server.start();
const windows = await Windows.open(server.url);
try {
  const inbox = await (await windows.person()).newPage();
  const site = await (await windows.person()).newPage();
  await site.setViewportSize({ width: 860, height: 760 });
  await signIn(inbox, server.person(/^account manager/), '**/inbox');
  const chat = await openChat(site);
  await say(chat, 'Hello! Do you deliver to Gratwein?');
  await openConversation(inbox, 'Gratwein');
  await hears(inbox, 'Hello! Do you deliver to Gratwein?');
  await say(inbox, 'Hi! Yes, we do:\n- Sunday and Wednesday\n- between **17:00 and 21:00**, you choose the hour');
  await hears(chat, 'Hi! Yes, we do:\nSunday and Wednesday\nbetween 17:00 and 21:00, you choose the hour');
  await say(chat, 'Perfect. One of us does not eat gluten, is that a problem?');
  await hears(inbox, 'Perfect. One of us does not eat gluten, is that a problem?');
  await inbox.getByRole('button', { name: 'Internal note' }).click();
  await inbox.getByRole('textbox', { name: 'Internal note' }).fill('Wednesday has the buckwheat bowl.');
  await inbox.getByRole('button', { name: 'Add note' }).click();
  await inbox.getByRole('button', { name: 'Reply', exact: true }).first().click();
  await say(inbox, 'Not at all. I will keep it with your account, and only dishes without it are offered to you.');
  await hears(chat, 'Not at all. I will keep it with your account, and only dishes without it are offered to you.');
  await chat.locator('article').last().hover();
  await chat.getByRole('button', { name: 'React' }).click();
  await chat.getByRole('button', { name: 'React with 🎉' }).click();
  await chat.getByRole('textbox').pressSequentially('Then we would like to t');
  await inbox.getByText(/is typing/).waitFor();
  await inbox.mouse.move(5, 5);
  await chat.getByText('Seen').waitFor();
  const shots = [await inbox.screenshot(), await site.screenshot()].map((shot) => `data:image/png;base64,${shot.toString('base64')}`);

  const page = await (await windows.person()).newPage();
  await page.setViewportSize({ width: 1640, height: 960 });
  await page.setContent(`<style>
    body { margin: 0; width: 1640px; height: 960px; background: #d6dfda; position: relative; overflow: hidden }
    img { position: absolute; border-radius: 12px; box-shadow: 0 2px 8px #0003, 0 24px 60px #0005 }
  </style><img src="${shots[0]}" style="left: 40px; top: 40px; width: 1180px"><img src="${shots[1]}" style="right: 40px; bottom: 40px; width: 720px">`);
  await page.waitForFunction(() => [...document.images].every((image) => image.complete));
  mkdirSync(fileURLToPath(new URL('../../docs/images', import.meta.url)), { recursive: true });
  writeFileSync(target, await page.screenshot());
} finally {
  await windows.close();
  await server.stop();
}
