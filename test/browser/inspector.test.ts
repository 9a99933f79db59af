import { expect, test } from 'vitest';
import { useBrowser } from '../helpers/browser.js';

const open = useBrowser();

test('works', async () => {
  const page = await open();
  await page.goto('about:blank');
  expect(await page.evaluate(() => document.title)).toBe('');
});
