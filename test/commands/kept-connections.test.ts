import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { startListener } from '../helpers/listener.js';
import { startReceiver } from '../helpers/receivers.js';
import { run } from '../helpers/run.js';
import { serveRaw } from '../helpers/servers.js';
import { bodyOf, recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { until } from '../helpers/until.js';

const answered = (status: number) => `HTTP/1.1 ${status} Done\r\nContent-Length: 2\r\n\r\nok`;

/** A handler that is told each call it gets, and on which connection it is how many. */
function handle(answer: (socket: Socket, nth: number, body: string) => void): Promise<URL> {
  return serveRaw((socket) => {
    let received = '';
    let nth = 0;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      const [, length] = /content-length: (\d+)\r\n/i.exec(received) ?? [];
      const head = received.indexOf('\r\n\r\n') + 4;
      if (head < 4 || received.length < head + Number(length ?? 0)) return;
      nth += 1;
      const body = received.slice(head);
      received = '';
      answer(socket, nth, body);
    });
  });
}

/** Closes a connection, without a word, as soon as a second call comes on it. */
const closingOnSecond = () =>
  handle((socket, nth) => {
    if (nth === 1) socket.write(answered(200));
    else socket.destroy();
  });

/** Closes each connection after its answer, and does not announce it. */
const closingAfterAnswers = () =>
  handle((socket) => socket.write(answered(200), () => setImmediate(() => socket.end())));

function attempts(out: string): Record<string, unknown>[] {
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'attempt');
}

test.each([
  ['with the second call on it', closingOnSecond],
  ['after each answer', closingAfterAnswers],
])('send gets every answer of a handler that closes its connection %s', async (_what, serve) => {
  const { href } = await serve();
  const words = [
    'send',
    '-c',
    'email',
    '--count',
    '40',
    '--to',
    href,
    '--store',
    temporaryFolder(),
  ];
  const { exit, out } = await run([...words, '--json']);
  expect(exit).toBe(0);
  expect(attempts(out).map(({ status }) => status)).toEqual(Array(40).fill(200));
});

test('a call that was sent again is marked for programs, and for no one else', async () => {
  const { href } = await closingOnSecond();
  const words = ['send', '-c', 'email', '--count', '3', '--to', href, '--store', temporaryFolder()];
  const { out } = await run([...words, '--json']);
  expect(attempts(out).map(({ reconnected }) => reconnected)).toEqual([undefined, true, true]);
  const people = await run(words);
  expect(people.exit).toBe(0);
  expect(people.out + people.err).not.toMatch(/connect|closed|again/);
});

test('replay sends again what a closed connection did not take', async () => {
  const { href } = await closingOnSecond();
  const { files } = await recordCalls([{}, {}, {}]);
  const words = ['replay', '--last', '3', '--to', href, '--store', files.folder];
  const { exit, out } = await run([...words, '--json']);
  expect(exit).toBe(0);
  expect(attempts(out)).toMatchObject([
    { status: 200 },
    { status: 200, reconnected: true },
    { status: 200, reconnected: true },
  ]);
});

test('forwarding counts one try for a call that a closed connection did not take', async () => {
  const { href } = await closingOnSecond();
  const listener = await startListener([
    '--forward-to',
    href,
    '--forward-concurrency',
    '1',
    '--json',
  ]);
  for (const msgid of ['546', '547']) {
    const body = bodyOf([{ channel: 'email', event: 'open', msgid }]);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    await fetch(listener.url, { method: 'POST', headers, body });
    await until(
      async () => attempts(listener.written()[0]).length === Number(msgid) - 545,
      'it is forwarded',
    );
  }
  const lines = attempts(listener.written()[0]);
  expect(lines).toMatchObject([
    { number: 1, status: 200, state: 'delivered' },
    { number: 1, status: 200, state: 'delivered', reconnected: true },
  ]);
  const { out } = await run(['history', 'show', 'last', '--json', '--store', listener.store]);
  expect(out).not.toContain('reconnected');
});

test('test-endpoint blames no malformed body for the connection that another one cost', async () => {
  // As uvicorn does: an exception is answered 500, and the connection closed.
  const url = await handle((socket, nth, body) => {
    const sound = body === '' || body.includes('netcore_hook_test%22%3A%5B%7B%22');
    if (nth > 1 && !sound) socket.destroy();
    else socket.write(answered(sound ? 200 : 422));
  });
  const { out } = await run(['test-endpoint', url.href, '--only', 'malformed', '--json']);
  expect(out).toContain('"outcome":"pass"');
});

test('test-endpoint finds exceptions of FastAPI, and no call without an answer', async () => {
  const { href } = await startReceiver('fastapi', 'raises');
  const { out } = await run(['test-endpoint', href, '--only', 'malformed', '--json']);
  expect(out).toContain('"malformed_failed"');
  expect(out).not.toContain('"no_answer"');
}, 60_000);

test('test-endpoint still finds that kept connections are closed', async () => {
  const { href } = await closingOnSecond();
  const { out } = await run(['test-endpoint', href, '--only', 'keep_alive', '--json']);
  expect(out).toContain('"kept_connection_broken"');
});
