import { createServer } from 'node:http';
import type { AddressInfo, LookupFunction, Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Sender } from '../../src/call/attempt.js';
import { makeCertificate } from '../helpers/certificates.js';
import { createFakeClock } from '../helpers/fake-clock.js';
import { callTo, codeOf, sender } from '../helpers/sender.js';
import { serve, serveRaw, serveSecurely } from '../helpers/servers.js';

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

  test.each([
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

  test('costs no call over TLS', async () => {
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

  test('makes a call be sent twice at most', async () => {
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

  test.each([
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

  test('fails the call when no answer came on it before', async () => {
    const { url, connections } = await closing((socket) => socket.destroy(), 0);
    const attempt = await sender().send(callTo(url));
    expect(codeOf(attempt)).toBe('connection_reset');
    expect(attempt).not.toHaveProperty('reconnected');
    expect(connections).toEqual([1]);
  });

  test('fails the call when its time is over, however often it was sent', async () => {
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

  test('is not met by a sender that uses a connection once', async () => {
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

  test('is followed once a connection is a minute old', async () => {
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

  test('is followed when nothing listens at the old address', async () => {
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

describe('over TLS', () => {
  const authority = makeCertificate();
  const answer = (_request: unknown, response: { end(): void }) => response.end();

  test.each([
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

  test('says what it means to find plain HTTP there', async () => {
    const url = await serve(answer);
    url.protocol = 'https:';
    expect(await sender().send(callTo(url))).toMatchObject({
      code: 'tls_failed',
      reason: 'The server does not speak TLS. The URL may need http.',
    });
  });

  test('refuses TLS below 1.2', async () => {
    const url = await serveSecurely(
      { ...authority, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' },
      answer,
    );
    expect(await sender({ insecure: true }).send(callTo(url))).toMatchObject({
      code: 'tls_failed',
      reason: 'The server does not support TLS 1.2 or later.',
    });
  });

  test('says when the connection is closed in the handshake', async () => {
    const url = await serveRaw((socket) => socket.once('data', () => socket.destroy()));
    url.protocol = 'https:';
    expect(await sender().send(callTo(url))).toMatchObject({
      code: 'tls_failed',
      reason: 'The connection was closed during the TLS handshake.',
    });
  });
});
