import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { bodyOf, callTo, codeOf, sender } from '../helpers/sender.js';
import { serve, serveRaw, serveText } from '../helpers/servers.js';

describe('the sender', () => {
  test('sends method, path, query, header pairs in order and the body as given', async () => {
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

  test('keeps the status, the header pairs and the first kilobyte of the answer', async () => {
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

  test('stops reading an answer after ten megabytes, and its status counts', async () => {
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

  test.each([301, 302, 303, 307, 308])('does not follow a %i', async (status) => {
    const paths: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      paths.push(request.url);
      response.writeHead(status, { location: '/elsewhere' }).end();
    });
    expect(codeOf(await sender().send(callTo(url)))).toBe(status);
    expect(paths).toEqual(['/hook']);
  });

  test('uses one connection for one call after the other', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    });
    const one = sender();
    for (let count = 0; count < 3; count += 1) await one.send(callTo(url));
    expect(ports.size).toBe(1);
  });

  test('has no more calls under way than it has connections', async () => {
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

  test('takes HTTP/1.0 answers, and informational ones before the answer', async () => {
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

  test('opens a new connection after one that failed', async () => {
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

  test('lets no call wait behind one that timed out', async () => {
    let calls = 0;
    const url = await serve((_request, response) => {
      calls += 1;
      if (calls > 1) response.end();
    });
    const one = sender({ timeout: 50 });
    expect(codeOf(await one.send(callTo(url)))).toBe('timeout');
    expect(codeOf(await one.send(callTo(url)))).toBe(200);
  });

  test('fails what is under way, and what comes later, once it is closed', async () => {
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
