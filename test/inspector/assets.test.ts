import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { loadAssets } from '../../src/inspector/assets.js';
import { createInspector } from '../../src/inspector/inspector.js';
import { call } from '../helpers/http.js';

test('the page with all that it loads is less than 120 kB, compressed', () => {
  const assets = [...loadAssets('f00d')];
  expect(assets.map(([path]) => path).sort()).toEqual(['/', '/icon.svg', '/page.css', '/page.js']);
  const bytes = assets.map(([, { body }]) => gzipSync(body).byteLength);
  expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(120_000);
});

test('the store is opened while a browser reads the page, and not before somebody looks', async () => {
  let opened = () => {};
  const opening = new Promise<'opened'>((resolve) => {
    opened = () => resolve('opened');
  });
  let times = 0;
  const inspector = createInspector({
    token: 'f00d',
    openSource: () => {
      times += 1;
      opened();
      return Promise.reject(new Error('There is no store.'));
    },
  });
  onTestFinished(() => inspector.close());
  const url = `http://127.0.0.1:${await inspector.listen(0)}`;
  await call(`${url}/page.css`, { method: 'GET' });
  expect(times).toBe(0);
  expect((await call(`${url}/page.js`, { method: 'GET' })).status).toBe(200);
  expect(await opening).toBe('opened');
});
