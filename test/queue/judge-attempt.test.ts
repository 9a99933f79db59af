import { describe, expect, test } from 'vitest';
import type { AttemptFailure } from '../../src/call/attempt.js';
import type { HeaderPairs } from '../../src/call/call.js';
import { judgeAttempt, type Verdict } from '../../src/queue/fate.js';

const now = Date.UTC(2026, 10, 23, 12);

function judgeAnswer(status: number, headers: HeaderPairs = []): Verdict {
  const body = new Uint8Array();
  return judgeAttempt({ kind: 'answered', status, headers, body, bytes: 0, ms: 4 }, now);
}

/** In words: whose fault, or after how many tries the call dies. */
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

  test.each([408, 413, 425, 500, 302])('%i may say when to come again', (status) => {
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
