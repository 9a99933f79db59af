import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { formEncoded } from '../../src/payload/form-codec.js';
import { useBrowser, type WatchedPage } from '../helpers/browser.js';
import { openInspector, token } from '../helpers/inspector.js';
import { serve } from '../helpers/servers.js';
import { plainCall, recordCalls } from '../helpers/store.js';

/** A name that leads here from elsewhere, as DNS rebinding does. */
const rebound = 'rebound.example.com';
const { open, openForAll } = useBrowser([`--host-resolver-rules=MAP ${rebound} 127.0.0.1`]);

/** Each would leave a mark, had it become more than text: an element, a title, a dialog, a request. */
const markup: Readonly<Record<string, string>> = {
  script: '<script data-own>document.title="taken"</script>',
  'script that ends another': '</script><script data-own>alert(1)</script>',
  handler: '<img data-own src=x onerror="document.title=\'taken\'">',
  'attribute that ends another': '" autofocus onfocus="alert(1)" data-own="',
  'attribute with the other quote': "' onmouseover='alert(1)' data-own='",
  SVG: '<svg data-own onload=alert(1)><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
  MathML: '<math data-own><mtext><style><img src onerror=alert(1)></style></mtext></math>',
  frame: '<iframe data-own srcdoc="<script>parent.document.title=1</script>"></iframe>',
  form: '<form data-own action="http://evil.example.com"><input name=a autofocus onfocus=alert(1)></form>',
  'base and style':
    '<base data-own href="http://evil.example.com/"><style data-own>*{display:none}</style>',
  'link of a script': 'javascript:document.title="taken"//',
  'data URL': 'data:text/html,<script data-own>alert(1)</script>',
  comment: '<!--<img data-own src=x onerror=alert(1)>--!><img data-own src=y onerror=alert(1)>',
  template:
    // biome-ignore lint/suspicious/noTemplateCurlyInString: As an attacker would write it.
    '{{constructor.constructor("alert(1)")()}} ${alert(1)} #{alert(1)} <%= alert(1) %> [[x]]',
  entities:
    '&lt;script data-own&gt;alert(1)&lt;/script&gt; &#60;img data-own src=x onerror=alert(1)&#62;',
  'custom element': '<x-own data-own onclick=alert(1) contenteditable></x-own>',
  noscript: '<noscript><p title="</noscript><img data-own src=x onerror=alert(1)>">',
};

/** What they look like must not be what a reader takes them for. */
const deceits: Readonly<Record<string, readonly [text: string, shown: RegExp]>> = {
  'text that turns round': ['paid \u202e001\u202c rupees', /paid \\u202e001\\u202c rupees/],
  'isolates that stay open': ['asha\u2066\u2067@example.com', /asha\\u2066\\u2067@example\.com/],
  'marks of direction': ['\u200f\u200e\u061cright', /\\u200f\\u200e\\u061cright/],
  'characters without width': ['ad\u200bmin\ufeff\u2060', /ad\\u200bmin\\ufeff\\u2060/],
  'NUL and other controls': [
    'zero\u0000 bell\u0007 escape\u001b[31m',
    /zero\\u0000 bell\\u0007 escape\\u001b\[31m/,
  ],
  'half of a pair': ['half \ud83d of', /half \\ud83d of/],
  'ends of lines of others': ['one\u2028two\u2029three\u0085', /one\\u2028two\\u2029three\\u0085/],
  'letters that are tagged on': ['tag\u{e0041}\u{e0042}', /tag\\u/],
};

const everything = [...Object.values(markup), ...Object.values(deceits).map(([text]) => text)];

/** A payload that says it at every place: panel, keys, values, and all that lists show. */
function payloadOf(text: string): string {
  return JSON.stringify({
    [text]: [
      {
        channel: text,
        event: text,
        msgid: text,
        webhook_name: text,
        [text]: text,
        event_params: { email: text, camp_name: text, subject: text, [text]: text, ts: text },
        custom_params: { [text]: { [text]: [text, { [text]: text }] } },
      },
      { channel: 'email', event: text, event_params: { email: text, timestamp: text } },
    ],
  });
}

const names = [...Object.keys(markup), ...Object.keys(deceits)];
/** What Latin-1 has no place for does not come in a header. */
const asHeader = (text: string) => text.replaceAll(/[^\x20-\x7e]/g, '');

let store: string;
let inspector: Awaited<ReturnType<typeof openInspector>>;
let page: WatchedPage;
const ids = new Map<string, string>();
/** What happened to the page that must never happen. */
const happened: string[] = [];

beforeAll(async () => {
  store = mkdtempSync(join(tmpdir(), 'netcore-hook-test-'));
  const deep = `${'{"deep":['.repeat(4_000)}1${']}'.repeat(4_000)}`;
  const special = {
    'names of the language': `{"__proto__":[{"channel":"__proto__","event":"constructor","__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}},"event_params":{"__proto__":"own value","toString":"x","hasOwnProperty":1}}]}`,
    'a long value': JSON.stringify({
      shop: [{ channel: 'email', event_params: { email: '<b data-own>'.repeat(17_000) } }],
    }),
    'a long key': JSON.stringify({
      shop: [{ channel: 'email', event_params: { ['<i data-own>'.repeat(90_000)]: 1 } }],
    }),
    'deep nesting': `{"shop":[{"channel":"email","event_params":${deep}}]}`,
  };
  const calls = everything.map((text) => ({
    method: `<${asHeader(text).replaceAll(/[^A-Za-z]/g, '')}>`.slice(0, 40),
    target: `/${asHeader(text)}`,
    remote: '203.0.113.7',
    headers: [
      ...plainCall.headers,
      [asHeader(text), asHeader(text)],
      ['X-Shop', asHeader(text)],
    ] as const,
    body: Buffer.from(`data=${formEncoded(payloadOf(text))}`),
  }));
  const specials = Object.values(special).map((text) => ({
    body: Buffer.from(`data=${formEncoded(text)}`),
  }));
  const broken = everything.slice(0, 6).map((text) => ({ body: Buffer.from(text) }));
  const { files, captures } = await recordCalls([...broken, ...specials, ...calls], store);
  const keys = [...broken.map((_, at) => `broken ${at}`), ...Object.keys(special), ...names];
  for (const [at, key] of keys.entries()) ids.set(key, captures[at]!.id);
  inspector = await openInspector(files);
});
beforeEach(async () => {
  if (page) return;
  page = await openForAll();
  watchFor(page);
});
afterAll(async () => {
  await inspector.close();
  rmSync(store, { recursive: true, force: true });
});

function watchFor(watched: WatchedPage): void {
  watched.on('dialog', (dialog) => {
    happened.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  watched.on('request', (request) => {
    const { origin } = new URL(request.url());
    if (origin !== inspector.url) happened.push(`a request to ${request.url().slice(0, 100)}`);
  });
  watched.on('popup', () => happened.push('another window'));
}

/** Nothing of what came has become more than text, and the page still is what it was. */
async function nothingHappened(): Promise<void> {
  expect(await page.evaluate(whatIsThere)).toEqual({
    title: 'netcore-hook',
    own: 0,
    active: ['script'],
    polluted: undefined,
    stray: [],
  });
  expect(happened).toEqual([]);
  expect(page.complaints.filter((text) => !refusal.test(text))).toEqual([]);
}

/** What the browser says of a paste that could not be decoded. */
const refusal = /^Failed to load resource: .* status of 422/;

/** The attacker's elements, those that could act, and links and attributes that lead elsewhere. */
const whatIsThere = `({
  title: document.title,
  own: document.querySelectorAll('[data-own]').length,
  active: [...document.querySelectorAll(
    'script, style, base, iframe, object, embed, form:not(dialog form)',
  )].map((element) => element.localName),
  polluted: ({}).polluted,
  stray: [...document.querySelectorAll('*')].flatMap((element) =>
    [...element.attributes]
      .filter(({ name, value }) =>
        /^on/.test(name) ||
        (/^(?:href|src|action|formaction|xlink:href)$/.test(name) && !/^\\/(?!\\/)/.test(value)))
      .map(({ name, value }) => element.localName + ' ' + name + '=' + value.slice(0, 50))),
})`;

const show = async (name: string) => {
  await page.goto(`${inspector.url}/?call=${ids.get(name)}`);
  await page.getByRole('article', { name: `Call ${ids.get(name)}` }).waitFor();
};
const tab = (name: string) => page.getByRole('tab', { name: new RegExp(`^${name}`) });

describe('what came is text and nothing else', () => {
  test('in the list, its filters and its picture', async () => {
    await page.goto(inspector.url);
    await page.locator('.list-rows').getByRole('row').first().waitFor();
    for (let at = 0; at < 4; at += 1) {
      await nothingHappened();
      await page.locator('#calls').evaluate((list) => list.scrollBy({ top: 700 }));
    }
    await page.keyboard.press('/');
    await page.keyboard.type(markup.handler!);
    await expect.poll(() => page.url()).toContain('onerror');
    await nothingHappened();
    await page.reload();
    await page.getByRole('searchbox').first().waitFor();
    await nothingHappened();
  });

  test.each(names)('wherever it stands in a call: %s', async (name) => {
    await show(name);
    await page.getByRole('table', { name: 'Fields of event_params' }).waitFor();
    await nothingHappened();
    await tab('JSON').click();
    await page.getByRole('tree').waitFor();
    await page.getByRole('tree').press('End');
    await nothingHappened();
    for (const [other, region] of [
      ['Body', 'Body'],
      ['Headers', 'Headers'],
    ] as const) {
      await tab(other).click();
      await page.getByRole('region', { name: region }).waitFor();
      await nothingHappened();
    }
    await tab('Events').click();
  });

  test.each(['__proto__', 'a long value', 'a long key', 'deep nesting', 'broken 0', 'broken 2'])(
    'and stays usable: %s',
    async (name) => {
      await show(name === '__proto__' ? 'names of the language' : name);
      for (const each of ['JSON', 'Body', 'Events']) {
        await tab(each).click();
        await page.getByRole('tab', { name: new RegExp(`^${each}`), selected: true }).waitFor();
        await nothingHappened();
      }
    },
  );

  test('also keys that the language has a use for', async () => {
    await show('names of the language');
    await tab('Events').click();
    for (const name of ['__proto__', 'toString', 'hasOwnProperty']) {
      await page.getByRole('rowheader', { name, exact: true }).first().waitFor();
    }
    await page.getByText('own value').waitFor();
    await tab('JSON').click();
    await page.getByRole('treeitem').filter({ hasText: 'constructor' }).first().waitFor();
    await tab('Events').click();
  });

  test('and of a very long key the beginning is shown', async () => {
    await show('a long key');
    await tab('JSON').click();
    const key = page.getByRole('treeitem').filter({ hasText: '<i data-own>' }).last();
    await key.waitFor();
    expect((await key.innerText()).length).toBeLessThan(400);
    await tab('Events').click();
  });

  test.each(Object.entries(deceits))('%s: is shown as what it is', async (name, [, shown]) => {
    await show(name);
    const subject = page.getByRole('row').filter({
      has: page.getByRole('rowheader', { name: 'subject', exact: true }),
    });
    await expect.poll(() => subject.innerText()).toMatch(shown);
    await expect.poll(() => page.locator('.event-title').innerText()).toMatch(shown);
    // The index of the store can hold neither NUL nor halves of pairs.
    if (!/u0000|ud83d/.test(shown.source)) {
      await expect.poll(() => page.locator('.list-rows').innerText()).toMatch(shown);
    }
  });

  test('in what a handler answers, and in its target', async () => {
    const hostile = `\u202e\u0000${Object.values(markup).join('\n')}`;
    const handler = await serve((_, response) => {
      response.writeHead(500, { 'Content-Type': 'text/html', 'X-Own': markup.handler });
      response.end(hostile);
    });
    await show('broken 0');
    await page.getByRole('button', { name: 'Replay', exact: true }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Replay' });
    await dialog
      .getByRole('combobox', { name: 'To' })
      .fill(`${handler.href}?${encodeURIComponent(markup.handler!)}`);
    await dialog.getByRole('button', { name: /^Send/ }).click();
    await dialog.getByText('500').waitFor();
    await dialog.getByText(markup.script!).first().waitFor();
    await nothingHappened();
    await page.keyboard.press('Escape');
    await tab('Attempts').click();
    await page.getByRole('list', { name: 'Attempts' }).getByText('\\u202e').waitFor();
    await nothingHappened();
    await tab('Events').click();
  });

  test('in what is decoded, and in why it cannot be', async () => {
    await page.goto(inspector.url);
    await page.getByRole('button', { name: 'Decode a paste' }).click();
    const dialog = page.getByRole('dialog', { name: 'Decode a paste' });
    for (const text of everything) {
      await dialog.getByRole('textbox').first().fill(payloadOf(text));
      await page.keyboard.press('Control+Enter');
      await dialog.getByRole('tab', { name: 'Events' }).waitFor();
      await dialog.getByRole('textbox').first().fill(`no payload: ${text}`);
      await page.keyboard.press('Control+Enter');
      await dialog.getByRole('alert').waitFor();
    }
    await nothingHappened();
  });

  test('in the address of the page', async () => {
    const query = Object.values(markup)
      .map(
        (text, at) =>
          `${['who', 'panel', 'channel', 'event', 'msgid', 'text', 'call', 'since'][at % 8]}=${encodeURIComponent(text)}`,
      )
      .join('&');
    const own = await open();
    watchFor(own);
    await own.goto(`${inspector.url}/?${query}#${encodeURIComponent(markup.handler!)}`);
    await own.getByRole('banner').waitFor();
    await own.getByRole('article').waitFor();
    expect(await own.locator('[data-own]').count()).toBe(0);
    expect(await own.title()).toBe('netcore-hook');
    expect(happened).toEqual([]);
  });

  test('and a body that is opened as a page is a download', async () => {
    const own = await open();
    const address = `${inspector.url}/api/captures/${ids.get('broken 0')}/body`;
    const [download] = await Promise.all([
      own.waitForEvent('download'),
      own.goto(address).catch(() => {}),
    ]);
    expect(download.url()).toBe(address);
    expect(await own.title()).toBe('');
  });
});

test('a script in the page could not run, nor send anything away', async () => {
  const own = await open();
  await own.goto(inspector.url);
  await own.getByRole('banner').waitFor();
  const blocked = await own.evaluate<string[]>(`new Promise((resolve) => {
    const blocked = new Set();
    addEventListener('securitypolicyviolation', (event) => {
      blocked.add(event.effectiveDirective);
      if (blocked.size === 6) resolve([...blocked].sort());
    });
    const put = (html) => document.body.append(document.createRange().createContextualFragment(html));
    put('<script>document.title = "taken"</' + 'script>');
    put('<img src=/none onerror="document.title = 1">');
    put('<iframe src="http://127.0.0.1:9/"></iframe>');
    put('<img src="http://127.0.0.1:9/">');
    fetch('http://127.0.0.1:9/').catch(() => {});
    const base = document.createElement('base');
    base.href = 'http://127.0.0.1:9/';
    document.head.append(base);
    setTimeout(() => resolve([...blocked].sort()), 3000);
  })`);
  expect(blocked).toEqual(expect.arrayContaining(['connect-src', 'frame-src', 'img-src']));
  expect(blocked.some((directive) => directive.startsWith('script-src'))).toBe(true);
  expect(await own.title()).toBe('netcore-hook');
});

describe('the page of another site', () => {
  let server: Server;
  let site: string;
  /** What a site serves that attacks the inspector with all that browsers let it do. */
  beforeAll(async () => {
    server = createServer((_, response) => {
      response.setHeader('Content-Type', 'text/html').end('<title>another site</title><body>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  /** The ways in which the page of a site can reach for an address, and what it got from each. */
  const reach = (target: string, id: string) => `(async () => {
    const got = {};
    const at = (path) => ${JSON.stringify(target)} + path;
    const attempt = async (name, act) => {
      try { got[name] = String(await act()).slice(0, 200); } catch (error) { got[name] = 'nothing'; }
    };
    const loaded = (element) => new Promise((resolve) => {
      element.onload = () => resolve('loaded');
      element.onerror = () => resolve('nothing');
      document.body.append(element);
    });
    const make = (name, properties) => Object.assign(document.createElement(name), properties);
    const body = JSON.stringify({ to: ${JSON.stringify(`${'http://127.0.0.1:9'}/hook`)} });
    const replay = '/api/captures/${id}/replay';
    await attempt('fetch', async () => (await fetch(at('/'))).text());
    await attempt('fetch of the API', async () => (await fetch(at('/api/captures'))).text());
    await attempt('no-cors', async () => (await (await fetch(at('/api/captures'), { mode: 'no-cors' })).text()) || 'nothing');
    await attempt('post', async () => (await fetch(at(replay), { method: 'POST', mode: 'no-cors', body })).type);
    await attempt('post with the token', async () => (await fetch(at(replay), { method: 'POST', body, headers: { 'Content-Type': 'application/json', 'X-Netcore-Hook-Token': '${token}' } })).text());
    await attempt('beacon', async () => navigator.sendBeacon(at(replay), new Blob([body], { type: 'text/plain' })));
    await attempt('script', () => loaded(make('script', { src: at('/page.js') })));
    await attempt('script of the API', () => loaded(make('script', { src: at('/api/captures') })));
    await attempt('style', () => loaded(make('link', { rel: 'stylesheet', href: at('/page.css') })));
    await attempt('picture', () => loaded(make('img', { src: at('/icon.svg') })));
    await attempt('events', () => new Promise((resolve) => {
      const source = new EventSource(at('/api/live'));
      source.onopen = () => resolve('opened');
      source.onerror = () => { source.close(); resolve('nothing'); };
    }));
    await attempt('socket', () => new Promise((resolve) => {
      const socket = new WebSocket(at('/api/live').replace('http', 'ws'));
      socket.onopen = () => resolve('opened');
      socket.onerror = () => resolve('nothing');
    }));
    return got;
  })()`;

  test.each([
    ['on another port of this machine', () => site, () => inspector.url],
    [
      'under another name of this machine',
      () => site.replace('127.0.0.1', 'localhost'),
      () => inspector.url,
    ],
    ['in another site', () => site.replace('127.0.0.1', rebound), () => inspector.url],
  ])('%s reads nothing and changes nothing', async (_, from, to) => {
    const own = await open();
    const statuses = new Set<number>();
    own.on('response', (response) => {
      if (response.url().startsWith(to())) statuses.add(response.status());
    });
    await own.goto(from());
    const before = await inspector.get(`/api/captures/${ids.get('script')}`);
    const got = await own.evaluate<Record<string, string>>(reach(to(), ids.get('script')!));
    // Whoever sends a beacon is never told what became of it.
    const { beacon, ...read } = got;
    expect(beacon).toBe('true');
    expect(new Set(Object.values(read))).toEqual(new Set(['nothing']));
    expect([...statuses].filter((status) => status < 400)).toEqual([]);
    expect((await inspector.get(`/api/captures/${ids.get('script')}`)).text).toBe(before.text);
  });

  test('cannot post a form, frame the page, or get hold of its window', async () => {
    const own = await open();
    await own.goto(site);
    await own.evaluate(`(() => {
      const form = document.createElement('form');
      Object.assign(form, { method: 'post', enctype: 'text/plain', action: '${inspector.url}/api/send' });
      form.append(Object.assign(document.createElement('input'), { name: '{"channel":"email","activity":"open","x":"', value: '"}' }));
      document.body.append(form);
      form.submit();
    })()`);
    await expect.poll(() => own.url()).toContain('/api/send');
    expect(await own.locator('body').innerText()).toContain('inspector_refused');

    await own.goto(site);
    await own.evaluate(
      `document.body.append(Object.assign(document.createElement('iframe'), { src: '${inspector.url}/' }))`,
    );
    await expect
      .poll(() =>
        own
          .frames()
          .map((frame) => frame.url())
          .join(),
      )
      .toMatch(/chrome-error/);

    await own.goto(site);
    const [opened] = await Promise.all([
      own.waitForEvent('popup'),
      own.evaluate(`{ window.other = open('${inspector.url}/'); }`),
    ]);
    await opened.waitForLoadState();
    const seen = await own.evaluate(`(() => {
      try { return String(window.other.document.title); } catch { return 'nothing'; }
    })()`);
    expect(seen).toMatch(/^(?:nothing|)$/);
    expect(await opened.locator('#page').count()).toBe(0);
  });

  test('that has another name lead here gets 403 for whatever it asks', async () => {
    const { port } = inspector;
    const own = await open();
    for (const path of [
      '/',
      '/page.js',
      '/page.css',
      '/icon.svg',
      '/api/captures',
      '/api/live',
      '/none',
    ]) {
      const answer = await own.goto(`http://${rebound}:${port}${path}`);
      expect([path, answer?.status()]).toEqual([path, 403]);
      expect(await own.locator('body').innerText()).not.toContain(token);
    }
    const got = await own.evaluate<Record<string, string>>(
      reach(`http://${rebound}:${port}`, ids.get('script')!),
    );
    expect(got.fetch).toContain('inspector_refused');
    expect(got['fetch of the API']).toContain('inspector_refused');
    expect(got['post with the token']).toContain('inspector_refused');
    for (const name of ['script', 'style', 'picture', 'events', 'socket']) {
      expect([name, got[name]]).toEqual([name, 'nothing']);
    }
  });
});
