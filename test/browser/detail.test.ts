import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { formEncoded } from '../../src/payload/form-codec.js';
import { useBrowser, type WatchedPage } from '../helpers/browser.js';
import { basic, formHeaders } from '../helpers/http.js';
import { eventOf, startInspected } from '../helpers/inspected.js';
import { openInspector } from '../helpers/inspector.js';
import { needPrograms } from '../helpers/programs.js';
import { run } from '../helpers/run.js';
import { nobodyThere, serve } from '../helpers/servers.js';
import { bodyOf, recordCalls } from '../helpers/store.js';

const { open, openForAll } = useBrowser(['--host-resolver-rules=MAP hooks.example.com 127.0.0.1']);

/** A payload whose text says more than its values: numbers, order and keys as nobody would write them. */
const written = `{"netcore_hook_test": [{"channel": "email", "event": "click", "msgid": 9007199254740993,
  "event_params": {"email": "asha@example.com", "ts": 221202154805, "timestamp": "2022-12-02T15:48:05",
    "price": 9990.90, "shoe_size": "41", "price": 1e2, "first name": "Asha", "note": "it's \\"half\\" price"},
  "loyalty": {"tier": "gold", "points": [10, 20]}}]}`;

const batch = [
  eventOf('email', 'open', { email: 'asha@example.com' }),
  eventOf('sms', 'delivered'),
  eventOf('email', 'bounce', { email: 'ravi@example.com' }),
  eventOf('rcs', 'click'),
];

const calls = {
  written: { body: Buffer.from(`data=${formEncoded(written)}`) },
  batch: { body: bodyOf(batch) },
  bytes: {
    body: Uint8Array.from({ length: 512 }, (_, place) => place % 256),
    headers: [
      ['Host', 'shop.example.com'],
      ['X-Trace', 'one'],
      ['Authorization', 'Basic <right>'],
      ['Content-Type', 'application/octet-stream'],
      ['x-trace', 'two'],
      ['Cookie', '<removed>'],
    ] as const,
  },
  empty: { body: new Uint8Array(), method: 'GET' },
};
type CallName = keyof typeof calls;

let store: string;
let inspector: Awaited<ReturnType<typeof openInspector>>;
/** For tests that leave nothing behind but the tab. */
let page: WatchedPage;
const ids = {} as Record<CallName, string>;

beforeAll(async () => {
  store = mkdtempSync(join(tmpdir(), 'netcore-hook-test-'));
  const { files, captures } = await recordCalls(Object.values(calls), store);
  for (const [place, name] of Object.keys(calls).entries()) {
    ids[name as CallName] = captures[place]!.id;
  }
  inspector = await openInspector(files);
});
beforeEach(async () => {
  page ??= await openForAll({ permissions: ['clipboard-read', 'clipboard-write'] });
});
afterAll(async () => {
  await inspector.close();
  rmSync(store, { recursive: true, force: true });
});

/** Opens a call by its address, and one of its tabs. */
async function show(call: CallName, tab?: string, on = page): Promise<void> {
  await on.goto(`${inspector.url}/?call=${ids[call]}`);
  await on.getByRole('article', { name: `Call ${ids[call]}` }).waitFor();
  if (tab) await on.getByRole('tab', { name: new RegExp(`^${tab}`) }).click();
}

/** What the page has put on the clipboard, once it says so. */
async function copied(said: string): Promise<string> {
  await page.getByRole('status').getByText(said).first().waitFor();
  return page.evaluate<string>('navigator.clipboard.readText()');
}

/** The events of the opened call, in their list. */
const option = () => page.getByRole('listbox', { name: 'Events' }).getByRole('option');

/** A row of the tables of fields, as one text. */
const field = (name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });

describe('the events of a call', () => {
  test('are tables of what they hold, with what Netcore says of each field', async () => {
    await show('written', 'Events');
    await page.getByRole('table', { name: 'Fields of event_params' }).waitFor();
    expect(await field('email').innerText()).toMatch(/asha@example\.com[\s\S]*e-mail address/);
    expect(await field('shoe_size').innerText()).toMatch(/41[\s\S]*undocumented/);
    expect(await field('ts').innerText()).toContain('Reads 2022-12-02 15:48:05.');
    expect(await field('tier').innerText()).toMatch(/gold/);
    const loyalty = page.locator('.group-head').filter({ hasText: 'loyalty' });
    expect(await loyalty.innerText()).toContain('undocumented');
  });

  test('show numbers as they were written, and keys as often', async () => {
    await show('written', 'Events');
    expect(await field('msgid').innerText()).toContain('9007199254740993');
    expect(await field('msgid').innerText()).toContain('JSON.parse would round it');
    expect(await field('price').count()).toBe(2);
    expect(await field('price').first().innerText()).toMatch(/9990\.90[\s\S]*is repeated/);
    expect(await field('price').last().innerText()).toContain('1e2');
  });

  test('are gone through one by one, and searched', async () => {
    await show('batch', 'Events');
    const opened = page.getByRole('region', { name: /^Event \d/ });
    await opened.getByText('1 of 4').waitFor();
    expect(await page.getByRole('button', { name: 'Previous event' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Next event' }).click();
    await opened.getByRole('heading', { name: /sms/ }).waitFor();
    await page.keyboard.press(']');
    await opened.getByText('ravi@example.com').first().waitFor();
    await page.getByRole('searchbox', { name: 'Search the events' }).fill('RCS');
    await expect.poll(() => option().count()).toBe(1);
    await opened.getByText('4 of 4').waitFor();
    await page.getByRole('searchbox', { name: 'Search the events' }).fill('nobody');
    await page.getByText('No event of this call matches.').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => option().count()).toBe(4);
    await option().nth(1).click();
    await opened.getByText('2 of 4').waitFor();
  });

  test('are compared with one that was chosen, also of another call', async () => {
    await show('batch', 'Events');
    await page.getByRole('button', { name: 'Compare others with this event' }).click();
    await option().nth(2).click();
    const opened = page.getByRole('region', { name: /^Event \d/ });
    await opened.getByText(/\d fields not as in email open asha@example\.com/).waitFor();
    expect(await field('event').innerText()).toMatch(/bounce\s+there open/);
    expect(await field('channel').innerText()).not.toContain('there');
    await page.keyboard.press('Escape');
    await page.locator('.list-rows').getByRole('row').filter({ hasText: 'click' }).last().click();
    await page.getByRole('tab', { name: 'Events' }).waitFor();
    await page.getByRole('table', { name: 'Fields that this event lacks' }).waitFor();
    await page.getByRole('button', { name: 'Stop comparing' }).click();
    await expect.poll(() => page.getByText('there open').count()).toBe(0);
  });

  test('that are none say why, and where to look instead', async () => {
    await show('bytes', 'Events');
    await page.getByRole('button', { name: 'Look at its body' }).click();
    await page.getByRole('region', { name: 'Body' }).getByText('512 bytes').waitFor();
    await show('empty', 'Events');
    await page.getByRole('button', { name: 'Look at its headers' }).click();
    await page.getByRole('region', { name: 'Headers' }).waitFor();
  });

  test('give each value to the clipboard', async () => {
    await show('written', 'Events');
    await field('note').hover();
    await field('note').getByRole('button', { name: 'Copy note' }).click();
    expect(await copied('The value is copied.')).toBe(`it's "half" price`);
  });
});

describe('the JSON of a call', () => {
  const tree = () => page.getByRole('tree', { name: 'The payload' });
  const item = (text: string) => tree().getByRole('treeitem').filter({ hasText: text });

  test('is a tree that closes and opens, with the mouse', async () => {
    await show('written', 'JSON');
    await item('points').locator('.fold').click();
    await expect.poll(() => item('points').getAttribute('aria-expanded')).toBe('false');
    expect(await item('points').innerText()).toContain('[10, 20]');
    await page.getByRole('button', { name: 'Close all' }).click();
    await expect.poll(() => tree().getByRole('treeitem').count()).toBe(2);
    await page.getByRole('button', { name: 'Open all' }).click();
    await item('gold').waitFor();
  });

  test('is gone through with the keys', async () => {
    await show('written', 'JSON');
    await tree().focus();
    for (const key of ['Home', 'ArrowDown', 'ArrowLeft']) await page.keyboard.press(key);
    await expect.poll(() => tree().getByRole('treeitem').count()).toBe(2);
    for (const key of ['ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
    const active = tree().locator('[aria-selected=true]');
    await expect.poll(() => active.getAttribute('aria-level')).toBe('3');
    await page.keyboard.press('End');
    await expect.poll(() => active.innerText()).toContain('20');
    expect(await tree().getAttribute('aria-activedescendant')).toBe(
      await active.getAttribute('id'),
    );
  });

  test('shows what was written, not what JavaScript makes of it', async () => {
    await show('written', 'JSON');
    await item('9007199254740993').waitFor();
    await item('9990.90').waitFor();
    await item('1e2').waitFor();
    const keys = await tree().locator('.json-key').allInnerTexts();
    expect(keys.filter((key) => key.includes('price'))).toHaveLength(2);
    expect(keys.indexOf('price')).toBeLessThan(keys.indexOf('shoe_size'));
  });

  test('is searched, keys and values, also where it is closed', async () => {
    await show('written', 'JSON');
    await page.getByRole('button', { name: 'Close all' }).click();
    const search = page.getByRole('searchbox', { name: 'Search this JSON' });
    await search.fill('gold');
    await page.getByText('1 of 1', { exact: true }).waitFor();
    await expect.poll(() => tree().locator('[aria-selected=true]').innerText()).toContain('gold');
    await search.fill('PRICE');
    await page.getByText('1 of 3', { exact: true }).waitFor();
    await search.press('Enter');
    await page.getByText('2 of 3', { exact: true }).waitFor();
    await search.fill('nowhere');
    await page.getByText('not found').waitFor();
  });

  test.each([
    ['value', 'The value is copied.', 'note', `it's "half" price`],
    ['value', 'The value is copied.', '9990.90', '9990.90'],
    ['value', 'The value is copied.', 'points', '[10, 20]'],
    [
      'path',
      'The JSON path is copied.',
      'first name',
      "$.netcore_hook_test[0].event_params['first name']",
    ],
    ['as --set', 'The --set option is copied.', 'tier', '--set loyalty.tier=gold'],
    ['as --set', 'The --set option is copied.', '9990.90', '--set event_params.price=9990.90'],
  ])('gives its %s to the clipboard: %s', async (what, said, row, expected) => {
    await show('written', 'JSON');
    await item(row).click();
    await page.getByRole('button', { name: `Copy ${what}`, exact: true }).click();
    expect(await copied(said)).toBe(expected);
  });
});

describe('a call', () => {
  test('is downloaded byte for byte', async () => {
    await show('bytes', 'Body');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('region', { name: 'Body' }).getByRole('link', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`${ids.bytes}.bin`);
    expect(readFileSync(await download.path())).toEqual(Buffer.from(calls.bytes.body));
  });

  test('has its headers in their order, with what was taken out', async () => {
    await show('bytes', 'Headers');
    const headers = page.getByRole('table', { name: 'Headers, in the order' });
    expect(await headers.getByRole('rowheader').allInnerTexts()).toEqual(
      calls.bytes.headers.map(([name]) => name),
    );
    expect(await field('Cookie').innerText()).toMatch(/<removed>[\s\S]*may be a secret/);
    expect(await field('Authorization').innerText()).toMatch(/Basic <right>[\s\S]*not stored/);
    expect(await field('X-Trace').innerText()).toContain('is repeated');
  });

  test('is copied as a curl command that sends the same bytes', async () => {
    const [bash] = needPrograms('bash', 'curl');
    const seen: string[] = [];
    const shop = await serve(async (request, response) => {
      seen.push(await textOf(request));
      response.end('OK');
    });
    await show('written');
    await page.getByRole('button', { name: 'Copy as a curl command' }).click();
    const command = await copied('The call is copied as a curl command.');
    const printed = await run([
      'replay',
      ids.written,
      '--store',
      store,
      '--print',
      'curl',
      '--to',
      ':3000/hook',
    ]);
    expect(command).toBe(printed.out.trimEnd());
    await promisify(execFile)(bash, [
      '-c',
      command.replace('http://127.0.0.1:3000/hook', shop.href),
    ]);
    expect(seen).toEqual([Buffer.from(calls.written.body).toString()]);
  });

  test.each([
    ['JSON', 'JSON', /^\{\n {2}"netcore_hook_test"[\s\S]*"price": 9990\.90/],
    ['a form body', 'a form body', /^data=%7B%22netcore_hook_test/],
  ])('is copied as %s', async (form, said, expected) => {
    await show('written');
    await page.getByRole('button', { name: `Copy as ${form}` }).click();
    expect(await copied(`The call is copied as ${said}.`)).toMatch(expected);
  });

  test('gives one of its events to the clipboard', async () => {
    await show('batch', 'Events');
    await option().nth(2).click();
    const copies = page.getByRole('group', { name: 'Copy the event as' });
    await copies.getByRole('button', { name: 'Copy as JSON' }).click();
    const text = await copied('The event is copied as JSON.');
    expect(JSON.parse(text)).toEqual({ netcore_hook_test: [batch[2]] });
  });

  test('has a link that opens it again, at the same event', async () => {
    await show('batch', 'Events');
    await option().nth(2).click();
    await page.getByRole('button', { name: 'Copy a link to this call' }).click();
    const link = await copied('The link is copied.');
    expect(link).toContain(`?call=${ids.batch}`);
    await page.goto(link);
    await page.getByRole('region', { name: 'Event 3' }).waitFor();
    await page.reload();
    await page.getByRole('region', { name: 'Event 3' }).waitFor();
  });

  test('that is not there says so', async () => {
    await page.goto(`${inspector.url}/?call=zzzzzzzzzz`);
    await page.getByRole('alert').getByText('zzzzzzzzzz').waitFor();
    await page.getByRole('button', { name: 'Close the call' }).click();
    await page.getByRole('article').waitFor({ state: 'detached' });
  });

  test('keeps its tab when another is opened, and when the page is loaded anew', async () => {
    await show('written', 'Headers');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await expect.poll(() => page.url()).not.toContain(ids.written);
    await page.getByRole('tab', { name: 'Headers', selected: true }).waitFor();
    await page.reload();
    await page.getByRole('tab', { name: 'Headers', selected: true }).waitFor();
  });
});

test('the attempts of a call show how its forwarding goes, as it goes', async () => {
  let tries = 0;
  let answer = () => {};
  const handler = await serve((_, response) => {
    tries += 1;
    if (tries === 1) response.writeHead(503, { 'Retry-After': '0' }).end('the stock is locked');
    else answer = () => response.end('taken');
  });
  const shop = await startInspected(['--forward-to', handler.href]);
  const own = await open();
  await own.goto(shop.page);
  await shop.post([eventOf('email', 'open')]);
  await own.getByRole('row').filter({ hasText: 'POST /' }).click();
  await own.getByRole('tab', { name: /^Attempts/ }).click();
  await own.getByText('the stock is locked').waitFor();
  await own.getByText('Being forwarded').waitFor();
  answer();
  await own.getByText('Delivered', { exact: true }).waitFor();
  const attempts = own.getByRole('list', { name: 'Attempts, newest first' });
  await expect.poll(() => attempts.getByRole('listitem').count()).toBe(2);
  expect(await attempts.getByRole('listitem').first().innerText()).toMatch(
    /2[\s\S]*200[\s\S]*taken/,
  );
  await own.locator('.list-rows').getByText('delivered').waitFor();
});

describe('a replay', () => {
  const dialog = (on: WatchedPage) => on.getByRole('dialog', { name: 'Replay' });

  /** Opens the dialog of a call, and says where to. */
  async function replay(call: CallName, to: string, on = page): Promise<void> {
    await show(call, undefined, on);
    await on.getByRole('button', { name: 'Replay', exact: true }).first().click();
    await dialog(on).getByRole('combobox', { name: 'To' }).fill(to);
  }
  const send = (on: WatchedPage) => dialog(on).getByRole('button', { name: /^Send/ }).click();

  test('sends the same bytes, shows the answer, keeps it, and knows the target the next time', async () => {
    const seen: Buffer[] = [];
    const handler = await serve(async (request, response) => {
      seen.push(await bytesOf(request));
      response.writeHead(202).end('queued as 77');
    });
    await replay('bytes', handler.href);
    await send(page);
    await dialog(page).getByText('queued as 77').waitFor();
    expect(seen).toEqual([Buffer.from(calls.bytes.body)]);
    await page.keyboard.press('Escape');
    await page.getByRole('tab', { name: 'Attempts 1' }).click();
    await page.getByRole('list', { name: 'Attempts' }).getByText('202').waitFor();
    await show('written');
    await page.keyboard.press('r');
    const to = dialog(page).getByRole('combobox', { name: 'To' });
    expect(await to.inputValue()).toBe(handler.href);
  });

  test('of one event sends that one alone', async () => {
    const seen: string[] = [];
    const handler = await serve(async (request, response) => {
      seen.push(await textOf(request));
      response.end('OK');
    });
    await show('batch', 'Events');
    await option().nth(1).click();
    await page.getByRole('button', { name: 'Replay this event' }).click();
    await dialog(page).getByRole('combobox', { name: 'To' }).fill(handler.href);
    await dialog(page).getByRole('radio', { name: 'Event 2 alone', checked: true }).waitFor();
    await send(page);
    await dialog(page).getByText('event 2 alone', { exact: true }).waitFor();
    expect(seen.map(eventsIn)).toEqual([[batch[1]]]);
    await dialog(page).getByText('The whole call').click();
    await send(page);
    await expect.poll(() => seen.length).toBe(2);
    expect(eventsIn(seen[1]!)).toEqual(batch);
  });

  test('uses credentials, and keeps them nowhere', async () => {
    const seen: unknown[] = [];
    const handler = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end('OK');
    });
    const own = await open();
    await replay('written', `${handler.protocol}//netcore:in-the-url@${handler.host}/hook`, own);
    await send(own);
    await dialog(own).getByText('200').waitFor();
    await dialog(own).getByLabel('User').fill('netcore');
    await dialog(own).getByLabel('Password').fill('in-a-field');
    await dialog(own).getByRole('combobox', { name: 'To' }).fill(handler.href);
    await send(own);
    await expect
      .poll(() => seen)
      .toEqual([basic('netcore', 'in-the-url'), basic('netcore', 'in-a-field')]);
    await dialog(own).getByText('200').waitFor();
    await own.keyboard.press('Escape');
    const kept = await own.evaluate<string>(
      'JSON.stringify([localStorage, sessionStorage, document.cookie, location.href, history.state])',
    );
    expect(kept).toContain(handler.host);
    const shown = await own.content();
    const told = await inspector.get(`/api/captures/${ids.written}`);
    for (const text of [kept, shown, told.text]) expect(text).not.toMatch(/in-the-url|in-a-field/);
  });

  test('beyond this machine asks first, and sends only after a yes', async () => {
    let seen = 0;
    const handler = await serve((_, response) => {
      seen += 1;
      response.end('OK');
    });
    const url = `http://localhost.example.com:${handler.port}/hook`;
    await replay('written', url);
    await send(page);
    await dialog(page).getByText('This leaves your machine.').waitFor();
    await dialog(page).getByRole('button', { name: 'Do not send' }).click();
    await dialog(page).getByText('This leaves your machine.').waitFor({ state: 'detached' });
    expect((await inspector.get(`/api/captures/${ids.written}`)).text).not.toContain(
      'localhost.example.com',
    );
    await send(page);
    const asked = page.waitForRequest((request) => request.url().endsWith('/replay'));
    await dialog(page).getByRole('button', { name: 'Send it there' }).click();
    expect((await asked).postDataJSON()).toEqual({ to: url, beyondLoopback: true });
    await dialog(page).getByText('no answer').waitFor();
    expect(seen).toBe(0);
  });

  test('without an answer says why', async () => {
    await replay('written', (await nobodyThere()).href);
    await send(page);
    await dialog(page).getByText('no answer').waitFor();
    await dialog(page).getByText('Nothing is listening').waitFor();
  });

  test('to no URL says what one looks like', async () => {
    await replay('written', 'ftp://127.0.0.1/');
    await send(page);
    await dialog(page).getByRole('alert').waitFor();
    expect(await dialog(page).getByRole('alert').innerText()).toMatch(/http/);
  });
});

test('a sample is chosen and sent where it is wanted', async () => {
  const seen: string[] = [];
  const shop = await serve(async (request, response) => {
    seen.push(await textOf(request));
    response.end('OK');
  });
  await show('written');
  await page.getByRole('button', { name: 'Send a sample' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send a sample' });
  await dialog.getByText('whatsapp', { exact: true }).click();
  await dialog.getByText('failed', { exact: true }).click();
  await dialog.getByRole('textbox', { name: 'To' }).fill(shop.href);
  await dialog.getByRole('button', { name: /^Send/ }).click();
  await dialog.getByText('200').waitFor();
  expect(seen.map(eventsIn)).toEqual([[expect.objectContaining({ channel: 'whatsapp' })]]);
});

test('a sample is sent at once, also before the list of samples has arrived', async () => {
  const seen: string[] = [];
  const shop = await serve(async (request, response) => {
    seen.push(await textOf(request));
    response.end('OK');
  });
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/api/samples', async (route) => {
    await held;
    await route.continue();
  });
  onTestFinished(() => page.unroute('**/api/samples'));
  await show('written');
  await page.getByRole('button', { name: 'Send a sample' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send a sample' });
  await dialog.getByRole('textbox', { name: 'To' }).fill(shop.href);
  await dialog.getByRole('button', { name: /^Send/ }).click();
  await dialog.getByText('200').waitFor();
  expect(seen).toHaveLength(1);
  release();
});

describe('a paste', () => {
  const dialog = () => page.getByRole('dialog', { name: 'Decode a paste' });

  async function paste(text: string): Promise<void> {
    await show('written');
    await page.getByRole('button', { name: 'Decode a paste' }).click();
    await dialog().getByRole('textbox').fill(text);
    await page.keyboard.press('Control+Enter');
  }

  test('is decoded, with all that was peeled off', async () => {
    const body = Buffer.from(`data=${formEncoded(written)}`).toString('base64');
    await paste(`2026-11-23 12:00:01 webhook body=${JSON.stringify(body)}`);
    const layers = dialog().getByRole('list', { name: 'Removed encodings' });
    await layers.getByText('base64', { exact: false }).first().waitFor();
    await dialog().getByRole('tab', { name: 'JSON' }).click();
    await dialog().getByRole('treeitem').filter({ hasText: '9007199254740993' }).waitFor();
    await dialog().getByRole('button', { name: 'Copy payload' }).click();
    expect(await copied('The payload is copied.')).toContain('9990.90');
  });

  test('without a payload says so, and what to give', async () => {
    await paste('<!doctype html><html><body>502 Bad Gateway</body></html>');
    const alert = dialog().getByRole('alert');
    await alert.getByText('This is an HTML page').waitFor();
    await alert.getByText('Pass the body of the request').waitFor();
  });

  test('that is too complex says so, and the next one is decoded', async () => {
    await paste('{"data":"data=\\"'.repeat(8000));
    const alert = dialog().getByRole('alert');
    await alert.getByText('Decoding stopped: the input').waitFor();
    await alert.getByText('Paste only the call').waitFor();
    await dialog().getByRole('textbox').fill('{"shop":[{"channel":"sms"}]}');
    await page.keyboard.press('Control+Enter');
    await dialog().getByRole('tab', { name: 'JSON' }).waitFor();
  });
});

test('nothing of all this has been complained of', () => {
  const expected = /Failed to load resource: the server responded with a status of 4/;
  expect(page.complaints.filter((text) => !expected.test(text))).toEqual([]);
});

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function textOf(request: IncomingMessage): Promise<string> {
  expect(request.headers['content-type']).toBe(formHeaders['Content-Type']);
  return (await bytesOf(request)).toString();
}

/** The events of a form body. */
function eventsIn(body: string): unknown {
  const payload: unknown = JSON.parse(new URLSearchParams(body).get('data') ?? '');
  return Object.values(payload as Record<string, unknown>)[0];
}
