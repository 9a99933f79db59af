import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { percentile, startLoad } from '../helpers/load.js';
import { spawnListener } from '../helpers/process.js';
import { print, residentMegabytes, rounded } from './figures.js';

const slowClients = 1_000;

test('a thousand slow clients do not delay a good one, and are gone within 45 seconds', async () => {
  const listener = await spawnListener();
  const before = residentMegabytes(listener.pid);
  const { hostname, port } = new URL(listener.url);
  const begun = performance.now();
  const gone: number[] = [];
  let maxResident = 0;
  const sockets = Array.from({ length: slowClients }, (_, number) => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on('error', () => {});
    socket.on('close', () => gone.push(performance.now() - begun));
    socket.resume();
    // A third each: silent, slow in the header, slow in the body.
    if (number % 3 === 1) socket.write('POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n');
    if (number % 3 === 2) {
      socket.write('POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n');
    }
    return socket;
  });
  const drip = setInterval(() => {
    maxResident = Math.max(maxResident, residentMegabytes(listener.pid));
    sockets.forEach((socket, number) => {
      dripOn(socket, number);
    });
  }, 1_000);
  onTestFinished(() => {
    clearInterval(drip);
    for (const socket of sockets) socket.destroy();
  });

  const load = startLoad(listener.url, { clients: 1 });
  await Promise.all(
    sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve))),
  );
  await load.stop();
  const p99 = rounded(percentile(load.latencies, 0.99));
  const lastGone = rounded(Math.max(...gone) / 1000);
  const grown = rounded(maxResident - before);
  print('slow clients', {
    'calls of the good client': load.latencies.length,
    'p99 ms': p99,
    failures: load.failures.length,
    'last slow one gone after s': lastGone,
    'MB more': grown,
  });
  expect(load.failures).toEqual([]);
  expect(p99).toBeLessThan(100);
  expect(lastGone).toBeLessThan(45);
  expect(grown).toBeLessThan(200);
});

function dripOn(socket: Socket, number: number): void {
  if (!socket.writable || number % 3 === 0) return;
  socket.write(number % 3 === 1 ? 'X-A: b\r\n' : 'x');
}
