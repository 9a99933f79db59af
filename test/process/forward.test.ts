import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openStoreQueueAdmin } from '../../src/store/queue-admin.js';
import { type Handler, makeHandler } from '../helpers/handler.js';
import { call, formHeaders } from '../helpers/http.js';
import { markedBody, percentile } from '../helpers/load.js';
import { runTool, spawnListener } from '../helpers/process.js';
import { nobodyThere, serve, serveRaw } from '../helpers/servers.js';
import { filesIn } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { until } from '../helpers/until.js';

/** Posts calls one after the other, and resolves to how long each took to be answered 200. */
async function post(url: string, marks: readonly string[]): Promise<number[]> {
  const times: number[] = [];
  for (const mark of marks) {
    const begun = performance.now();
    const { status } = await call(url, { headers: formHeaders, body: markedBody(mark, 0) });
    times.push(performance.now() - begun);
    expect(status).toBe(200);
  }
  return times;
}

const orders = (count: number) => Array.from({ length: count }, (_, at) => `order-${at + 1}`);

const forwardingTo = (handler: Handler, ...words: string[]) => [
  ...['--forward-to', handler.url, '--forward-timeout', '5s'],
  ...words,
];

const newStore = () => join(temporaryFolder(), 'store');

async function statesOf(store: string, target: string) {
  const admin = openStoreQueueAdmin(filesIn(store), Date.now);
  const { states } = await admin.counts({ url: target, queue: '' });
  await admin.close();
  return Object.fromEntries(Object.entries(states).filter(([, count]) => count > 0));
}

function takenTwice(handler: Handler): string[] {
  return [...handler.taken].filter(([, each]) => each.length > 1).map(([mark]) => mark);
}

test('a paused handler gets nothing, also after a restart, and everything when it is resumed', async () => {
  const handler = await makeHandler();
  await handler.start();
  const first = await spawnListener(forwardingTo(handler));
  await post(first.url, ['order-0']);
  await handler.until(() => handler.taken.size === 1, 'the first is delivered');
  const pause = await runTool(['queue', 'pause', '--store', first.store]);
  expect(pause).toMatchObject({
    exit: 0,
    err: `Paused ${handler.url}. Its calls wait until it is resumed.\n`,
  });
  await until(() => first.err().includes('is paused since'), 'the pause is noticed');
  await post(first.url, orders(10));
  process.kill(first.pid, 'SIGKILL');
  await first.ended;
  const second = await spawnListener(forwardingTo(handler), { store: first.store });
  await until(() => second.err().includes('is paused since'), 'the restart keeps the pause');
  const { out } = await runTool(['status', '--store', first.store, '--json']);
  expect(JSON.parse(out)).toMatchObject({
    well: false,
    problems: [expect.stringMatching(/^Forwarding to \S+ is paused for .*, and 10 calls wait\./)],
  });
  expect(handler.taken.size).toBe(1);
  expect(await runTool(['queue', 'resume', '--store', first.store])).toMatchObject({ exit: 0 });
  await handler.until(() => handler.taken.size === 11, 'all are delivered');
  expect(takenTwice(handler)).toEqual([]);
  process.kill(second.pid, 'SIGTERM');
  expect(await second.ended).toBe(0);
});

test('delivered calls are sent again with a header, and new ones in front of them', async () => {
  const seen: { readonly id: string; readonly redelivery: string | undefined }[] = [];
  const held: (() => void)[] = [];
  let isHolding = false;
  const url = await serve((request, response) => {
    request.resume();
    const header = (name: string) =>
      request.headers[`x-netcore-hook-${name}`] as string | undefined;
    seen.push({ id: header('id') ?? '', redelivery: header('redelivery') });
    if (isHolding) held.push(() => response.end());
    else response.end();
  });
  const words = ['--forward-to', url.href, '--forward-concurrency', '1'];
  const listener = await spawnListener(words);
  await post(listener.url, orders(30));
  await until(() => seen.length === 30, 'all are delivered');
  expect(seen.every(({ redelivery }) => redelivery === undefined)).toBe(true);
  const store = ['--store', listener.store];
  const deliveredCalls = async () => (await statesOf(listener.store, url.href)).delivered;
  await until(async () => (await deliveredCalls()) === 30, 'all are settled');
  isHolding = true;
  const retried = await runTool(['queue', 'retry', '--state', 'delivered', '--yes', ...store]);
  expect(retried).toMatchObject({ exit: 0, err: '30 calls are due now.\n' });
  await until(() => held.length === 1, 'the first is sent again');
  await post(listener.url, ['new']);
  isHolding = false;
  for (const answer of held) answer();
  await until(() => seen.length === 61, 'all are sent');
  const again = seen.slice(30);
  const at = again.findIndex(({ redelivery }) => redelivery === undefined);
  expect(at).toBeLessThan(10);
  expect(again.filter(({ redelivery }) => redelivery === '1')).toHaveLength(30);
  process.kill(listener.pid, 'SIGTERM');
  expect(await listener.ended).toBe(0);
});

test('a handler that is down costs no client time, and gets every call once when it is back', async () => {
  const handler = await makeHandler();
  const listener = await spawnListener(forwardingTo(handler));
  const marks = orders(20);
  // Of twenty calls the slowest is the machine's; that of many thousands is looked at by the soak.
  expect(percentile(await post(listener.url, marks), 0.5)).toBeLessThan(250);
  await until(() => listener.err().includes('The handler fails'), 'the outage is told');
  await handler.start();
  await handler.until(() => handler.taken.size === marks.length, 'all are delivered');
  await until(() => listener.err().includes('The handler works again'), 'its end is told');
  process.kill(listener.pid, 'SIGTERM');
  expect(await listener.ended).toBe(0);
  expect([...handler.taken.keys()].sort()).toEqual(marks.sort());
  expect(takenTwice(handler)).toEqual([]);
  expect(await statesOf(listener.store, handler.url)).toEqual({ delivered: 20 });
});

test('calls that waited when the listener was killed are delivered by the next, and never again', async () => {
  const handler = await makeHandler();
  const store = newStore();
  const killed = await spawnListener(forwardingTo(handler), { store });
  const marks = orders(50);
  await post(killed.url, marks);
  process.kill(killed.pid, 'SIGKILL');
  await killed.ended;
  await handler.start();
  const next = await spawnListener(forwardingTo(handler), { store });
  await handler.until(() => handler.taken.size === marks.length, 'all are delivered');
  process.kill(next.pid, 'SIGTERM');
  expect(await next.ended).toBe(0);
  const last = await spawnListener(forwardingTo(handler), { store });
  await post(last.url, ['order-of-today']);
  await handler.until(() => handler.taken.has('order-of-today'), 'a new call is delivered');
  process.kill(last.pid, 'SIGTERM');
  expect(await last.ended).toBe(0);
  expect(handler.taken.size).toBe(51);
  expect(takenTwice(handler)).toEqual([]);
  expect(await statesOf(store, handler.url)).toEqual({ delivered: 51 });
});

test.each([
  ['the body of its 200 does not end', 'HTTP/1.1 200 OK\r\n\r\nworking on it'],
  [
    'its 200 comes after interim answers',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nConnection: close\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
  ],
])('a handler gets each call once when %s', async (_what, answer) => {
  let received = '';
  const handler = await serveRaw((socket) => {
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
    });
    socket.once('data', () => socket.write(answer));
  });
  const words = ['--forward-to', handler.href, '--forward-timeout', '300ms'];
  const listener = await spawnListener(words);
  await post(listener.url, orders(3));
  await until(
    async () => (await statesOf(listener.store, handler.href)).delivered === 3,
    'delivered',
  );
  process.kill(listener.pid, 'SIGTERM');
  expect(await listener.ended).toBe(0);
  expect(received.match(/POST \/hook HTTP/g)).toHaveLength(3);
  expect(received).not.toContain('X-Netcore-Hook-Attempt: 2');
});

test('a listener is not forwarded to itself', async () => {
  const { port } = await nobodyThere();
  const words = ['listen', '--port', port, '--no-inspect', '--store', newStore(), '--forward-to'];
  for (const target of [`:${port}/hook`, `http://localhost:${port}`, `http://[::1]:${port}/`]) {
    const { exit, err } = await runTool([...words, target]);
    expect({ target, exit }).toEqual({ target, exit: 2 });
    expect(err).toContain('is the listener itself');
    expect(err).not.toContain('Listening');
  }
});

test('calls that wait for another URL are told of, and left alone', async () => {
  const [before, now] = [await makeHandler(), await makeHandler()];
  const store = newStore();
  const first = await spawnListener(forwardingTo(before), { store });
  await post(first.url, orders(3));
  process.kill(first.pid, 'SIGTERM');
  expect(await first.ended).toBe(0);
  await now.start();
  const second = await spawnListener(forwardingTo(now), { store });
  await post(second.url, ['order-of-today']);
  await now.until(() => now.taken.has('order-of-today'), 'a new call is delivered');
  process.kill(second.pid, 'SIGTERM');
  expect(await second.ended).toBe(0);
  expect(second.err()).toContain(`3 calls wait for ${before.url}.`);
  expect(second.err()).toContain(` queue retry --target ${before.url} --to ${now.url}`);
  expect([...now.taken.keys()]).toEqual(['order-of-today']);
  const { waiting = 0, delayed = 0 } = await statesOf(store, before.url);
  expect(waiting + delayed).toBe(3);
});

test('calls for another URL that a worker forwards to are not told of', async () => {
  const [north, south] = [await makeHandler(), await makeHandler()];
  const store = newStore();
  const first = await spawnListener(forwardingTo(north), { store });
  await post(first.url, orders(3));
  await south.start();
  const second = await spawnListener(forwardingTo(south), { store });
  await post(second.url, ['order-of-the-south']);
  await south.until(() => south.taken.has('order-of-the-south'), 'it forwards');
  expect(second.err()).not.toContain(north.url);
});

test('a poisonous call holds up no other', async () => {
  const handler = await makeHandler();
  await handler.start({ kind: 'take', poison: 'order-2' });
  const listener = await spawnListener(forwardingTo(handler, '--forward-concurrency', '1'));
  await post(listener.url, ['order-1', 'order-2', 'order-3']);
  await handler.until(() => handler.taken.has('order-3'), 'the others are delivered', 2_000);
  const tries = () => handler.calls.filter(({ mark }) => mark === 'order-2');
  await handler.until(() => tries().length >= 2, 'it is tried again');
  await post(listener.url, ['order-4']);
  await handler.until(() => handler.taken.has('order-4'), 'the next is delivered', 2_000);
  expect(tries().map(({ attempt }) => attempt)).toEqual([1, 2]);
  expect(new Set(tries().map(({ id }) => id)).size).toBe(1);
  expect(listener.err()).not.toContain('The handler fails');
});

test('SIGTERM waits for no handler that hangs, and the next listener delivers its call', async () => {
  const handler = await makeHandler();
  await handler.start({ kind: 'hang' });
  const words = ['--forward-to', handler.url, '--forward-timeout', '1m'];
  const listener = await spawnListener(words);
  await post(listener.url, ['order-1']);
  await handler.until(() => handler.calls.length === 1, 'the handler has it');
  const begun = performance.now();
  process.kill(listener.pid, 'SIGTERM');
  expect(await listener.ended).toBe(0);
  expect(performance.now() - begun).toBeLessThan(10_000);
  await handler.behave({ kind: 'take' });
  await spawnListener(words, { store: listener.store });
  await handler.until(() => handler.taken.has('order-1'), 'it is delivered');
  expect(new Set(handler.calls.map(({ id }) => id)).size).toBe(1);
});

test('what a hostile handler answers is shown harmless, and its start is kept', async () => {
  const evil = '\u001b]0;evil\u0007\u001b[2J\u202e';
  const url = await serve((request, response) => {
    request.resume();
    response.writeHead(418, { 'X-Evil': 'yes' });
    response.write(evil);
    response.end('x'.repeat(10_000_000));
  });
  const listener = await spawnListener(['--json', '--forward-to', url.href]);
  await post(listener.url, ['order-1']);
  await until(() => listener.out().includes('"attempt"'), 'the answer is told');
  const { out } = await runTool(['history', 'show', 'last', '--store', listener.store]);
  const said = `${listener.out()}${out}`;
  expect(said).not.toMatch(/[\u001b\u0007\u202e]/);
  expect(out).toContain('\\u001b]0;evil\\u0007');
  expect(said.length).toBeLessThan(10_000);
});

describe('--exit-after', () => {
  test('ends a listener that forwards once its calls are delivered', async () => {
    const handler = await makeHandler();
    await handler.start({ kind: 'slow', ms: 300 });
    const listener = await spawnListener(
      forwardingTo(handler, '--exit-after', '6', '--wait', '20s'),
    );
    await post(listener.url, orders(6));
    expect(await listener.ended).toBe(0);
    expect(await statesOf(listener.store, handler.url)).toEqual({ delivered: 6 });
  });

  test('waits for no handler that is down', async () => {
    const handler = await makeHandler();
    const listener = await spawnListener(forwardingTo(handler, '--exit-after', '2'));
    await post(listener.url, orders(2));
    const begun = performance.now();
    expect(await listener.ended).toBe(0);
    expect(performance.now() - begun).toBeLessThan(2_000);
    const { waiting = 0, delayed = 0 } = await statesOf(listener.store, handler.url);
    expect(waiting + delayed).toBe(2);
  });
});

describe('calls that came while nothing was forwarded', () => {
  test('are not queued, and not forwarded by a listener that forwards', async () => {
    const handler = await makeHandler();
    await handler.start();
    const store = newStore();
    const plain = await spawnListener([], { store });
    await post(plain.url, orders(5));
    process.kill(plain.pid, 'SIGTERM');
    expect(await plain.ended).toBe(0);
    const listener = await spawnListener(forwardingTo(handler), { store });
    await post(listener.url, ['order-of-today']);
    await handler.until(() => handler.taken.has('order-of-today'), 'a new call is delivered');
    process.kill(listener.pid, 'SIGTERM');
    expect(await listener.ended).toBe(0);
    expect(handler.calls.map(({ mark }) => mark)).toEqual(['order-of-today']);
    expect(await statesOf(store, handler.url)).toEqual({ delivered: 1 });
  });
});
