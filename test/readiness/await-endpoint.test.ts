import { describe, expect, test } from 'vitest';
import type { Attempt } from '../../src/call/attempt.js';
import { awaitEndpoint } from '../../src/readiness/await-endpoint.js';

const refused: Attempt = {
  kind: 'failed',
  code: 'connection_refused',
  reason: 'Nothing is listening at 127.0.0.1:3000.',
  ms: 1,
};
const answered = (status: number): Attempt => ({
  kind: 'answered',
  status,
  headers: [],
  body: new Uint8Array(),
  bytes: 0,
  ms: 1,
});
const { signal } = new AbortController();

describe('waiting for an endpoint', () => {
  test.each([200, 401, 404, 500])('ends with the first answer, be it %i', async (status) => {
    const answers = [refused, answered(502), answered(503), answered(status)];
    const call = async () => answers.shift() ?? refused;
    expect(await awaitEndpoint(call, { maxMs: 5000, pauseMs: 1, signal })).toBe(true);
    expect(answers).toEqual([]);
  });

  test('ends when the time is over', async () => {
    let calls = 0;
    const call = async () => {
      calls += 1;
      return refused;
    };
    expect(await awaitEndpoint(call, { maxMs: 30, pauseMs: 10, signal })).toBe(false);
    expect(calls).toBeGreaterThan(1);
  });

  test('gives each try no more than the time that is left', async () => {
    const given: number[] = [];
    const call = async (most: number) => {
      given.push(most);
      return refused;
    };
    await awaitEndpoint(call, { maxMs: 30, pauseMs: 10, signal });
    expect(given[0]).toBe(30);
    expect(given.at(-1)).toBeLessThanOrEqual(20);
    expect(Math.min(...given)).toBeGreaterThan(0);
  });

  test('ends when it is told to stop', async () => {
    const stop = new AbortController();
    const call = async () => {
      stop.abort();
      return refused;
    };
    const waited = awaitEndpoint(call, { maxMs: 60_000, pauseMs: 60_000, signal: stop.signal });
    expect(await waited).toBe(false);
  });
});
