import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useBrowser, type WatchedPage } from '../helpers/browser.js';
import { eventOf } from '../helpers/inspected.js';
import { openInspector, startInspector } from '../helpers/inspector.js';
import { bodyOf, recordCalls } from '../helpers/store.js';

const { open } = useBrowser();

let store: string;
let inspector: Awaited<ReturnType<typeof openInspector>>;
let batch: string;

beforeAll(async () => {
  store = mkdtempSync(join(tmpdir(), 'netcore-hook-test-'));
  const { files, captures } = await recordCalls(
    [
      { body: Buffer.from('ping'), status: 500 },
      { body: bodyOf([eventOf('whatsapp', 'failed')]) },
      {
        body: bodyOf([eventOf('email', 'open'), eventOf('sms', 'click'), eventOf('apn', 'click')]),
      },
    ],
    store,
  );
  batch = captures[2]!.id;
  inspector = await openInspector(files);
});
afterAll(async () => {
  await inspector.close();
  rmSync(store, { recursive: true, force: true });
});

async function show(page: WatchedPage, address = ''): Promise<void> {
  await page.goto(`${inspector.url}${address}`);
  await page.locator('.list-rows').getByRole('row').first().waitFor({ state: 'attached' });
  if (address !== '') await openedCall(page).waitFor();
}

/** The opened call once it is read; before that, the article has no identifier and takes no keys. */
const openedCall = (page: WatchedPage) => page.getByRole('article', { name: /^Call \S/ });

/** What axe finds, a line for each element. */
async function findings(page: WatchedPage, rules?: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(axe.source);
  return page.evaluate<
    string[]
  >(`axe.run(document, { resultTypes: ['violations']${rules ? `, runOnly: ${JSON.stringify(rules)}` : ''} }).then(({ violations }) =>
    violations.flatMap(({ id, impact, nodes }) =>
      nodes.map(({ target, failureSummary }) => [impact, id, target.join(' '), failureSummary].join(' | '))))`);
}

const focused = `(() => {
  const at = document.activeElement;
  const text = at.getAttribute('aria-label') ?? at.textContent;
  return (at.getAttribute('role') ?? at.localName) + ' ' + text.trim().slice(0, 40);
})()`;
const focusOf = (page: WatchedPage) => page.evaluate<string>(focused);

const looks: Readonly<
  Record<string, { readonly look: Parameters<typeof open>[0]; readonly rules?: readonly string[] }>
> = {
  light: { look: { colorScheme: 'light' } },
  // The same document in other colours.
  dark: { look: { colorScheme: 'dark' }, rules: ['color-contrast', 'link-in-text-block'] },
  narrow: { look: { colorScheme: 'light', viewport: { width: 380, height: 780 } } },
};

describe.each(Object.entries(looks))('axe finds nothing, %s:', (_, { look, rules }) => {
  test('in the list, the opened call and each of its tabs', async () => {
    const page = await open(look);
    await show(page);
    expect(await findings(page, rules)).toEqual([]);
    await show(page, `/?call=${batch}`);
    for (const tab of ['1', '2', '3', '4', '5']) {
      await page.keyboard.press(tab);
      expect([tab, ...(await findings(page, rules))]).toEqual([tab]);
    }
  });

  test('in the dialogs, before and after they did their work', async () => {
    const page = await open(look);
    await show(page, `/?call=${batch}`);
    const dialog = page.getByRole('dialog');
    for (const key of ['?', 's', 'd', 'r']) {
      await page.keyboard.press(key);
      await dialog.waitFor();
      expect([key, ...(await findings(page, rules))]).toEqual([key]);
      if (key === 'd') {
        await dialog.getByRole('textbox').fill('data={"shop":[{"channel":"email"}]}');
        await page.keyboard.press('Control+Enter');
        await dialog.getByRole('tab', { name: 'JSON' }).waitFor();
        expect([key, ...(await findings(page, rules))]).toEqual([key]);
      }
      if (key === 'r') {
        await dialog.getByRole('combobox', { name: 'To' }).fill('https://hooks.example.com/');
        await page.keyboard.press('Enter');
        await dialog.getByText('This leaves your machine.').waitFor();
        expect([key, ...(await findings(page, rules))]).toEqual([key]);
      }
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    }
  });

  test('where there is nothing yet, or nothing that matches', async () => {
    const page = await open(look);
    await page.goto(`${inspector.url}/?channel=rcs`);
    await page.getByRole('heading', { name: 'No call matches' }).waitFor();
    expect(await findings(page, rules)).toEqual([]);
    const { files } = await recordCalls([]);
    const empty = await startInspector(files);
    await page.goto(empty.url);
    await page.getByRole('heading', { name: 'No calls yet' }).waitFor();
    expect(await findings(page, rules)).toEqual([]);
  });
});

describe('without a mouse', () => {
  test('Tab goes through everything in the order in which it is seen, and shows where it is', async () => {
    const page = await open();
    await show(page, `/?call=${batch}`);
    const stops: { name: string; x: number; y: number; seen: boolean }[] = [];
    for (;;) {
      await page.keyboard.press('Tab');
      const stop = await page.evaluate<(typeof stops)[number] | null>(`(() => {
        const at = document.activeElement;
        if (at === document.body) return null;
        const { x, y, width, height } = at.getBoundingClientRect();
        const face = at.matches('input[type=radio]') ? at.parentElement : at;
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(face);
        // The list shows which of its rows the keys act upon.
        const seen = width > 0 && height > 0 &&
          (at.matches('.list[aria-activedescendant]') ||
          (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none');
        return { name: ${focused}, x, y, seen };
      })()`);
      if (!stop || stops.length > 80) break;
      stops.push(stop);
    }
    const names = stops.map(({ name }) => name);
    expect(stops.filter(({ seen }) => !seen)).toEqual([]);
    const order = [
      'Send a sample',
      'Keys',
      'Search',
      'grid',
      'Close the call',
      'Replay',
      'tab ',
      'listbox',
    ];
    const places = order.map((word) => names.findIndex((name) => name.includes(word)));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(stops.length).toBeLessThan(60);
  });

  test('a call is found, opened, replayed and closed, and the focus is where it was', async () => {
    const page = await open();
    await show(page);
    for (const key of ['j', 'j', 'Enter']) await page.keyboard.press(key);
    await openedCall(page).waitFor();
    await page.keyboard.press('r');
    await page.getByRole('dialog', { name: 'Replay' }).waitFor();
    expect(await focusOf(page)).toMatch(/^input/);
    // The browser's own buttons are after the dialog; back in the page the focus stays inside of it.
    for (let press = 0; press < 12; press += 1) {
      await page.keyboard.press('Tab');
      expect(
        await page.evaluate<boolean>(
          'document.activeElement === document.body || document.activeElement.closest("dialog") !== null',
        ),
      ).toBe(true);
    }
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focusOf(page)).toMatch(/^treegrid/);
    await page.keyboard.press('Escape');
    await page.getByRole('article').waitFor({ state: 'detached' });
    expect(await focusOf(page)).toMatch(/^treegrid/);
  });

  test.each([
    ['Send a sample', 'Send a sample'],
    ['Decode a paste', 'Decode a paste'],
    ['Keys', 'Keys'],
  ])('the focus goes back to %s when its dialog ends', async (name, title) => {
    const page = await open();
    await show(page);
    await page.getByRole('button', { name, exact: true }).first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: title }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focusOf(page)).toBe(`button ${name}`);
  });

  test('the tabs of a call are gone through with the arrows', async () => {
    const page = await open();
    await show(page, `/?call=${batch}`);
    await page.getByRole('tab', { selected: true }).focus();
    for (const name of ['JSON', 'Body', 'Headers', 'Attempts', 'Events']) {
      await page.keyboard.press('ArrowRight');
      await page.getByRole('tab', { name, selected: true }).waitFor();
      expect(await focusOf(page)).toContain(name);
    }
  });
});

test('nothing moves for readers who want no motion', async () => {
  const page = await open({ reducedMotion: 'reduce' });
  await show(page, `/?call=${batch}`);
  await page.keyboard.press('s');
  await page.getByRole('dialog').waitFor();
  const moving = `document.getAnimations().filter((animation) =>
    animation.effect.getComputedTiming().activeDuration > 20).length`;
  expect(await page.evaluate<number>(moving)).toBe(0);
});

/** What would be cut off at the sides of the page. */
const sideways = `[...document.querySelectorAll('button, input, select, a, [role=tab]')]
  .filter((element) => {
    const { left, right, width } = element.getBoundingClientRect();
    const scrolls = element.closest('.choices, .list-rows, .tabs');
    return width > 0 && !scrolls && (left < -1 || right > innerWidth + 1);
  })
  .map((element) => element.getAttribute('aria-label') ?? element.textContent)
  .concat(document.documentElement.scrollWidth > innerWidth + 1 ? ['the page itself'] : [])`;

test.each<[string, { width: number; height: number }]>([
  ['twice as large', { width: 640, height: 400 }],
  ['on a narrow screen', { width: 380, height: 780 }],
])('no control is lost when the page is seen %s', async (_, viewport) => {
  const page = await open({ viewport });
  await show(page);
  expect(await page.evaluate<string[]>(sideways)).toEqual([]);
  await show(page, `/?call=${batch}`);
  for (const tab of ['2', '3', '4', '5', '1']) {
    await page.keyboard.press(tab);
    expect([tab, ...(await page.evaluate<string[]>(sideways))]).toEqual([tab]);
  }
  const value = page.locator('.fields .field-value').first();
  expect((await value.boundingBox())!.width).toBeGreaterThan(150);
  for (const key of ['s', 'd', '?', 'r']) {
    await page.keyboard.press(key);
    await page.getByRole('dialog').waitFor();
    expect([key, ...(await page.evaluate<string[]>(sideways))]).toEqual([key]);
    const box = (await page.getByRole('dialog').boundingBox())!;
    expect(box.y + box.height).toBeLessThanOrEqual(viewport.height);
    await page.keyboard.press('Escape');
  }
});

test('on a narrow screen the opened call covers the list, and back leads to it', async () => {
  const page = await open({ viewport: { width: 380, height: 780 } });
  await show(page);
  const rows = page.locator('.list-rows').getByRole('row');
  await rows.first().click();
  const detail = page.getByRole('article');
  await openedCall(page).waitFor();
  expect((await detail.boundingBox())!.width).toBeGreaterThan(370);
  await page.goBack();
  await detail.waitFor({ state: 'detached' });
  await rows.first().click();
  await page.getByRole('button', { name: 'Close the call' }).click();
  await detail.waitFor({ state: 'detached' });
  expect(await rows.first().isVisible()).toBe(true);
});

test('the article stays the same element while its call is read', async () => {
  const page = await open();
  await show(page);
  let read = () => {};
  const held = new Promise<void>((resolve) => {
    read = resolve;
  });
  await page.route('**/api/captures/*', async (route) => {
    await held;
    await route.continue();
  });
  await page.locator('.list-rows').getByRole('row').first().click();
  const article = page.locator('article[aria-busy=true]');
  await article.waitFor();
  await article.evaluate((element) => element.setAttribute('data-first', ''));
  read();
  await openedCall(page).waitFor();
  expect(await page.locator('article[data-first]').count()).toBe(1);
});
