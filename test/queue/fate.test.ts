import { describe, expect, test } from 'vitest';
import type { AttemptFailure } from '../../src/call/attempt.js';
import type { HeaderPairs } from '../../src/call/call.js';
import {
  type AttemptContext,
  decideFate,
  judgeAttempt,
  readRetryAfter,
  retryDelay,
  type Verdict,
} from '../../src/queue/fate.js';

const now = Date.UTC(2026, 10, 23, 12);

function judgeAnswer(status: number, headers: HeaderPairs = []): Verdict {
  const body = new Uint8Array();
  return judgeAttempt({ kind: 'answered', status, headers, body, bytes: 0, ms: 4 }, now);
}

/** Describes whose fault it is, and the maximum number of tries. */
function fault(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'delivered':
      return 'delivered';
    case 'refused':
      return `the call's, ${verdict.maxTries} tries`;
    case 'failed':
      return `the handler's, ${verdict.cause}`;
  }
}

describe('an answer', () => {
  test.each([
    ['delivered', [200, 201, 202, 204, 299]],
    ["the call's, 1 tries", [410]],
    [
      "the call's, 3 tries",
      [
        400, 402, 406, 407, 409, 411, 412, 413, 414, 415, 416, 417, 418, 422, 423, 426, 431, 451,
        499, 508,
      ],
    ],
    [
      "the handler's, failing",
      [
        300, 301, 302, 303, 304, 307, 308, 401, 403, 404, 405, 408, 419, 425, 429, 500, 501, 502,
        503, 504, 505, 507, 511, 599, 600, 999,
      ],
    ],
  ])('is %s: %j', (expected, statuses) => {
    expect(statuses.map((status) => [status, fault(judgeAnswer(status))])).toEqual(
      statuses.map((status) => [status, expected]),
    );
  });

  test.each([429, 503])('%i with Retry-After asks to be left alone', (status) => {
    expect(judgeAnswer(status, [['retry-after', '30']])).toEqual({
      kind: 'failed',
      cause: 'busy',
      retryAfter: 30_000,
    });
    expect(judgeAnswer(status, [['Retry-After', '0']])).toMatchObject({ cause: 'failing' });
    expect(judgeAnswer(status, [['Retry-After', 'later']])).toMatchObject({ cause: 'failing' });
  });

  test.each([408, 413, 425, 500, 302])('%i may require a later retry', (status) => {
    expect(judgeAnswer(status, [['Retry-After', '30']])).toMatchObject({ retryAfter: 30_000 });
  });
});

test.each<[AttemptFailure, string]>([
  ['dns_failed', 'unreachable'],
  ['connection_refused', 'unreachable'],
  ['unreachable', 'unreachable'],
  ['tls_failed', 'unreachable'],
  ['connection_reset', 'failing'],
  ['timeout', 'failing'],
  ['answer_broken', 'failing'],
  ['failed', 'failing'],
])('no answer, because %s, is the fault of a handler that is %s', (code, cause) => {
  expect(judgeAttempt({ kind: 'failed', code, reason: 'No.', ms: 4 }, now)).toEqual({
    kind: 'failed',
    cause,
    retryAfter: undefined,
  });
});

const hour = 3_600_000;
const closed: AttemptContext = {
  now,
  nextProbe: undefined,
  triesCount: true,
  refusals: 0,
  random: () => 1,
};
const limits = { attempts: undefined, giveUpAfter: 24 * hour };

const failed = (retryAfter?: number): Verdict => ({ kind: 'failed', cause: 'failing', retryAfter });
const refused = (maxTries = 3, retryAfter?: number): Verdict => ({
  kind: 'refused',
  maxTries,
  retryAfter,
});
const call = (tries: number, waitedMs = hour) => ({ tries, waitedMs });

describe('a call that the handler failed', () => {
  test.each([
    [0, 2_000],
    [1, 4_000],
    [2, 8_000],
    [50, 900_000],
  ])('after %i tries before is due in %i ms', (tries, delay) => {
    expect(decideFate(call(tries), failed(), limits, closed)).toEqual({
      kind: 'delayed',
      due: now + delay,
    });
  });

  test('is due when the handler asks for it, if that is later', () => {
    expect(decideFate(call(0), failed(60_000), limits, closed)).toMatchObject({
      due: now + 60_000,
    });
    expect(decideFate(call(4), failed(5_000), limits, closed)).toMatchObject({ due: now + 32_000 });
  });

  test('is due at the next probe while the breaker is open, regardless of its number of tries', () => {
    const probing = { ...closed, nextProbe: now + 30_000 };
    expect(decideFate(call(40), failed(), limits, probing)).toMatchObject({ due: now + 30_000 });
  });

  test('gets its last try at its maximum age, and is dead after it', () => {
    expect(decideFate(call(50, 24 * hour - 5_000), failed(), limits, closed)).toEqual({
      kind: 'delayed',
      due: now + 5_000,
    });
    expect(decideFate(call(51, 24 * hour), failed(), limits, closed)).toEqual({
      kind: 'dead',
      why: 'age',
    });
  });

  test('dies after as many tries as were allowed', () => {
    const limited = { ...limits, attempts: 4 };
    expect(decideFate(call(2), failed(), limited, closed).kind).toBe('delayed');
    expect(decideFate(call(3), failed(), limited, closed)).toEqual({ kind: 'dead', why: 'tries' });
  });

  test('does not die of its tries if the breaker opened while it was in flight', () => {
    const probing = { ...closed, nextProbe: now + 1_000, triesCount: false };
    expect(decideFate(call(9), failed(), { ...limits, attempts: 1 }, probing).kind).toBe('delayed');
  });
});

describe('a call that the handler refused', () => {
  const refusedTimes = (refusals: number): AttemptContext => ({ ...closed, refusals });

  test('dies when it was refused often enough, or after fewer tries when fewer are allowed', () => {
    expect(decideFate(call(0), refused(), limits, refusedTimes(1))).toEqual({
      kind: 'delayed',
      due: now + 2_000,
    });
    expect(decideFate(call(1), refused(), limits, refusedTimes(2)).kind).toBe('delayed');
    expect(decideFate(call(2), refused(), limits, refusedTimes(3))).toEqual({
      kind: 'dead',
      why: 'refused',
    });
    expect(decideFate(call(0), refused(1), limits, refusedTimes(1))).toEqual({
      kind: 'dead',
      why: 'refused',
    });
    expect(decideFate(call(0), refused(), { ...limits, attempts: 1 }, refusedTimes(1))).toEqual({
      kind: 'dead',
      why: 'tries',
    });
  });

  test('is retried while the handler refuses every call, until it is too old', () => {
    const probing = { ...refusedTimes(0), nextProbe: now + 5_000 };
    expect(decideFate(call(40), refused(), limits, probing).kind).toBe('delayed');
    expect(decideFate(call(40), refused(1), limits, probing).kind).toBe('delayed');
    expect(decideFate(call(40, 24 * hour), refused(), limits, probing)).toEqual({
      kind: 'dead',
      why: 'age',
    });
  });

  test('waits as long as the handler asks', () => {
    expect(decideFate(call(0), refused(3, 90_000), limits, closed)).toMatchObject({
      due: now + 90_000,
    });
  });
});

describe('the delay after a failed try', () => {
  test.each([
    [1, 1_000, 2_000],
    [2, 2_000, 4_000],
    [3, 4_000, 8_000],
    [9, 256_000, 512_000],
    [10, 450_000, 900_000],
    [11, 450_000, 900_000],
    [5_000, 450_000, 900_000],
  ])('number %i is from %i to %i ms', (failures, min, max) => {
    expect(retryDelay(failures, () => 0)).toBe(min);
    expect(retryDelay(failures, () => 0.5)).toBe((min + max) / 2);
    expect(retryDelay(failures, () => 1)).toBe(max);
  });
});

describe('Retry-After', () => {
  test.each([
    ['120', 120_000],
    [' 7 ', 7_000],
    ['0', 0],
    ['900', 900_000],
    ['901', 900_000],
    ['99999999999999999999999999', 900_000],
    ['Mon, 23 Nov 2026 12:01:30 GMT', 90_000],
    ['Monday, 23-Nov-26 12:01:30 GMT', 90_000],
    ['Mon Nov 23 12:01:30 2026', 90_000],
    ['Mon, 23 Nov 2026 11:00:00 GMT', 0],
    ['Tue, 23 Nov 2027 12:00:00 GMT', 900_000],
    ['Mon, 99 Nov 2026 12:01:30 GMT', undefined],
    ['2026-11-23T12:01:30Z', undefined],
    ['1.5', undefined],
    ['-5', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j asks for %j ms', (value, expected) => {
    expect(readRetryAfter(value, now)).toBe(expected);
  });
});
