// Every page with axe, on a phone and on a desktop; with a picture of each, in the light and in the dark, for people to look at. The colours
// of the dark are measured on a desktop: they are the same tokens on a phone, whose parts were all measured in the light.
import { after, before, describe, it } from 'node:test';
import { assertAccessible, eventually, picture, Windows } from './support/browser.mjs';
import { hears, openChat, say, signIn } from './support/people.mjs';
import { Server } from './support/server.mjs';

describe('every page for everybody', () => {
  let server, windows, admin, client, operator;

  before(async () => {
    server = await Server.start();
    windows = await Windows.open(server.url);
    const signedIn = async (pattern) => {
      const context = await windows.person();
      await signIn(await context.newPage(), server.person(pattern));
      const storage = await context.storageState();
      await context.close();
      return storage;
    };
    admin = await signedIn(/^admin$/);
    client = await signedIn(/^client/);
    operator = await signedIn(/^super admin/);
  });
  after(async () => {
    await windows?.close();
    await server?.stop();
  });

  const open = (path, ready) => async (page) => {
    await page.goto(path);
    await ready(page);
  };
  const heading = (name) => (page) => page.getByRole('heading', { name }).first().waitFor();
  const firstConversation = async (page) => {
    await page.getByRole('region', { name: 'Conversations' }).getByRole('link').first().click();
    await page.getByRole('textbox', { name: 'Write an answer' }).waitFor();
    await page.locator('[role=log] article').first().waitFor();
  };

  /** @type {[string, 'nobody' | 'admin' | 'client' | 'operator', (page: import('playwright-core').Page) => Promise<unknown>][]} */
  const PAGES = [
    ['site', 'nobody', open('/', heading('Good meals for ordinary days.'))],
    ['site-chat', 'nobody', async (page) => {
      const chat = await openChat(page);
      await say(chat, 'Is the salmon wild?\n- or **farmed**?');
      await chat.getByText('Sent').waitFor();
      await chat.locator('article').first().focus();
      await chat.getByRole('group', { name: 'Message actions' }).waitFor();
    }],
    ['site-chat-forget', 'nobody', async (page) => {
      const chat = await openChat(page);
      await say(chat, 'Forget me');
      await hears(chat, 'Forget me');
      await chat.getByRole('button', { name: 'Forget this chat' }).click();
      await chat.getByRole('dialog').waitFor();
    }],
    ['sign-in', 'nobody', open('/sign-in', heading('Sign in'))],
    ['reset', 'nobody', open('/reset', heading('Reset your password'))],
    ['reset-choose', 'nobody', open('/reset#token=abc', heading('Choose a new password'))],
    ['verify', 'nobody', open('/verify', heading('This link does not work'))],
    ['invite', 'nobody', open('/invite', heading('No invitation'))],
    ['invite-over', 'nobody', open('/invite#token=nonsense', heading('This invitation does not work'))],
    ['outbox', 'nobody', open('/dev/outbox', heading('Outbox'))],
    ['example', 'nobody', open('/dev/widget', heading('The chat and your page'))],
    ['inbox', 'admin', open('/inbox', (page) => page.getByRole('region', { name: 'Conversations' }).getByRole('link').first().waitFor())],
    ['inbox-conversation', 'admin', async (page) => {
      await page.goto('/inbox');
      await firstConversation(page);
    }],
    ['inbox-menu', 'admin', async (page) => {
      await page.goto('/inbox');
      await firstConversation(page);
      await page.locator('[role=log] article').last().focus();
      await page.getByRole('group', { name: 'Message actions' }).waitFor();
    }],
    ['inbox-invite', 'admin', async (page) => {
      await page.goto('/inbox');
      await firstConversation(page);
      await page.locator('[role=log] article').last().focus();
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
    }],
    ['palette', 'admin', async (page) => {
      await page.goto('/inbox');
      await firstConversation(page);
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog', { name: 'Actions' }).waitFor();
    }],
    ['inbox-resolved', 'admin', async (page) => {
      await page.goto('/inbox');
      await page.getByRole('button', { name: 'Resolved' }).click();
      await page.waitForTimeout(500);
    }],
    ['clients', 'admin', open('/clients', (page) => page.getByRole('region', { name: 'Clients' }).getByRole('link').first().waitFor())],
    ['reports', 'admin', open('/reports', (page) => page.getByRole('img', { name: 'New matters by day' }).waitFor())],
    ...['overview', 'tenants', 'queue', 'activity', 'you'].map((view) => [`platform-${view}`, 'operator', async (page) => {
      await page.goto(`/platform#${view}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await eventually(async () => {
        if (await page.getByRole('status', { name: /^Loading/ }).count()) throw new Error('still loading');
      });
    }]),
    ['chat', 'client', open('/chat', (page) => page.locator('[role=log] article').first().waitFor())],
    ...['you', 'notifications', 'data', 'business', 'hours', 'people', 'teams', 'letters', 'routing', 'replies', 'labels', 'targets', 'blocked', 'feedback', 'site', 'look', 'keys', 'webhooks', 'audit'].map((section) => [`settings-${section}`, 'admin', async (page) => {
      await page.goto(`/settings#${section}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await eventually(async () => {
        if (await page.getByRole('status', { name: /^Loading/ }).count()) throw new Error('still loading');
      });
    }]),
  ];

  for (const size of ['phone', 'desktop']) {
    describe(size, () => {
      const known = {};
      after(async () => {
        for (const context of Object.values(known)) await context.close();
      });
      /** Who has signed in keeps their browser from page to page; a visitor comes for the first time. */
      const contextOf = async (who) => who === 'nobody' ? windows.person({ size }) : known[who] ??= await windows.person({ size, storage: { admin, client, operator }[who] });

      for (const [name, who, go] of PAGES) {
        it(name, async () => {
          const context = await contextOf(who);
          const page = await context.newPage();
          try {
            await go(page);
            await picture(page, `${name}-${size}-light`);
            await assertAccessible(page, `${name} ${size} light`);
            await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
            await picture(page, `${name}-${size}-dark`);
            if (size === 'desktop') await assertAccessible(page, `${name} ${size} dark`, ['color-contrast']);
          } finally {
            await (who === 'nobody' ? context : page).close();
          }
        });
      }
    });
  }

  it('no page widens a phone', async () => {
    const context = await windows.person({ size: 'phone', storage: admin });
    const page = await context.newPage();
    for (const path of ['/', '/inbox', '/clients', '/reports', '/settings#hours', '/settings#keys', '/sign-in', '/dev/outbox']) {
      await page.goto(path);
      await page.waitForLoadState('networkidle');
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) throw new Error(`${path} is ${wide} pixels too wide`);
    }
    await context.close();
  });

  it('nothing was complained of on the way', () => windows.assertQuiet());
});
