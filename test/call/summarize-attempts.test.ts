import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Attempt } from '../../src/call/attempt.js';
import { summarizeAttempts } from '../../src/call/summarize-attempts.js';

function answered(status: number, ms: number): Attempt {
  return { kind: 'answered', status, headers: [], body: new Uint8Array(), bytes: 0, ms };
}
const refused: Attempt = {
  kind: 'failed',
  code: 'connection_refused',
  reason: 'Nothing is listening at 127.0.0.1:3000.',
  ms: 1,
};

describe('the summary of attempts', () => {
  test('has no times when nothing was answered', () => {
    const tally = summarizeAttempts();
    tally.add(refused);
    expect(tally.summary()).toEqual({
      calls: 1,
      answered200: 0,
      statuses: { none: 1 },
      p50: null,
      p95: null,
      p99: null,
    });
  });

  test('counts each status, and the attempts without one', () => {
    const tally = summarizeAttempts();
    for (const status of [200, 200, 500, 200, 302]) tally.add(answered(status, 5));
    tally.add(refused);
    expect(tally.summary()).toMatchObject({
      calls: 6,
      answered200: 3,
      statuses: { 200: 3, 302: 1, 500: 1, none: 1 },
      p50: 5,
    });
  });

  test('finds the percentiles of a known row of times', () => {
    const tally = summarizeAttempts();
    for (let ms = 1; ms <= 1000; ms += 1) tally.add(answered(200, ms));
    const { p50, p95, p99 } = tally.summary();
    for (const [found, exact] of [
      [p50, 500],
      [p95, 950],
      [p99, 990],
    ] as const) {
      expect(Math.abs(Number(found) - exact) / exact).toBeLessThanOrEqual(0.01);
    }
  });

  test('is within one per cent of the exact percentile, whatever the times', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 86_400_000, noNaN: true }), { minLength: 1 }),
        (times) => {
          const tally = summarizeAttempts();
          for (const ms of times) tally.add(answered(200, ms));
          const sorted = [...times].sort((a, b) => a - b);
          const exact = sorted[Math.ceil(sorted.length * 0.95) - 1]!;
          const error = Math.abs(Number(tally.summary().p95) - exact);
          // Times are rounded to hundredths of a millisecond.
          expect(error).toBeLessThanOrEqual(exact * 0.01 + 0.005);
        },
      ),
    );
  });
});
