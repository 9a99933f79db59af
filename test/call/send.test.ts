import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, LookupFunction, Socket } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Attempt, Sender, SenderOptions } from '../../src/call/attempt.js';
import { planCall } from '../../src/call/plan-call.js';
import { createSender } from '../../src/call/send.js';
import { makeCertificate } from '../helpers/certificates.js';
import { createFakeClock } from '../helpers/fake-clock.js';
import { nobodyThere, serve, serveRaw, serveSecurely, serveText } from '../helpers/servers.js';

const senders: Sender[] = [];
afterEach(async () => {
  for (const sender of senders.splice(0)) await sender.close();
});

function sender(options: Partial<SenderOptions> = {}): Sender {
  const made = createSender({ timeout: 2000, connections: 1, insecure: false, ...options });
  senders.push(made);
  return made;
}

function callTo(url: URL, body = 'data=%7B%7D') {
  return planCall({ url, body: new TextEncoder().encode(body), userAgent: 'netcore-hook/0.1.0' });
}

function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return request.toArray().then((chunks) => Buffer.concat(chunks));
}

function codeOf(attempt: Attempt): string | number {
  return attempt.kind === 'answered' ? attempt.status : attempt.code;
}

describe('the sender', () => {
  it('sends method, path, query, header pairs in order and the body as given', async () => {
    const seen: { line?: string; headers?: string[]; body?: Buffer } = {};
    const url = await serve(async (request, response) => {
      seen.line = `${request.method} ${request.url}`;
      seen.headers = request.rawHeaders;
      seen.body = await bodyOf(request);
      response.end('OK');
    });
    const body = Uint8Array.from({ length: 256 }, (_, index) => index);
    const attempt = await sender().send({
      url: new URL(`${url}?shop=north&shop=%20south`),
      method: 'PUT',
      headers: [
        ['X-Shop', 'north'],
        ['x-order', '7'],
        ['X-Shop', 'caf\u00e9'],
      ],
      body,
    });
    expect(codeOf(attempt)).toBe(200);
    expect(seen.line).toBe('PUT /hook?shop=north&shop=%20south');
    expect(seen.headers).toEqual([
      ...['host', url.host],
      ...['connection', 'keep-alive'],
      ...['X-Shop', 'north'],
      ...['x-order', '7'],
      ...['X-Shop', 'caf\u00e9'],
      ...['content-length', '256'],
    ]);
    expect(seen.body).toEqual(Buffer.from(body));
  });

  it('keeps the status, the header pairs and the first kilobyte of the answer', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(422, [
        ...['Set-Cookie', 'a=1'],
        ...['Set-Cookie', 'b=2'],
        ...['X-Shop', 'n'],
      ]);
      response.end('x'.repeat(5000));
    });
    const attempt = await sender().send(callTo(url));
    expect(attempt).toMatchObject({ kind: 'answered', status: 422, bytes: 5000 });
    if (attempt.kind !== 'answered') return;
    expect(attempt.headers.slice(0, 3)).toEqual([
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
      ['X-Shop', 'n'],
    ]);
    expect(Buffer.from(attempt.body).toString()).toBe('x'.repeat(1024));
    expect(attempt.ms).toBeGreaterThan(0);
  });

  it('stops reading an answer after ten megabytes, and its status counts', async () => {
    let cut = false;
    const url = await serve((_request, response) => {
      response.on('close', () => {
        cut = true;
      });
      const chunk = Buffer.alloc(1024 * 1024);
      const fill = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', fill);
      fill();
    });
    const attempt = await sender({ timeout: 15_000 }).send(callTo(url));
    expect(attempt).toMatchObject({ kind: 'answered', status: 200 });
    if (attempt.kind !== 'answered') return;
    expect(attempt.bytes).toBeGreaterThan(10 * 1024 * 1024);
    expect(attempt.bytes).toBeLessThan(11 * 1024 * 1024);
    await expect.poll(() => cut).toBe(true);
  });

  it.each([301, 302, 303, 307, 308])('does not follow a %i', async (status) => {
    const paths: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      paths.push(request.url);
      response.writeHead(status, { location: '/elsewhere' }).end();
    });
    expect(codeOf(await sender().send(callTo(url)))).toBe(status);
    expect(paths).toEqual(['/hook']);
  });

  it('uses one connection for one call after the other', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    });
    const one = sender();
    for (let count = 0; count < 3; count += 1) await one.send(callTo(url));
    expect(ports.size).toBe(1);
  });

  it('has no more calls under way than it has connections', async () => {
    const held: ServerResponse[] = [];
    let most = 0;
    const url = await serve((_request, response) => {
      held.push(response);
      // Once three are held, a fourth would have every chance to come.
      if (held.length === 3) {
        setTimeout(() => {
          most = Math.max(most, held.length);
          for (const each of held.splice(0)) each.end();
        }, 20);
      }
    });
    const three = sender({ connections: 3 });
    const attempts = await Promise.all(Array.from({ length: 9 }, () => three.send(callTo(url))));
    expect(attempts.map(codeOf)).toEqual(Array.from({ length: 9 }, () => 200));
    expect(most).toBe(3);
  });

  it('takes HTTP/1.0 answers, and informational ones before the answer', async () => {
    const old = await serveRaw((socket) => {
      socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\nfine'));
    });
    expect(await sender().send(callTo(old))).toMatchObject({ status: 200, bytes: 4 });
    const hints = await serveText(
      'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n',
      'HTTP/1.1 204 No Content\r\n\r\n',
    );
    expect(codeOf(await sender().send(callTo(hints)))).toBe(204);
  });

  it('opens a new connection after one that failed', async () => {
    let calls = 0;
    const url = await serve((request, response) => {
      calls += 1;
      if (calls === 1) request.socket.destroy();
      else response.end();
    });
    const one = sender();
    expect(codeOf(await one.send(callTo(url)))).toBe('connection_reset');
    expect(codeOf(await one.send(callTo(url)))).toBe(200);
  });

  it('lets no call wait behind one that timed out', async () => {
    let calls = 0;
    const url = await serve((_request, response) => {
      calls += 1;
      if (calls > 1) response.end();
    });
    const one = sender({ timeout: 50 });
    expect(codeOf(await one.send(callTo(url)))).toBe('timeout');
    expect(codeOf(await one.send(callTo(url)))).toBe(200);
  });

  it('fails what is under way, and what comes later, once it is closed', async () => {
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const url = await serve(() => arrive());
    const one = sender();
    const underWay = one.send(callTo(url));
    const queued = one.send(callTo(url));
    await arrived;
    await one.close();
    const stopped = { kind: 'failed', code: 'failed', reason: 'The call was stopped.' };
    expect(await underWay).toMatchObject(stopped);
    expect(await queued).toMatchObject(stopped);
    expect(await one.send(callTo(url))).toMatchObject(stopped);
  });
});

describe('a kept connection that the server closes', () => {
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

  /**
   * A server that answers the first call on each connection, and does something else with the second.
   * `connections` counts the calls on each.
   */
  async function closing(react: (socket: Socket) => void, answers = Number.POSITIVE_INFINITY) {
    const connections: number[] = [];
    const url = await serveRaw((socket) => {
      const at = connections.push(0) - 1;
      socket.on('data', () => {
        connections[at]! += 1;
        if (connections[at] === 1 && at < answers) socket.write(answer);
        else react(socket);
      });
    });
    return { url, connections };
  }

  it.each([
    ['ends it', (socket: Socket) => socket.end()],
    ['resets it', (socket: Socket) => socket.resetAndDestroy()],
  ])('costs no call: it %s', async (_what, close) => {
    const { url, connections } = await closing(close);
    const one = sender();
    const first = await one.send(callTo(url));
    expect(first).toMatchObject({ status: 200 });
    expect(first).not.toHaveProperty('reconnected');
    expect(await one.send(callTo(url))).toMatchObject({ status: 200, reconnected: true });
    expect(connections).toEqual([2, 1]);
  });

  it('costs no call over TLS', async () => {
    const calls = new Map<unknown, number>();
    const url = await serveSecurely(makeCertificate(), ({ socket }, response) => {
      calls.set(socket, (calls.get(socket) ?? 0) + 1);
      if (calls.get(socket) === 1) response.end();
      else socket.destroy();
    });
    const one = sender({ insecure: true });
    expect(codeOf(await one.send(callTo(url)))).toBe(200);
    expect(await one.send(callTo(url))).toMatchObject({ status: 200, reconnected: true });
    expect([...calls.values()]).toEqual([2, 1]);
  });

  it('makes a call be sent twice at most', async () => {
    const { url, connections } = await closing((socket) => socket.destroy(), 1);
    const one = sender();
    await one.send(callTo(url));
    expect(await one.send(callTo(url))).toMatchObject({
      code: 'connection_reset',
      reason: 'The connection was closed before a response was received.',
      reconnected: true,
    });
    expect(connections).toEqual([2, 1]);
  });

  it.each([
    ['a byte of an answer', 'H', 'connection_reset'],
    ['an interim answer', 'HTTP/1.1 102 Processing\r\n\r\n', 'connection_reset'],
    ['the head of an answer', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n', 200],
  ])('fails the call after %s', async (_what, bytes, code) => {
    const { url, connections } = await closing((socket) => socket.end(bytes));
    const one = sender();
    await one.send(callTo(url));
    const attempt = await one.send(callTo(url));
    expect(codeOf(attempt)).toBe(code);
    expect(attempt).not.toHaveProperty('reconnected');
    expect(connections).toEqual([2]);
  });

  it('fails the call when no answer came on it before', async () => {
    const { url, connections } = await closing((socket) => socket.destroy(), 0);
    const attempt = await sender().send(callTo(url));
    expect(codeOf(attempt)).toBe('connection_reset');
    expect(attempt).not.toHaveProperty('reconnected');
    expect(connections).toEqual([1]);
  });

  it('fails the call when its time is over, however often it was sent', async () => {
    const { url, connections } = await closing((socket) => {
      if (connections.length === 1) socket.destroy();
    }, 1);
    const one = sender({ timeout: 200 });
    await one.send(callTo(url));
    const attempt = await one.send(callTo(url));
    expect(attempt).toMatchObject({
      code: 'timeout',
      reason: 'No response was received within 200 ms.',
      reconnected: true,
    });
    expect(connections).toEqual([2, 1]);
  });

  it('is not met by a sender that uses a connection once', async () => {
    const { url, connections } = await closing((socket) => socket.destroy());
    const one = sender({ keepAlive: false });
    for (let count = 0; count < 3; count += 1)
      expect(codeOf(await one.send(callTo(url)))).toBe(200);
    expect(connections).toEqual([1, 1, 1]);
  });
});

describe('a name that leads elsewhere', () => {
  /** Answers with the address that it listens on. */
  async function serveBoth(): Promise<{ port: number; close(address: string): Promise<void> }> {
    const listen = async (address: string, port: number) => {
      const server = createServer((_request, response) => response.end(address));
      await new Promise<void>((resolve) => server.listen(port, address, resolve));
      onTestFinished(() => void server.close());
      return server;
    };
    const before = await listen('127.0.0.1', 0);
    const { port } = before.address() as AddressInfo;
    const servers = new Map([
      ['127.0.0.1', before],
      ['127.0.0.2', await listen('127.0.0.2', port)],
    ]);
    return {
      port,
      close: (address) =>
        new Promise((resolve) => {
          servers.get(address)!.close(() => resolve());
          servers.get(address)!.closeAllConnections();
        }),
    };
  }

  /** A name that leads to the address that is set. */
  function movingName() {
    const name = { address: '127.0.0.1', lookedUp: 0 };
    const lookup: LookupFunction = (_host, { all }, found) => {
      name.lookedUp += 1;
      if (all) found(null, [{ address: name.address, family: 4 }]);
      else found(null, name.address, 4);
    };
    return { name, lookup };
  }

  async function answeredBy(one: Sender, url: URL): Promise<string> {
    const attempt = await one.send(callTo(url));
    return attempt.kind === 'answered' ? Buffer.from(attempt.body).toString() : attempt.code;
  }

  it('is followed once a connection is a minute old', async () => {
    const { port } = await serveBoth();
    const { name, lookup } = movingName();
    const clock = createFakeClock();
    const one = sender({ lookup, clock });
    const url = new URL(`http://shop.example.com:${port}/hook`);
    expect(await answeredBy(one, url)).toBe('127.0.0.1');
    name.address = '127.0.0.2';
    await clock.pass(59_999);
    expect(await answeredBy(one, url)).toBe('127.0.0.1');
    expect(name.lookedUp).toBe(1);
    await clock.pass(1);
    expect(await answeredBy(one, url)).toBe('127.0.0.2');
    expect(name.lookedUp).toBe(2);
  });

  it('is followed when nothing listens at the old address', async () => {
    const { port, close } = await serveBoth();
    const { name, lookup } = movingName();
    const one = sender({ lookup, clock: createFakeClock() });
    const url = new URL(`http://shop.example.com:${port}/hook`);
    expect(await answeredBy(one, url)).toBe('127.0.0.1');
    await close('127.0.0.1');
    expect(await answeredBy(one, url)).toBe('connection_refused');
    name.address = '127.0.0.2';
    expect(await answeredBy(one, url)).toBe('127.0.0.2');
  });
});

describe('an answer that is none', () => {
  const head = 'HTTP/1.1 200 OK\r\n';
  const table: readonly [what: string, server: () => Promise<URL>, code: string, reason: string][] =
    [
      [
        'a port where nothing listens',
        nobodyThere,
        'connection_refused',
        'Nothing is listening at 127.0.0.1:PORT.',
      ],
      [
        'a connection that is closed at once',
        () => serveRaw((socket) => socket.destroy()),
        'connection_reset',
        'The connection was closed before a response was received.',
      ],
      [
        'a reset after the request',
        () => serveRaw((socket) => socket.once('data', () => socket.resetAndDestroy())),
        'connection_reset',
        'The connection was closed before a response was received.',
      ],
      ['silence', () => serveText(), 'timeout', 'No response was received within 100 ms.'],
      [
        'a hint and silence',
        () => serveText('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'),
        'timeout',
        'No response was received within 100 ms.',
      ],
      [
        'a greeting that is not HTTP',
        () => serveText('220 shop.example.com ESMTP\r\n'),
        'answer_broken',
        'The response is not HTTP.',
      ],
      [
        'a TLS alert',
        () => serveText('\x15\x03\x01\x00\x02\x02\x0a'),
        'answer_broken',
        'The response is TLS, not HTTP. Use https in the URL.',
      ],
      [
        'endless headers',
        () => serveText(`${head}X-Long: ${'x'.repeat(100_000)}`),
        'answer_broken',
        'The response headers are too long.',
      ],
      [
        'a head of an interim answer without end',
        () => serveText(`HTTP/1.1 103 Early Hints\r\nLink: ${'x'.repeat(100_000)}`),
        'answer_broken',
        'The response headers are too long.',
      ],
      [
        'a 101 that was not asked for',
        () => serveText('HTTP/1.1 101 Switching Protocols\r\n\r\n', `${head}\r\n`),
        'answer_broken',
        'The response is 101 Switching Protocols, but no upgrade was requested.',
      ],
      [
        'a 101 to another protocol',
        () =>
          serveText(
            'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
          ),
        'answer_broken',
        'The response is 101 Switching Protocols, but no upgrade was requested.',
      ],
      [
        'a status below 100',
        () => serveText('HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n'),
        'answer_broken',
        'The answer has the status 099, which is not an HTTP status.',
      ],
      [
        'two lengths',
        () => serveText(`${head}Content-Length: 2\r\nContent-Length: 2\r\n\r\nok`),
        'answer_broken',
        'The response has two Content-Length headers, or one together with Transfer-Encoding.',
      ],
      [
        'a name that does not exist',
        async () => new URL('http://shop.invalid/hook'),
        'dns_failed',
        expect.stringMatching(/shop\.invalid/) as unknown as string,
      ],
    ];
  it.each(table)('%s', async (_what, server, code, reason) => {
    const url = await server();
    const attempt = await sender({ timeout: code === 'timeout' ? 100 : 5000 }).send(callTo(url));
    expect(attempt).toMatchObject({
      kind: 'failed',
      code,
      reason: typeof reason === 'string' ? reason.replace('PORT', url.port) : reason,
    });
  });

  it('is given up while the TLS handshake hangs', async () => {
    const url = await serveRaw(() => {});
    url.protocol = 'https:';
    const attempt = await sender({ timeout: 100 }).send(callTo(url));
    expect(attempt).toMatchObject({
      code: 'timeout',
      reason: 'No connection was established within 100 ms.',
    });
  });
});

it('reads an answer that arrived in time while the process was paused until after the deadline', async () => {
  const begun = performance.now();
  const url = await serveRaw((socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      // Holds up this thread, and so the sender.
      while (performance.now() < begun + 1_100);
    });
  });
  expect(codeOf(await sender({ timeout: 1_000 }).send(callTo(url)))).toBe(200);
});

describe('an answer whose body does not end', () => {
  const head = 'HTTP/1.1 200 OK\r\n';
  const ending = (text: string) =>
    serveRaw((socket) => {
      socket.once('data', () => socket.end(text));
    });
  const table: readonly [what: string, server: () => Promise<URL>, code: string, reason: string][] =
    [
      [
        'half a body and silence',
        () => serveText(`${head}Content-Length: 10\r\n\r\nhalf`),
        'timeout',
        'The answer was not complete within 100 ms.',
      ],
      [
        'no length and silence',
        () => serveText(`${head}\r\nhalf`),
        'timeout',
        'The answer was not complete within 100 ms.',
      ],
      [
        'a body that trickles',
        () =>
          serveRaw((socket) => {
            socket.once('data', () => {
              socket.write(`${head}Content-Length: 100000\r\n\r\n`);
              const trickle = setInterval(() => socket.write('x'), 5);
              socket.on('close', () => clearInterval(trickle));
            });
          }),
        'timeout',
        'The answer was not complete within 100 ms.',
      ],
      [
        'half a body and the end',
        () => ending(`${head}Content-Length: 10\r\n\r\nhalf`),
        'answer_broken',
        'The connection was closed in the middle of the response.',
      ],
      [
        'half a body and the end, announced',
        () => ending(`${head}Connection: close\r\nContent-Length: 10\r\n\r\nhalf`),
        'answer_broken',
        'The response is shorter or longer than its Content-Length.',
      ],
      [
        'chunks without the last one',
        () => ending(`${head}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n`),
        'answer_broken',
        'The connection was closed in the middle of the response.',
      ],
      [
        'a chunk whose length is no number',
        () => serveText(`${head}Transfer-Encoding: chunked\r\n\r\nzz\r\nhalf\r\n`),
        'answer_broken',
        'The response is not valid HTTP: Invalid character in chunk size.',
      ],
    ];

  it.each(table)('counts by its status: %s', async (_what, server, code, reason) => {
    const url = await server();
    const one = sender({ timeout: code === 'timeout' ? 100 : 5000 });
    expect(await one.send(callTo(url))).toMatchObject({
      kind: 'answered',
      status: 200,
      unfinished: { code, reason },
    });
  });

  it.each(table)(
    'fails a sender that requires whole answers: %s',
    async (_what, server, code, reason) => {
      const url = await server();
      const one = sender({ timeout: code === 'timeout' ? 100 : 5000, wholeAnswers: true });
      expect(await one.send(callTo(url))).toMatchObject({ kind: 'failed', code, reason });
    },
  );

  it('is waited for five seconds', async () => {
    const url = await serveText(`${head}\r\nhalf`);
    expect(await sender({ timeout: 60_000 }).send(callTo(url))).toMatchObject({
      status: 200,
      bytes: 4,
      unfinished: { reason: "The answer's body did not end within 5 s." },
    });
  });

  it.each([204, 304])('is whole with the status %i, which has none', async (status) => {
    const url = await serveText(`HTTP/1.1 ${status} None\r\nContent-Length: 2\r\n\r\nok`);
    const one = sender();
    for (let count = 0; count < 2; count += 1) {
      const attempt = await one.send(callTo(url));
      expect(attempt).toMatchObject({ kind: 'answered', status, bytes: 0 });
      expect(attempt).not.toHaveProperty('unfinished');
    }
  });
});

describe('interim answers', () => {
  const final = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

  it.each([
    ['a 100', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['a 102', 'HTTP/1.1 102 Processing\r\n\r\n'],
    ['a 103', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nLink: </b>\r\n\r\n'],
    ['one of an unknown status', 'HTTP/1.1 199 Later\r\n\r\n'],
    ['one without a reason', 'HTTP/1.1 100\r\n\r\n'],
    ['one of HTTP/1.0', 'HTTP/1.0 102 Processing\r\n\r\n'],
    ['one that announces the end', 'HTTP/1.1 103 Early Hints\r\nConnection: close\r\n\r\n'],
    ['one with a length', 'HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\n'],
    [
      'one after the other',
      'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n'.repeat(500),
    ],
  ])('are skipped: %s', async (_what, interim) => {
    const ports = new Set<number | undefined>();
    const url = await serveRaw((socket) => {
      ports.add(socket.remotePort);
      let calls = 0;
      socket.on('data', () => {
        calls += 1;
        // At once, and apart.
        if (calls === 1) return void socket.write(interim + final);
        socket.write(interim);
        setImmediate(() => socket.write(final));
      });
    });
    const one = sender();
    for (let count = 0; count < 3; count += 1) {
      expect(await one.send(callTo(url))).toMatchObject({ status: 200, bytes: 2 });
    }
    expect(ports.size).toBe(1);
  });

  it('are skipped wherever they are cut in two', async () => {
    const text = `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 103 Early Hints\r\n\r\n${final}`;
    let cutAt = 0;
    const url = await serveRaw((socket) => {
      socket.setNoDelay(true);
      socket.on('data', () => {
        cutAt += 1;
        socket.write(text.slice(0, cutAt));
        setImmediate(() => setImmediate(() => socket.write(text.slice(cutAt))));
      });
    });
    const one = sender();
    for (let count = 1; count < text.length; count += 1) {
      expect(await one.send(callTo(url))).toMatchObject({ status: 200, bytes: 2 });
    }
  });

  it('are skipped over TLS', async () => {
    const url = await serveSecurely(makeCertificate(), (_request, response) => {
      response.writeProcessing();
      response.writeEarlyHints({ link: '</a>' });
      response.end('ok');
    });
    const one = sender({ insecure: true });
    for (let count = 0; count < 2; count += 1)
      expect(codeOf(await one.send(callTo(url)))).toBe(200);
  });
});

describe('over TLS', () => {
  const authority = makeCertificate();
  const answer = (_request: unknown, response: { end(): void }) => response.end();

  it.each([
    ['a self-signed certificate', authority, 'The certificate is self-signed.'],
    [
      'a certificate of an unknown authority',
      makeCertificate({ authority }),
      'The certificate chain is incomplete: the server does not send the intermediate certificate, or its authority is not trusted.',
    ],
  ])('refuses %s, and takes it with insecure', async (_what, certificate, reason) => {
    const url = await serveSecurely(certificate, answer);
    expect(await sender().send(callTo(url))).toMatchObject({ code: 'tls_failed', reason });
    expect(codeOf(await sender({ insecure: true }).send(callTo(url)))).toBe(200);
  });

  it('says what it means to find plain HTTP there', async () => {
    const url = await serve(answer);
    url.protocol = 'https:';
    expect(await sender().send(callTo(url))).toMatchObject({
      code: 'tls_failed',
      reason: 'The server does not speak TLS. The URL may need http.',
    });
  });

  it('refuses TLS below 1.2', async () => {
    const url = await serveSecurely(
      { ...authority, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' },
      answer,
    );
    expect(await sender({ insecure: true }).send(callTo(url))).toMatchObject({
      code: 'tls_failed',
      reason: 'The server does not support TLS 1.2 or later.',
    });
  });

  it('says when the connection is closed in the handshake', async () => {
    const url = await serveRaw((socket) => socket.once('data', () => socket.destroy()));
    url.protocol = 'https:';
    expect(await sender().send(callTo(url))).toMatchObject({
      code: 'tls_failed',
      reason: 'The connection was closed during the TLS handshake.',
    });
  });
});
