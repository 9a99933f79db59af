import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { everyCapture } from '../../src/call/capture-query.js';
import { processHost } from '../../src/host.js';
import type {
  ApiProblem,
  CaptureDetail,
  CapturePage,
  DecodedPaste,
  ListedSample,
  PrintedCapture,
  SentCall,
  Stats,
} from '../../src/inspector/api.js';
import { captureDetail } from '../../src/inspector/server/capture-detail.js';
import { listPage } from '../../src/inspector/server/list-page.js';
import type { StoreFiles } from '../../src/store/folder.js';
import { announceListener } from '../../src/store/presence.js';
import type { Answer } from '../helpers/http.js';
import { openInspector, startInspector, type TestInspector, token } from '../helpers/inspector.js';
import { serve } from '../helpers/servers.js';
import { bodyOf, databaseOf, historyOf, plainCall, recordCalls } from '../helpers/store.js';

function value<T>(answer: Answer): T {
  return JSON.parse(answer.text) as T;
}

function problemOf(answer: Answer): ApiProblem['problem'] & { status: number } {
  return { ...value<ApiProblem>(answer).problem, status: answer.status };
}

async function pages(inspector: TestInspector, query: string): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: CapturePage = value(await inspector.get(`/api/captures?${query}&cursor=${cursor}`));
    ids.push(...page.captures.map(({ id }) => id));
    cursor = page.next;
  }
  return ids;
}

interface HandledCall {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A handler that answers every call so, and what it was sent. */
async function handlerOf({
  status,
  body = '',
  headers = {},
}: {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}): Promise<{ url: string; calls: HandledCall[] }> {
  const calls: HandledCall[] = [];
  const url = await serve(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    calls.push({ headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(status, headers).end(body);
  });
  return { url: url.href, calls };
}

const shopEvents = [
  { channel: 'email', event: 'Opened', msgid: '1', event_params: { email: 'asha@example.com' } },
  { channel: 'sms', event: 'delivered', msgid: '2', event_params: { email: 'ravi@example.com' } },
  { channel: 'telegram', event: 'seen', msgid: '3' },
];

/** A call for each event, oldest first. */
const shopCalls = shopEvents.map((event, at) => ({
  body: bodyOf([event], at === 0 ? 'north' : 'south'),
  status: at === 2 ? 503 : 200,
}));

/** A store of its own for a test that changes something. */
async function newShop(): Promise<{ inspector: TestInspector; files: StoreFiles; ids: string[] }> {
  const { files, captures } = await recordCalls(shopCalls);
  return { inspector: await startInspector(files), files, ids: captures.map(({ id }) => id) };
}

/** One that all others look at. */
let inspector: TestInspector;
let ids: string[] = [];

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'netcore-hook-test-'));
  const { files, captures } = await recordCalls(shopCalls, folder);
  const opened = await openInspector(files);
  inspector = opened;
  ids = captures.map(({ id }) => id);
  return async () => {
    await opened.close();
    rmSync(folder, { recursive: true });
  };
});

describe('the list', () => {
  test('is newest first, and goes on where it ended', async () => {
    const { files, captures } = await recordCalls(Array.from({ length: 7 }, () => ({})));
    const inspector = await startInspector(files);
    const newestFirst = captures.map(({ id }) => id).reverse();
    const page: CapturePage = value(await inspector.get('/api/captures?limit=3'));
    expect(page.captures.map(({ id }) => id)).toEqual(newestFirst.slice(0, 3));
    expect(page.next).not.toBeNull();
    expect(await pages(inspector, 'limit=3')).toEqual(newestFirst);
    // An end that falls on the last one is no beginning of another page.
    expect(value<CapturePage>(await inspector.get('/api/captures?limit=7')).next).toBeNull();
  });

  test('tells of a capture what the terminal does, and where its events stand', async () => {
    const page: CapturePage = value(await inspector.get('/api/captures?panel=north'));
    expect(page.captures).toEqual([
      {
        id: ids[0],
        time: '2026-11-23T12:00:00.000Z',
        method: 'POST',
        target: '/webhooks/netcore',
        remote: '203.0.113.7',
        bytes: bodyOf([shopEvents[0]], 'north').length,
        status: 200,
        panels: ['north'],
        events: [
          {
            number: 1,
            panel: 'north',
            channel: 'email',
            activity: 'open',
            event: 'Opened',
            msgid: '1',
            who: 'asha@example.com',
            name: null,
            time: null,
          },
        ],
        eventCount: 1,
        problem: null,
        outcome: null,
        skipped: null,
      },
    ]);
  });

  test.each([
    ['channel=sms', [1]],
    ['channel=sms,email', [1, 0]],
    ['channel=sms&channel=email', [1, 0]],
    ['event=opened', [0]],
    ['channel=telegram', [2]],
    ['event=seen', [2]],
    ['channel=pigeon', []],
    ['panel=south', [2, 1]],
    ['who=RAVI@example.com', [1]],
    ['msgid=3', [2]],
    ['status=5xx', [2]],
    ['text=asha', [0]],
    ['text=', [2, 1, 0]],
    ['channel=&event=,', [2, 1, 0]],
    ['outcome=delivered', []],
    ['since=1h', [2, 1, 0]],
    ['until=2026-01-01', []],
  ])('with %s tells the captures that are meant', async (query, expected) => {
    expect(await pages(inspector, query)).toEqual(expected.map((at) => ids[at]));
  });

  test.each(['status=nine', 'outcome=lost', 'since=tomorrow', 'limit=0', 'limit=x', 'cursor=x'])(
    'with %s says what is wrong with it',
    async (query) => {
      const found = problemOf(await inspector.get(`/api/captures?${query}`));
      expect(found).toMatchObject({ status: 400 });
      expect(found.hint).not.toBe('');
    },
  );

  test('tells of a large batch the first fifty events, of those that are meant', async () => {
    const events = Array.from({ length: 300 }, (_, at) => ({
      channel: at % 100 === 99 ? 'sms' : 'email',
      event: at % 100 === 99 ? 'delivered' : 'open',
    }));
    const { files } = await recordCalls([{ body: bodyOf(events) }]);
    const inspector = await startInspector(files);
    const listed = async (query: string) => {
      const [only] = value<CapturePage>(await inspector.get(`/api/captures?${query}`)).captures;
      return { count: only?.eventCount, numbers: only?.events.map(({ number }) => number) };
    };
    expect(await listed('')).toEqual({
      count: 300,
      numbers: Array.from({ length: 50 }, (_, at) => at + 1),
    });
    expect(await listed('channel=sms')).toEqual({ count: 300, numbers: [100, 200, 300] });
    const whole: CaptureDetail = value(await inspector.get('/api/captures/last'));
    expect(whole.events).toHaveLength(300);
  });

  test('cuts what is long, which stands whole in the payload of the capture', async () => {
    const long = 'x'.repeat(1_000_000);
    const event = { channel: 'email', event: long, msgid: long, event_params: { email: long } };
    const { files } = await recordCalls([{ body: bodyOf([event], long), target: `/${long}` }]);
    const inspector = await startInspector(files);
    const answer = await inspector.get('/api/captures');
    expect(answer.text.length).toBeLessThan(5_000);
    const whole: CaptureDetail = value(await inspector.get('/api/captures/last'));
    const cut = { panel: 1000, activity: 200, msgid: 1000, who: 1000 };
    for (const [field, length] of Object.entries(cut)) {
      expect(whole.events[0]).toHaveProperty(field, `${long.slice(1 - length)}…`);
    }
    expect(JSON.parse(whole.payload ?? '')).toEqual({ [long]: [event] });
  });

  test.each([
    ['words', { ...everyCapture, text: 'nowhere' }],
    ['a contact', { ...everyCapture, events: { ...everyCapture.events, people: ['nobody'] } }],
  ])('gives up a long search for %s in time, and goes on when asked again', async (_, query) => {
    const { files, captures } = await recordCalls(Array.from({ length: 300 }, () => ({})));
    const history = historyOf(files);
    // Each look takes 40 ms by this clock.
    let time = 0;
    const slowly = () => {
      time += 40;
      return time;
    };
    const first = listPage(history, query, { limit: 10, cursor: undefined }, slowly);
    expect(first.captures).toEqual([]);
    expect(first.next).not.toBeNull();
    let rounds = 1;
    let page = first;
    while (page.next !== null) {
      const before = page.lookedTo ?? '';
      page = listPage(history, query, { limit: 10, cursor: page.next }, slowly);
      expect((page.lookedTo ?? '') <= before).toBe(true);
      rounds += 1;
    }
    expect(rounds).toBeLessThan(150);
    expect(new Date(page.lookedTo ?? '').getTime()).toBeLessThanOrEqual(Date.now());
    expect(captures).toHaveLength(300);
  });

  test('gets on one by one when each takes longer than a search may', async () => {
    const { files } = await recordCalls([{}, {}, {}]);
    const history = historyOf(files);
    let time = 0;
    const slowly = () => {
      time += 1_000;
      return time;
    };
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = listPage(history, everyCapture, { limit: 10, cursor }, slowly);
      expect(page.captures).toHaveLength(1);
      ids.push(...page.captures.map(({ id }) => id));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(new Set(ids).size).toBe(3);
  });

  test('does not stumble over what is removed meanwhile', async () => {
    const { files } = await recordCalls(Array.from({ length: 40 }, () => ({})));
    const history = historyOf(files);
    const database = databaseOf(files);
    // Not read into the index yet, so that the list reads their bodies itself.
    database.execute('update captures set events = null');
    let looks = 0;
    const page = listPage(history, everyCapture, { limit: 40, cursor: undefined }, () => {
      looks += 1;
      if (looks === 10) database.execute('delete from captures');
      return 0;
    });
    expect(page.captures.length).toBeGreaterThan(5);
    expect(page.captures.length).toBeLessThan(40);
  });
});

describe('a capture', () => {
  test('is told whole, by its id, a beginning of it, or its place from the end', async () => {
    const whole: CaptureDetail = value(await inspector.get(`/api/captures/${ids[1]}`));
    expect(whole).toMatchObject({
      id: ids[1],
      headers: plainCall.headers,
      payload: JSON.stringify({ south: [shopEvents[1]] }),
      text: Buffer.from(bodyOf([shopEvents[1]], 'south')).toString(),
      cut: false,
      delivery: null,
      attempts: [],
    });
    for (const reference of [ids[1]?.slice(0, 12), 'last~1']) {
      expect(value(await inspector.get(`/api/captures/${reference}`))).toEqual(whole);
    }
  });

  test('that is none is a problem', async () => {
    for (const path of ['', '/body', '/print?as=json']) {
      const found = problemOf(await inspector.get(`/api/captures/zzzzzzzzzz${path}`));
      expect(found).toMatchObject({ status: 404, code: 'no_such_capture' });
    }
    const several = problemOf(await inspector.get('/api/captures/1'));
    expect(several).toMatchObject({ status: 409, code: 'ambiguous_id' });
  });

  test('is downloaded byte for byte, as nothing that a browser would run', async () => {
    const html = '<script>document.title = "taken"</script>\r\n\u0000';
    const body = Buffer.concat([Buffer.from(html), Buffer.from([0xff, 0xfe])]);
    const headers = [['Content-Type', 'text/html']] as const;
    const { files, captures } = await recordCalls([{ body, headers }]);
    const inspector = await startInspector(files);
    const answer = await fetch(`${inspector.url}/api/captures/last/body`);
    expect(Buffer.from(await answer.arrayBuffer()).equals(body)).toBe(true);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${captures[0]?.id}.bin"`,
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
  });

  test('of five megabytes is told at once, its text cut and its payload whole', async () => {
    const note = 'é'.repeat(5_000);
    const events = Array.from({ length: 500 }, () => ({ channel: 'email', event: 'open', note }));
    const body = Buffer.from(`data=${JSON.stringify({ north: events })}`);
    const { files } = await recordCalls([{ body }]);
    const inspector = await startInspector(files);
    const whole: CaptureDetail = value(await inspector.get('/api/captures/last'));
    expect(whole.cut).toBe(true);
    expect(whole.text.length).toBeLessThan(300_000);
    expect(whole.text).not.toContain('\ufffd');
    expect(JSON.parse(whole.payload ?? '')).toEqual({ north: events });
    expect((await inspector.get('/api/captures/last/body')).text).toBe(body.toString());
  });

  test('that is too large for a page says so, and shows how it begins', () => {
    const story = { outcome: null, deliveries: [], attempts: [] };
    const body = new Uint8Array(33 * 1024 * 1024).fill(0x20);
    const whole = captureDetail({ ...plainCall, id: '1pc5skpej8abcdef', body }, story);
    expect(whole).toMatchObject({ payload: null, cut: true, bytes: body.length });
    expect(whole.problem).toContain('It can be downloaded.');
  });

  test.each([
    ['curl', 'last', /^curl 'http:\/\/127\.0\.0\.1:3000\/hook'[\s\S]*data=%7B%22south%22/],
    ['form', 'last', /^data=%7B%22south%22/],
    ['json', 'last', /^\{\n {2}"south": \[\n[\s\S]*"telegram"/],
  ])('is printed as %s', async (as, id, expected) => {
    const printed: PrintedCapture = value(
      await inspector.get(`/api/captures/${id}/print?as=${as}`),
    );
    expect(printed.text).toMatch(expected);
  });

  test('is printed by one of its events, too', async () => {
    const { files } = await recordCalls([{ body: bodyOf(shopEvents) }]);
    const inspector = await startInspector(files);
    const second = await inspector.get('/api/captures/last/print?as=json&event=2');
    expect(JSON.parse(value<PrintedCapture>(second).text)).toEqual({
      netcore_hook_test: [shopEvents[1]],
    });
    const fourth = problemOf(await inspector.get('/api/captures/last/print?as=json&event=4'));
    expect(fourth).toMatchObject({ status: 404, code: 'no_such_event' });
    for (const query of ['as=html', 'event=1', 'as=json&event=0', 'as=json&event=x']) {
      const answer = await inspector.get(`/api/captures/last/print?${query}`);
      expect(answer.status, query).toBe(400);
    }
  });

  test('without a payload says why it cannot be printed as one', async () => {
    const { files } = await recordCalls([{ body: Buffer.from('ping') }]);
    const inspector = await startInspector(files);
    const whole: CaptureDetail = value(await inspector.get('/api/captures/last'));
    expect(whole).toMatchObject({ payload: null, text: 'ping', problem: expect.any(String) });
    const found = problemOf(await inspector.get('/api/captures/last/print?as=json'));
    expect(found).toMatchObject({ status: 422, code: 'capture_without_payload' });
  });
});

describe('the figures', () => {
  test('count the calls of the last minutes, and their events by channel', async () => {
    const { files } = await recordCalls([
      { body: bodyOf(shopEvents) },
      { body: bodyOf([shopEvents[1]], 'south'), status: 503 },
      { body: Buffer.from('ping') },
    ]);
    const inspector = await startInspector(files);
    const stats: Stats = value(await inspector.get('/api/stats?minutes=3'));
    expect(stats).toMatchObject({ captures: 3, store: files.folder, listeners: [] });
    expect(stats.seen).toEqual({
      panels: ['netcore_hook_test', 'south'],
      channels: ['email', 'sms', 'telegram'],
      activities: ['delivered', 'open', 'seen'],
    });
    expect(stats.minutes).toHaveLength(3);
    const sum = (name: string) =>
      stats.minutes.reduce((total, { events }) => total + (events[name] ?? 0), 0);
    expect(stats.minutes.reduce((total, { calls }) => total + calls, 0)).toBe(3);
    expect({ email: sum('email'), sms: sum('sms'), telegram: sum('telegram') }).toEqual({
      email: 1,
      sms: 2,
      telegram: 1,
    });
    const sms: Stats = value(await inspector.get('/api/stats?minutes=3&channel=sms'));
    expect(sms.minutes.reduce((total, { calls }) => total + calls, 0)).toBe(2);
    expect(sms.minutes.flatMap(({ events }) => Object.keys(events))).toEqual(['sms']);
  });

  test('keep what they counted of a minute that is over, and count what comes', async () => {
    const start = Math.floor(Date.now() / 60_000) * 60_000;
    let now = start + 30_000;
    const { files } = await recordCalls([]);
    const inspector = await startInspector(files, { host: { now: () => now } });
    const database = databaseOf(files);
    const insert = database.prepare(
      `insert into captures (place, time, method, target, remote, status, headers, events, body)
       values (?, ?, 'POST', '/', '203.0.113.7', 200, '[]', '[]', x'')`,
    );
    const record = (ms: number) => insert.run([(ms - Date.UTC(2025, 0, 1)) * 1000, ms]);
    const calls = async () => {
      const stats: Stats = value(await inspector.get('/api/stats?minutes=3'));
      expect(stats.minutes.map(({ time }) => time)).toEqual(
        [2, 1, 0].map((ago) => new Date((Math.floor(now / 60_000) - ago) * 60_000).toISOString()),
      );
      return stats.minutes.map((each) => each.calls);
    };
    record(start - 1);
    record(start);
    expect(await calls()).toEqual([0, 1, 1]);
    record(start + 1000);
    expect(await calls()).toEqual([0, 1, 2]);
    now += 60_000;
    expect(await calls()).toEqual([1, 2, 0]);
    record(start + 60_000);
    expect(await calls()).toEqual([1, 2, 1]);
    // What is removed came all the same.
    database.execute('delete from captures');
    now += 60_000;
    expect(await calls()).toEqual([2, 0, 0]);
  });

  test('go on when a sender makes up thousands of channels', async () => {
    const events = Array.from({ length: 3000 }, (_, at) => ({ channel: `c${at}`, event: 'open' }));
    const { files } = await recordCalls([{ body: bodyOf(events) }]);
    const stats: Stats = value(await (await startInspector(files)).get('/api/stats?minutes=2'));
    expect(stats.seen.channels).toHaveLength(200);
    expect(stats.seen.activities).toEqual(['open']);
    expect(stats.minutes.reduce((total, { calls }) => total + calls, 0)).toBe(1);
  });

  test('name the listeners of the store', async () => {
    const { inspector, files } = await newShop();
    const url = 'http://127.0.0.1:4400/';
    await announceListener(
      files.folder,
      {
        pid: process.pid,
        url,
        started: 0,
        health: null,
        inspector: null,
      },
      processHost(),
    );
    expect(value<Stats>(await inspector.get('/api/stats')).listeners).toEqual([url]);
  });
});

describe('a replay', () => {
  test('is byte for byte, with the credentials that were given, and kept in the history', async () => {
    const { inspector, files, ids } = await newShop();
    const handler = await handlerOf({ status: 503, body: 'try later' });
    const sent: SentCall = value(
      await inspector.post(`/api/captures/${ids[1]}/replay`, {
        to: handler.url,
        auth: 'netcore:secret:with colons',
      }),
    );
    expect(sent).toMatchObject({
      to: handler.url,
      number: 1,
      status: 503,
      reason: 'try later',
      answer: 'try later',
      event: null,
    });
    const [call] = handler.calls;
    expect(call?.body.equals(Buffer.from(bodyOf([shopEvents[1]], 'south')))).toBe(true);
    expect(call?.headers).toMatchObject({
      'x-netcore-hook-id': ids[1],
      authorization: `Basic ${Buffer.from('netcore:secret:with colons').toString('base64')}`,
    });
    const second: SentCall = value(
      await inspector.post('/api/captures/last~1/replay', { to: handler.url, event: 1 }),
    );
    expect(second).toMatchObject({ number: 2, event: 1 });
    const whole: CaptureDetail = value(await inspector.get(`/api/captures/${ids[1]}`));
    expect(whole).toMatchObject({ outcome: 'failed', attempts: [sent, second] });
    expect(historyOf(files).story(ids[1] ?? '').attempts).toHaveLength(2);
    expect(JSON.stringify(whole)).not.toContain('secret');
  });

  test('follows no redirect', async () => {
    const there = await handlerOf({ status: 200 });
    const handler = await handlerOf({ status: 302, headers: { Location: there.url } });
    const sent: SentCall = value(
      await inspector.post('/api/captures/last/replay', { to: handler.url }),
    );
    expect(sent).toMatchObject({ status: 302 });
    expect(sent.reason).toContain('redirects are not followed');
    expect(there.calls).toEqual([]);
  });

  test('without an answer says why there was none', async () => {
    const sent: SentCall = value(await inspector.post('/api/captures/last/replay', { to: ':1/' }));
    expect(sent).toMatchObject({ status: null, answer: null });
    expect(sent.reason).toContain('127.0.0.1:1');
  });

  test.each([
    ['https://shop.example.com/hook', 409, 'replay_beyond_loopback'],
    ['203.0.113.9/hook', 409, 'replay_beyond_loopback'],
    ['ftp://127.0.0.1/', 400, 'invalid_value'],
    ['', 400, 'inspector_unreadable'],
    [':4400/hook', 400, 'replay_loop'],
    ['http://localhost:4400/', 400, 'replay_loop'],
  ])('to %s is refused', async (to, status, code) => {
    const { inspector, files, ids } = await newShop();
    const url = 'http://127.0.0.1:4400/';
    const presence = { pid: process.pid, url, started: 0, health: null, inspector: null };
    await announceListener(files.folder, presence, processHost());
    const found = problemOf(await inspector.post('/api/captures/last/replay', { to }));
    expect(found).toMatchObject({ status, code });
    expect(historyOf(files).story(ids[2] ?? '').attempts).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['no object', [':3000/hook']],
    ['null', null],
    ['a target that is none', { to: { href: ':3000/' } }],
    ['an event that is none', { to: ':3000/', event: 1.5 }],
    ['a consent that is none', { to: ':3000/', beyondLoopback: 'yes' }],
    ['credentials without a password', { to: ':3000/', auth: 'netcore' }],
    ['credentials that are a file', { to: ':3000/', auth: '@/etc/passwd' }],
  ])('is refused when its request holds %s', async (_, body) => {
    const answer = await inspector.post('/api/captures/last/replay', body);
    expect(answer.status).toBe(400);
  });
});

describe('a sample', () => {
  test('is one of a list', async () => {
    const samples: ListedSample[] = value(await inspector.get('/api/samples'));
    expect(samples).toHaveLength(19);
    expect(samples).toContainEqual({ channel: 'email', activity: 'open', source: 'page' });
  });

  test('is sent to a URL, each as a call of its own', async () => {
    const handler = await handlerOf({ status: 200 });
    for (const { channel, activity } of value<ListedSample[]>(
      await inspector.get('/api/samples'),
    )) {
      const sent = await inspector.post('/api/send', { channel, activity, to: handler.url });
      expect(value<SentCall>(sent)).toMatchObject({ to: handler.url, status: 200, number: 1 });
    }
    expect(handler.calls).toHaveLength(19);
    expect(handler.calls.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  test('goes to the listener of the store with its own credentials, and nowhere else', async () => {
    const { files } = await newShop();
    const listener = await handlerOf({ status: 200 });
    const elsewhere = await handlerOf({ status: 200 });
    const own = { url: listener.url, credentials: { user: 'netcore', password: 'secret' } };
    const inspector = await startInspector(files, { own });
    const sample = { channel: 'sms', activity: 'click' };
    const answers = [
      await inspector.post('/api/send', sample),
      await inspector.post('/api/send', { ...sample, auth: 'other:word' }),
      await inspector.post('/api/send', { ...sample, to: elsewhere.url }),
    ];
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    expect(listener.calls.map(({ headers }) => headers.authorization)).toEqual([
      basic('netcore:secret'),
      basic('other:word'),
    ]);
    expect(elsewhere.calls[0]?.headers.authorization).toBeUndefined();
    for (const { text } of answers) expect(text).not.toMatch(/secret|netcore:/);
  });

  test.each([
    [{ channel: 'pigeon', activity: 'open' }, 'unknown_channel'],
    [{ channel: 'sms', activity: 'bounce' }, 'unknown_activity'],
    [{ channel: 'all', activity: 'all' }, 'inspector_unreadable'],
    [{ channel: 'sms' }, 'inspector_unreadable'],
    [{}, 'inspector_unreadable'],
  ])('%j is none', async (body, code) => {
    expect(problemOf(await inspector.post('/api/send', body))).toMatchObject({ status: 400, code });
  });
});

describe('a paste', () => {
  test('is decoded, its numbers as they were written', async () => {
    const payload = '{"north":[{"channel":"sms","event":"click","n":9007199254740993}]}';
    const text = `curl -d 'data=${encodeURIComponent(payload)}' https://shop.example.com/`;
    const decoded: DecodedPaste = value(await inspector.post('/api/decode', { text }));
    expect(decoded).toMatchObject({
      payload,
      layers: [{ name: 'command' }, { name: 'form' }, { name: 'percent' }],
      events: [{ panel: 'north', channel: 'sms', activity: 'click' }],
    });
  });

  test('that is none says why', async () => {
    const found = problemOf(await inspector.post('/api/decode', { text: 'hello' }));
    expect(found).toMatchObject({ status: 422, code: 'payload_not_found' });
  });

  test('that is too complex is refused, and says so', async () => {
    const text = '{"data":"data=\\"'.repeat(8000);
    const found = problemOf(await inspector.post('/api/decode', { text }));
    expect(found).toMatchObject({ status: 422, code: 'paste_too_complex' });
  });

  test('larger than ten megabytes is refused, in words that reach the page', async () => {
    const answer = await inspector.post('/api/decode', { text: 'x'.repeat(10 * 1024 * 1024) });
    expect(problemOf(answer)).toMatchObject({ status: 413, code: 'inspector_too_large' });
    const largest = { text: 'x'.repeat(10 * 1024 * 1024 - 12) };
    expect((await inspector.post('/api/decode', largest)).status).toBe(422);
  });

  test.each(['', '{', '"text"', '\xff'])('in a request that holds %j is none', async (body) => {
    const answer = await fetch(`${inspector.url}/api/decode`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Netcore-Hook-Token': token },
      body: Buffer.from(body, 'latin1'),
    });
    expect(answer.status).toBe(400);
  });
});
