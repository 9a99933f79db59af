import { describe, expect, test } from 'vitest';
import { useBrowser, type WatchedPage } from '../helpers/browser.js';
import { call, formHeaders } from '../helpers/http.js';
import { eventOf, type Inspected, startInspected } from '../helpers/inspected.js';
import { recordCalls } from '../helpers/store.js';

const { open } = useBrowser();

/** A listener with a day's calls of a shop, and its page. */
async function openShop(address = ''): Promise<{ shop: Inspected; page: WatchedPage }> {
  const shop = await startInspected();
  await shop.post([eventOf('email', 'open', { email: 'asha@example.com' })], 'shop');
  await shop.post([eventOf('sms', 'delivered'), eventOf('rcs', 'click')], 'outlet');
  await shop.post([eventOf('email', 'bounce', { email: 'ravi@example.com' })], 'shop');
  const page = await open();
  await show(page, `${shop.page}${address}`);
  return { shop, page };
}

/** Goes there, and waits until the page is drawn: before that it hears no keys. */
async function show(page: WatchedPage, url: string): Promise<void> {
  await page.goto(url);
  await page.getByRole('banner').waitFor();
}

/** The rows of the list as texts, without its heads. */
async function rowsOf(page: WatchedPage): Promise<string[]> {
  const texts = await page.locator('.list-rows [role=row]').allInnerTexts();
  return texts.map((text) => text.replace(/\s+/g, ' '));
}

const row = (page: WatchedPage, text: string | RegExp) =>
  page.locator('.list-rows').getByRole('row').filter({ hasText: text });

/** How far things have moved since the page was opened, as browsers score it. */
const layoutShift = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    resolve(list.getEntries().reduce((sum, { value }) => sum + value, 0));
  }).observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => resolve(0), 200);
})`;

describe('the list', () => {
  test('shows each call, newest first, and its events as rows of their own', async () => {
    const { page } = await openShop();
    await row(page, 'bounce').waitFor();
    expect(await rowsOf(page)).toEqual([
      expect.stringMatching(/POST \/ shop 1 event .* 200/),
      expect.stringMatching(/email bounce/),
      expect.stringMatching(/POST \/ outlet 2 events .* 200/),
      expect.stringMatching(/sms delivered/),
      expect.stringMatching(/rcs click/),
      expect.stringMatching(/POST \/ shop 1 event .* 200/),
      expect.stringMatching(/email open/),
    ]);
    expect(page.complaints).toEqual([]);
  });

  test('shows a call as soon as it comes, and says why one has no events', async () => {
    const { shop, page } = await openShop();
    await row(page, 'bounce').waitFor();
    await shop.post([eventOf('whatsapp', 'failed')]);
    await row(page, 'whatsapp').waitFor();
    await call(shop.url, { headers: formHeaders, body: 'data=%7Bbroken' });
    await row(page, 'not JSON').waitFor();
    expect((await rowsOf(page))[0]).toContain('not JSON');
  });

  test('pauses, counts what comes meanwhile, and goes on', async () => {
    const { shop, page } = await openShop();
    await row(page, 'bounce').waitFor();
    await page.keyboard.press('f');
    await page.getByRole('button', { name: /Paused/ }).waitFor();
    await shop.post([eventOf('apn', 'click')]);
    await page.getByRole('button', { name: '1 new call' }).waitFor();
    expect(await row(page, 'apn').count()).toBe(0);
    await page.getByRole('button', { name: '1 new call' }).click();
    await row(page, 'apn').waitFor();
  });

  test('shows ten of a large batch, and opens the rest', async () => {
    const { shop, page } = await openShop();
    await shop.post(Array.from({ length: 250 }, () => eventOf('bpn', 'click')));
    await row(page, '+240 more').click();
    await page.getByRole('tab', { name: /Events\s*250/ }).waitFor();
  });

  test('keeps few rows of thousands of calls, and scrolls to the oldest', async () => {
    const store = await recordCalls(
      Array.from({ length: 3_000 }, (_, index) => ({ target: `/call-${index}` })),
    );
    const shop = await startInspected([], { store: store.files.folder });
    const page = await open();
    await show(page, shop.page);
    await row(page, '/call-2999').waitFor();
    const list = page.locator('#calls');
    // What is below is fetched as the reader comes near it.
    await expect
      .poll(
        async () => {
          await list.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
          return row(page, '/call-0').count();
        },
        { timeout: 15_000, interval: 20 },
      )
      .toBe(1);
    expect(await page.locator('[role=row]').count()).toBeLessThan(200);
  });

  test('stays where it is read when calls come', async () => {
    const store = await recordCalls(
      Array.from({ length: 300 }, (_, index) => ({ target: `/call-${index}` })),
    );
    const shop = await startInspected([], { store: store.files.folder });
    const page = await open();
    await show(page, shop.page);
    await row(page, '/call-299').waitFor();
    await page.locator('#calls').evaluate((element) => element.scrollTo({ top: 3000 }));
    const read = row(page, '/call-245');
    await read.waitFor();
    const before = await read.boundingBox();
    await shop.post([eventOf('sms', 'click')]);
    await page.getByRole('button', { name: '1 new call' }).waitFor();
    expect(await read.boundingBox()).toEqual(before);
  });

  test('tells that the listener has gone', async () => {
    const { shop, page } = await openShop();
    await row(page, 'bounce').waitFor();
    await shop.stop();
    await page.getByRole('button', { name: /Not connected/ }).waitFor();
    expect(await row(page, 'bounce').count()).toBe(1);
  });

  test('does not jump while it is filled', async () => {
    const { page } = await openShop();
    await row(page, 'bounce').waitFor();
    const shift = await page.evaluate<number>(layoutShift);
    expect(shift).toBeLessThan(0.05);
  });
});

describe('a filter', () => {
  test.each([
    ['Panel', 'outlet', 'panel=outlet', ['sms', 'rcs']],
    ['Channel', 'email', 'channel=email', ['bounce', 'open']],
    ['Activity', 'bounce', 'event=bounce', ['bounce']],
  ])('by %s is in the address, and can be taken back', async (name, value, query, shown) => {
    const { page } = await openShop();
    await row(page, 'bounce').waitFor();
    await page.getByLabel(name, { exact: true }).selectOption(value);
    await expect.poll(() => page.url()).toContain(query);
    const events = async () => (await rowsOf(page)).filter((text) => !text.includes('POST'));
    await expect.poll(events).toEqual(shown.map((word) => expect.stringContaining(word)));
    await page.goBack();
    await expect.poll(async () => (await events()).length).toBe(4);
  });

  test('by text looks into payloads, and says when nothing matches', async () => {
    const { page } = await openShop();
    await page.keyboard.press('/');
    await page.keyboard.type('RAVI@example.com');
    await expect.poll(async () => (await rowsOf(page)).length).toBe(2);
    await page.keyboard.type('nobody');
    await page.getByRole('heading', { name: 'No call matches these filters' }).waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await row(page, 'rcs').waitFor();
  });

  test('by contact is a click on it', async () => {
    const { page } = await openShop();
    await row(page, 'bounce')
      .getByRole('button', { name: /asha|ravi/ })
      .first()
      .click();
    await expect.poll(() => page.url()).toContain('who=');
  });

  test('of an address that was shared is there at once', async () => {
    const { page } = await openShop('/?channel=rcs');
    await row(page, 'rcs').waitFor();
    expect(await row(page, 'bounce').count()).toBe(0);
  });

  test('by time is a drag over the last hour', async () => {
    const { page } = await openShop();
    await row(page, 'bounce').waitFor();
    const picture = page.getByRole('region', { name: 'The last hour' }).getByRole('img');
    await picture.locator('.bar').first().waitFor({ state: 'attached' });
    const box = (await picture.boundingBox())!;
    await page.mouse.move(box.x + 10, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + 10, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => page.url()).toMatch(/since=.*until=/);
    await page.getByRole('heading', { name: 'No call matches these filters' }).waitFor();
  });
});

describe('the keys', () => {
  test('move, open and close without a mouse', async () => {
    const { page } = await openShop();
    await row(page, 'bounce').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('J');
    await page.keyboard.press('Enter');
    const detail = page.getByRole('article', { name: /Call/ });
    await detail.waitFor();
    expect(page.url()).toContain('call=');
    await page.keyboard.press('Escape');
    await detail.waitFor({ state: 'detached' });
    expect(page.url()).not.toContain('call=');
  });

  test('are listed by ?', async () => {
    const { page } = await openShop();
    await row(page, 'bounce').waitFor();
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keys' });
    await help.getByText('Send a sample').waitFor();
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'detached' });
  });

  test('change the theme, which is remembered', async () => {
    const { page } = await openShop();
    await row(page, 'bounce').waitFor();
    const ink = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const light = await ink();
    await page.keyboard.press('t');
    await page.keyboard.press('t');
    await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
    expect(await ink()).not.toBe(light);
    await page.reload();
    await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
  });
});

describe('without calls', () => {
  test('the page shows how to send the first, and shows it', async () => {
    const shop = await startInspected();
    const page = await open();
    await show(page, shop.page);
    await page.getByRole('heading', { name: 'Waiting for the first call' }).waitFor();
    await page.getByText('netcore-hook send -c email', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Send a sample' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: /^Send/ }).click();
    await dialog.getByText('200').waitFor();
    await page.keyboard.press('Escape');
    await row(page, 'email').first().waitFor();
  });

  test('a listener that asks for credentials gets those of its own samples', async () => {
    const shop = await startInspected(['--auth', 'netcore:secret']);
    const page = await open();
    await show(page, shop.page);
    await page.keyboard.press('s');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: /^Send/ }).click();
    await dialog.getByText('200').waitFor();
    expect(await page.content()).not.toContain('secret');
  });
});
