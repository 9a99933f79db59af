import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeEach, onTestFinished } from 'vitest';
import { needPrograms } from './programs.js';

/** A page, and what went wrong in it: errors, failed requests, what the policy kept out. */
export interface WatchedPage extends Page {
  readonly complaints: readonly string[];
}

export interface TestBrowser {
  /** Opens a page with storage of its own, until the end of the test. */
  open(options?: BrowserContextOptions): Promise<WatchedPage>;
  /** The same until the end of the file, for tests that only read. */
  openForAll(options?: BrowserContextOptions): Promise<WatchedPage>;
}

/** One browser for a file of tests, all of which need Chromium. */
export function useBrowser(args: readonly string[] = []): TestBrowser {
  let browser: Browser | undefined;
  beforeEach(async () => {
    const [executablePath] = needPrograms('chromium');
    browser ??= await chromium.launch({
      executablePath,
      // As root, which is who runs tests in a container, Chromium has no sandbox.
      args: ['--no-sandbox', ...args],
    });
  });
  afterAll(() => browser?.close());
  async function openForAll(options: BrowserContextOptions = {}): Promise<WatchedPage> {
    if (!browser) throw new Error('The browser starts before each test, and not before all.');
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      ...options,
    });
    return watch(await context.newPage());
  }
  return {
    openForAll,
    async open(options) {
      const page = await openForAll(options);
      onTestFinished(() => page.context().close());
      return page;
    },
  };
}

/** Where each wait ends that is in vain. Much: machines that test are busy with other tests. */
const patience = 15_000;

function watch(page: Page): WatchedPage {
  page.setDefaultTimeout(patience);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') {
      complaints.push(message.text());
    }
  });
  return Object.assign(page, { complaints });
}
