import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { MemoryBudget } from '../../src/receiver/memory-budget.js';
import { readBody } from '../../src/receiver/read-body.js';
import { call } from '../helpers/http.js';

/** A server that answers with what became of each body, and gives no memory back by itself. */
async function serveReadings(memory: MemoryBudget): Promise<string> {
  const server = createServer(async (request, response) => {
    const reading = await readBody(request, 100, memory);
    response.setHeader('Connection', 'close');
    response.end(reading.kind);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test('bodies share a memory: one that finds no room is not read, and room is given back', async () => {
  const memory = new MemoryBudget(150);
  const url = await serveReadings(memory);
  const post = async (bytes: number) => (await call(url, { body: 'x'.repeat(bytes) })).text;
  expect(await post(100)).toBe('complete');
  expect(await post(60)).toBe('too_busy');
  expect(await post(50)).toBe('complete');
  memory.give(100);
  expect(await post(101)).toBe('too_large');
  expect(await post(100)).toBe('complete');
});
