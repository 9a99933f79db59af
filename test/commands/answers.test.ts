import type { Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Attempt } from '../../src/call/attempt.js';
import { planCall } from '../../src/call/plan-call.js';
import { createSender } from '../../src/call/send.js';
import { judgeAttempt } from '../../src/queue/judge-attempt.js';
import { run } from '../helpers/run.js';
import { serveRaw } from '../helpers/servers.js';
import { bodyOf, recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** What a command makes of an answer: see the columns of the table. */
interface Expected {
  /** The status that counts; null: there was no answer. */
  readonly status: number | null;
  /** What is wrong with it, in a sentence. */
  readonly reason?: string;
  /** What forwarding does with the call. */
  readonly forwarding: 'delivered' | 'tried again';
  /** Whether it is to blame for a batch that fails, in the eyes of `replay --bisect`. */
  readonly bisect: 'passes' | 'fails';
  /** What `test-endpoint` finds. */
  readonly finding?: string;
}

type Row = readonly [what: string, answer: (socket: Socket) => void, expected: Expected];

const ok = 'HTTP/1.1 200 OK\r\n';
const whole = `${ok}Content-Length: 2\r\n\r\nok`;
const write = (text: string) => (socket: Socket) => void socket.write(text, 'latin1');
const end = (text: string) => (socket: Socket) => void socket.end(text, 'latin1');

/** One byte after the other, each in a packet of its own. */
function trickle(socket: Socket, text: string): void {
  let at = 0;
  const next = () => {
    if (at === text.length || socket.destroyed) return;
    socket.write(text.charAt(at), 'latin1');
    at += 1;
    setImmediate(next);
  };
  next();
}

/** Resets the connection once what was written has left. */
function reset(text: string) {
  return (socket: Socket) =>
    void socket.write(text, () => setImmediate(() => socket.resetAndDestroy()));
}

const taken: Expected = { status: 200, forwarding: 'delivered', bisect: 'passes' };
const unfinished = (reason: string, finding = 'no_answer'): Expected => ({
  ...taken,
  reason,
  finding,
});
const none = (reason: string, finding = 'no_answer'): Expected => ({
  status: null,
  reason,
  forwarding: 'tried again',
  bisect: 'fails',
  finding,
});

const closed = 'The connection was closed before a response was received.';
const brokenOff = 'The connection was closed in the middle of the response.';
const lengths =
  'The response has two Content-Length headers, or one together with Transfer-Encoding.';
const upgrade = 'The response is 101 Switching Protocols, but no upgrade was requested.';

const legal: readonly Row[] = [
  ['a 200 with a length', write(whole), taken],
  ['a 200 without a reason', write('HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok'), taken],
  ['a 200 in HTTP/1.0', end('HTTP/1.0 200 OK\r\n\r\nok'), taken],
  ['a 200 that the end of the connection ends', end(`${ok}Connection: close\r\n\r\nok`), taken],
  [
    'a 200 in chunks, with extensions and trailers',
    write(
      `${ok}Transfer-Encoding: chunked\r\n\r\n2;shop=north\r\nok\r\n0\r\nX-Shop: north\r\n\r\n`,
    ),
    taken,
  ],
  [
    'a 200 with headers of 15 kB',
    write(whole.replace('\r\n', `\r\nX-Shop: ${'n'.repeat(15_000)}\r\n`)),
    taken,
  ],
  [
    'a 200 with a body of 1 MB',
    write(`${ok}Content-Length: 1000000\r\n\r\n${'x'.repeat(1e6)}`),
    taken,
  ],
  ['a 200 that trickles', (socket) => trickle(socket, whole), taken],
  ['a 200 after a 100', write(`HTTP/1.1 100 Continue\r\n\r\n${whole}`), taken],
  [
    'a 200 after a 102 and 103',
    write(`HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${whole}`),
    taken,
  ],
  [
    'a 200 that trickles after a 100',
    (socket) => trickle(socket, `HTTP/1.1 100 Continue\r\n\r\n${whole}`),
    taken,
  ],
  ['a 200, and the end of the connection', end(whole), taken],
  ['a 200, and a reset', reset(whole), taken],
  [
    'a 204',
    write('HTTP/1.1 204 No Content\r\n\r\n'),
    { status: 204, forwarding: 'delivered', bisect: 'fails', finding: 'not_exactly_200' },
  ],
];

const illegal: readonly Row[] = [
  [
    'a 200, and silence in its body',
    write(`${ok}Content-Length: 9\r\n\r\nhalf`),
    unfinished('The answer was not complete within 1 s.', 'answer_too_late'),
  ],
  [
    'a 200 without a length, and silence',
    write(`${ok}\r\nhalf`),
    unfinished('The answer was not complete within 1 s.', 'answer_too_late'),
  ],
  ['a 200 whose body breaks off', end(`${ok}Content-Length: 9\r\n\r\nhalf`), unfinished(brokenOff)],
  ['a 200 whose body is reset', reset(`${ok}Content-Length: 9\r\n\r\nhalf`), unfinished(brokenOff)],
  [
    'a 200 whose chunks break off',
    end(`${ok}Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n`),
    unfinished(brokenOff),
  ],
  [
    'a 200 in chunks without a length',
    write(`${ok}Transfer-Encoding: chunked\r\n\r\nzz\r\nhalf\r\n`),
    unfinished('The response is not valid HTTP: Invalid character in chunk size.'),
  ],
  [
    'a 204 with a body',
    write('HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok'),
    { status: 204, forwarding: 'delivered', bisect: 'fails', finding: 'not_exactly_200' },
  ],
  ['a 200, and more than it announced', write(`${whole}more`), taken],
  [
    'a 200, and another answer',
    write(`${whole}HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n`),
    taken,
  ],
  ['an interim answer, and the end', end('HTTP/1.1 102 Processing\r\n\r\n'), none(closed)],
  ['a 101', write('HTTP/1.1 101 Switching Protocols\r\n\r\n'), none(upgrade)],
  [
    'a 101 to another protocol',
    write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n'),
    none(upgrade),
  ],
  [
    'a status below 100',
    write('HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n'),
    none('The answer has the status 099, which is not an HTTP status.'),
  ],
  ['the end of the connection', (socket) => void socket.end(), none(closed)],
  ['a reset', (socket) => void socket.resetAndDestroy(), none(closed)],
  ['silence', () => {}, none('No response was received within 1 s.', 'answer_too_late')],
  ['half a status line, and the end', end('HTTP/1.1 2'), none(closed)],
  ['half a head, and the end', end(`${ok}Content-Le`), none(closed)],
  [
    'half a head, and silence',
    write(`${ok}Content-Le`),
    none('No response was received within 1 s.', 'answer_too_late'),
  ],
  [
    'headers of 20 kB',
    write(`${ok}X-Shop: ${'n'.repeat(20_000)}\r\n\r\n`),
    none('The response headers are too long.'),
  ],
  ['two lengths', write(`${ok}Content-Length: 2\r\nContent-Length: 2\r\n\r\nok`), none(lengths)],
  [
    'a length beside chunks',
    write(`${ok}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`),
    none(lengths),
  ],
  [
    'lines that end without a carriage return',
    write('HTTP/1.1 200 OK\nContent-Length: 2\n\nok'),
    none('The response is not valid HTTP: Missing expected CR after response line.'),
  ],
  [
    'a blank before a colon',
    write(`${ok}X-Shop : n\r\n\r\nok`),
    none('The response is not valid HTTP: Invalid header token.'),
  ],
  ['another protocol', write('220 shop.example.com ESMTP\r\n'), none('The response is not HTTP.')],
];

/** What each of the commands makes of an endpoint that always answers so. */
async function madeOf(answer: (socket: Socket) => void, { finding }: Expected): Promise<Expected> {
  const timeout = finding === 'answer_too_late' ? 1_000 : 20_000;
  const url = await serveRaw((socket) => {
    let received = '';
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      const [, length] = /content-length: (\d+)\r\n/i.exec(received) ?? [];
      const head = received.indexOf('\r\n\r\n') + 4;
      if (head < 4 || received.length < head + Number(length ?? 0)) return;
      received = '';
      answer(socket);
    });
  });
  const [sent, attempt, bisected, found] = await Promise.all([
    send(url, timeout),
    attemptTo(url, timeout),
    bisect(url, timeout),
    testEndpoint(url, timeout),
  ]);
  const { kind } = judgeAttempt(attempt, Date.now());
  return {
    status: sent.status,
    ...(sent.reason !== null && { reason: sent.reason }),
    forwarding: kind === 'delivered' ? 'delivered' : 'tried again',
    bisect: bisected,
    ...(found !== undefined && { finding: found }),
  };
}

async function send(
  url: URL,
  timeout: number,
): Promise<{ status: number | null; reason: string | null }> {
  const words = ['send', '--channel', 'email', '--to', url.href, '--timeout', `${timeout}ms`];
  const { out } = await run([...words, '--json', '--store', temporaryFolder()]);
  return lines(out)[0] as Awaited<ReturnType<typeof send>>;
}

/** As forwarding does it. */
function attemptTo(url: URL, timeout: number): Promise<Attempt> {
  const sender = createSender({ timeout, connections: 1, insecure: false });
  onTestFinished(() => sender.close());
  return sender.send(planCall({ url, body: bodyOf([]), userAgent: 'netcore-hook' }));
}

async function bisect(url: URL, timeout: number): Promise<'passes' | 'fails'> {
  const events = ['open', 'click'].map((event) => ({ channel: 'email', event, msgid: '546' }));
  const { files } = await recordCalls([{ body: bodyOf(events) }]);
  const words = ['replay', 'last', '--bisect', '--to', url.href, '--timeout', `${timeout}ms`];
  const { out } = await run([...words, '--json', '--store', files.folder], {
    cwd: temporaryFolder(),
  });
  return lines(out).at(-1)?.fails === true ? 'fails' : 'passes';
}

async function testEndpoint(url: URL, timeout: number): Promise<string | undefined> {
  const words = ['test-endpoint', url.href, '--only', 'sample', '--timeout', `${timeout}ms`];
  const { out } = await run([...words, '--json']);
  const [check] = lines(out);
  return (check!.findings as { code: string }[])[0]?.code;
}

function lines(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test.each(legal)('a legal answer is taken for what it is: %s', async (_what, answer, expected) => {
  expect(await madeOf(answer, expected)).toEqual(expected);
});

test.each(illegal)(
  'of an illegal answer the status counts, if it has one: %s',
  async (_what, answer, expected) => {
    expect(await madeOf(answer, expected)).toEqual(expected);
  },
);
