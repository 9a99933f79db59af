import { describe, expect, test } from 'vitest';
import { makeCertificate } from '../helpers/certificates.js';
import { callTo, codeOf, sender } from '../helpers/sender.js';
import { nobodyThere, serveRaw, serveSecurely, serveText } from '../helpers/servers.js';

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
      ['silence', () => serveText(), 'timeout', 'No response was received within 1 s.'],
      [
        'a hint and silence',
        () => serveText('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'),
        'timeout',
        'No response was received within 1 s.',
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
  test.each(table)('%s', async (_what, server, code, reason) => {
    const url = await server();
    const attempt = await sender({ timeout: code === 'timeout' ? 1000 : 5000 }).send(callTo(url));
    expect(attempt).toMatchObject({
      kind: 'failed',
      code,
      reason: typeof reason === 'string' ? reason.replace('PORT', url.port) : reason,
    });
  });

  test('is given up while the TLS handshake hangs', async () => {
    const url = await serveRaw(() => {});
    url.protocol = 'https:';
    const attempt = await sender({ timeout: 100 }).send(callTo(url));
    expect(attempt).toMatchObject({
      code: 'timeout',
      reason: 'No connection was established within 100 ms.',
    });
  });
});

test('reads an answer that arrived in time while the process was paused until after the deadline', async () => {
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
        'The answer was not complete within 1 s.',
      ],
      [
        'no length and silence',
        () => serveText(`${head}\r\nhalf`),
        'timeout',
        'The answer was not complete within 1 s.',
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
        'The answer was not complete within 1 s.',
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

  test.each(table)('counts by its status: %s', async (_what, server, code, reason) => {
    const url = await server();
    const one = sender({ timeout: code === 'timeout' ? 1000 : 5000 });
    expect(await one.send(callTo(url))).toMatchObject({
      kind: 'answered',
      status: 200,
      unfinished: { code, reason },
    });
  });

  test.each(table)(
    'fails a sender that requires whole answers: %s',
    async (_what, server, code, reason) => {
      const url = await server();
      const one = sender({ timeout: code === 'timeout' ? 1000 : 5000, wholeAnswers: true });
      expect(await one.send(callTo(url))).toMatchObject({ kind: 'failed', code, reason });
    },
  );

  test('is waited for five seconds', async () => {
    const url = await serveText(`${head}\r\nhalf`);
    expect(await sender({ timeout: 60_000 }).send(callTo(url))).toMatchObject({
      status: 200,
      bytes: 4,
      unfinished: { reason: "The answer's body did not end within 5 s." },
    });
  });

  test.each([204, 304])('is whole with the status %i, which has none', async (status) => {
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

  test.each([
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

  test('are skipped wherever they are cut in two', async () => {
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

  test('are skipped over TLS', async () => {
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
