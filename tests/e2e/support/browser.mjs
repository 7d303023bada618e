// Chromium as a person has it: windows at two sizes, in light and dark, with everything that goes wrong noticed.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { frameDifferences } from './frames.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const out = fileURLToPath(new URL('../out/', import.meta.url));
mkdirSync(out, { recursive: true });

export const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } };

export class Windows {
  #browser;
  #base;
  /** What pages complained of: scripts that failed, things the content security policy stopped, frames the document does not know. */
  complaints = [];

  static async open(base) {
    const windows = new Windows();
    windows.#base = base;
    windows.#browser = await chromium.launch({
      executablePath: process.env.BRIGADE_TEST_CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    return windows;
  }

  /** A person's own browser: nothing is shared with the others. */
  async person({ size = 'desktop', scheme = 'light', locale = 'en-GB', storage } = {}) {
    const context = await this.#browser.newContext({
      baseURL: this.#base, viewport: SIZES[size], colorScheme: scheme, hasTouch: size === 'phone', reducedMotion: 'reduce', locale,
      ...(storage ? { storageState: storage } : {}),
    });
    context.setDefaultTimeout(15_000);
    context.on('page', (page) => this.#watch(page));
    return context;
  }

  async close() {
    await this.#browser.close();
  }

  /** Fails when any page complained. */
  assertQuiet() {
    assert.deepEqual(this.complaints, []);
  }

  #watch(page) {
    page.on('pageerror', (error) => this.complaints.push(`${page.url()}: ${error.message}`));
    page.on('console', (message) => {
      if (/Content.Security.Policy|Refused to/i.test(message.text())) this.complaints.push(`${page.url()}: ${message.text()}`);
    });
    page.on('websocket', (socket) => {
      const check = (direction) => ({ payload }) => {
        for (const difference of frameDifferences(direction, String(payload))) this.complaints.push(`not as docs/asyncapi.yaml has it, ${direction}: ${difference}`);
      };
      socket.on('framesent', check('sent'));
      socket.on('framereceived', check('received'));
    });
    page.on('dialog', (dialog) => void dialog.accept());
  }
}

/** Runs axe on a page (and its frames), all that matters here or these rules alone, and fails with what it found. */
export async function assertAccessible(page, what, rules) {
  for (const frame of page.frames()) {
    // A frame that is loaded when it comes near has nothing in it before; a letter's page runs no scripts, nor does axe in it.
    if (['about:blank', 'about:srcdoc', ''].includes(frame.url())) continue;
    if (!(await frame.evaluate(() => 'axe' in window))) await frame.evaluate(axeSource);
    // A colour that is on its way is neither the one nor the other.
    await frame.evaluate(() => Promise.allSettled(document.getAnimations()
      .filter(({ effect, playState }) => playState === 'running' && effect?.getComputedTiming().endTime !== Infinity)
      .map(({ finished }) => finished)));
    const violations = await frame.evaluate(async (only) => {
      // Rows of a long list are drawn when they come near: the check looks at what is there.
      const result = await window.axe.run(document, {
        runOnly: only ?? ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], iframes: false, resultTypes: ['violations'],
      });
      return result.violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.slice(0, 4).map(({ html, failureSummary }) => `${html}\n${failureSummary}`) }));
    }, rules);
    assert.deepEqual(violations, [], `${what} (${frame.url()}): ${JSON.stringify(violations, null, 2)}`);
  }
}

/** Keeps a picture for people to look at; where nobody will (`BRIGADE_TEST_PICTURES=0`, as in CI) it takes no time. */
export async function picture(page, name) {
  if (process.env.BRIGADE_TEST_PICTURES === '0') return;
  await page.screenshot({ path: `${out}${name}.png` });
}

/** Waits until `check` stops throwing, or throws what it threw last. */
export async function eventually(check, ms = 15_000) {
  const until = Date.now() + ms;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** As an init script: `window.felt` counts the tones that are played and keeps what is shown over everything. */
export function feelAlerts() {
  window.felt = { tones: 0, shown: [] };
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function (...when) {
    window.felt.tones += 1;
    return start.apply(this, when);
  };
  window.Notification = class extends Notification {
    constructor(title, options) {
      super(title, options);
      window.felt.shown.push(options.body);
    }
  };
}
