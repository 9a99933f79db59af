import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { loadAssets } from '../../src/inspector/assets.js';

test('the page with all that it loads is less than 120 kB, compressed', () => {
  const assets = [...loadAssets('f00d')];
  expect(assets.map(([path]) => path).sort()).toEqual(['/', '/icon.svg', '/page.css', '/page.js']);
  const bytes = assets.map(([, { body }]) => gzipSync(body).byteLength);
  expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(120_000);
});
