import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { useBrowser } from '../helpers/browser.js';
import { type Listener, startListener } from '../helpers/listener.js';

const browser = useBrowser(['--host-resolver-rules=MAP *.example 127.0.0.1']);

/** A page of another site that posts a form, as a real call is posted, once it is loaded. */
async function otherSite(target: string): Promise<string> {
  const value = '{&quot;shop&quot;:[{&quot;channel&quot;:&quot;email&quot;}]}';
  const page = `<form method="post" action="${target}"><input name="data" value="${value}"></form>
    <script>document.forms[0].submit()</script>`;
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://evil.example:${(server.address() as AddressInfo).port}/`;
}

const postsOf = async (listener: Listener) =>
  (await listener.stop()).out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ type, method }) => type === 'capture' && method === 'POST');

/** Where the form leads to, as the browser shows it. */
async function textAfterPost(listener: Listener): Promise<string | null> {
  const page = await browser.open();
  await page.goto(await otherSite(listener.url), { waitUntil: 'commit' });
  await page.waitForURL(new URL(listener.url).href);
  return page.textContent('body');
}

test('a form that a page of another site posts is refused, and not recorded', async () => {
  const listener = await startListener(['--json']);
  expect(await textAfterPost(listener)).toBe(
    'Web pages of other sites may not call this listener.\n',
  );
  expect(await postsOf(listener)).toEqual([]);
});

test('such a form is recorded with --unprotected', async () => {
  const listener = await startListener(['--json', '--unprotected']);
  expect(await textAfterPost(listener)).toBe('OK\n');
  expect(await postsOf(listener)).toMatchObject([{ panels: ['shop'] }]);
});

test('a page whose name was pointed at the listener may not post, though the browser lets it', async () => {
  const listener = await startListener(['--json']);
  const page = await browser.open();
  await page.goto(`http://evil.example:${new URL(listener.url).port}/`);
  const status = await page.evaluate(
    "fetch('/', { method: 'POST', body: 'data=1' }).then((answer) => answer.status)",
  );
  expect(status).toBe(403);
  expect(await postsOf(listener)).toEqual([]);
});
