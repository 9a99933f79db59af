import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, createConnection, type Socket } from 'node:net';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { ListedCall } from '../../src/inspector/api.js';
import { serveLive } from '../../src/inspector/live.js';
import type { InspectorSource } from '../../src/inspector/source.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  return () => vi.useRealTimers();
});

/** An answer that is under way, and the client's end of it. */
async function answering(): Promise<{ response: ServerResponse; client: Socket }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = createConnection({ port: (server.address() as AddressInfo).port });
  client.on('error', () => {});
  client.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  const response = await new Promise<ServerResponse>((resolve) =>
    server.on('request', (_, made) => resolve(made)),
  );
  onTestFinished(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { response, client };
}

/** A record in which a call of this size comes before every look. */
function busyRecord(bytes: number) {
  const call = { target: 'x'.repeat(bytes) } as ListedCall;
  const counted = { looks: 0, stats: 0 };
  const source = {
    isInPlace: () => true,
    follow: () => ({
      position: '1',
      poll: () => {
        counted.looks += 1;
        return { captures: [call], left: 0, outcomes: [] };
      },
    }),
    stats: async () => {
      counted.stats += 1;
      return {};
    },
  } as unknown as InspectorSource;
  return { source, counted };
}

const options = { filter: {}, minutes: 60, from: undefined };

test('a reader who takes all is told four times a second, with figures now and then', async () => {
  const { response, client } = await answering();
  client.resume();
  const { source, counted } = busyRecord(10);
  const stream = serveLive(response, source, options);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(counted.looks).toBe(41);
  expect(counted.stats).toBe(4);
  stream.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(counted.looks).toBeLessThanOrEqual(42);
});

test('for a reader who takes nothing nothing is looked up, and in the end it is dropped', async () => {
  const { response, client } = await answering();
  client.pause();
  const { source, counted } = busyRecord(64 * 1024 * 1024);
  serveLive(response, source, options);
  await vi.advanceTimersByTimeAsync(25_000);
  expect(counted.looks).toBe(1);
  expect(response.destroyed).toBe(false);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(response.destroyed).toBe(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(counted.looks).toBe(1);
});
