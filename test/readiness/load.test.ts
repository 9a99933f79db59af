import { describe, expect, test } from 'vitest';
import { createHistogram } from '../../src/call/histogram.js';
import { describeFinding, finding } from '../../src/readiness/findings.js';
import { judgeLoad } from '../../src/readiness/load/judge-load.js';
import { countFromDue, tallyLoad } from '../../src/readiness/load/tally-load.js';
import type { SentCall } from '../../src/readiness/sent-call.js';
import { run, start } from '../helpers/run.js';
import { serve } from '../helpers/servers.js';

const sent = {
  what: 'A call of the burst',
  call: {
    url: new URL('http://127.0.0.1/hook'),
    method: 'POST',
    headers: [],
    body: new Uint8Array(),
  },
};
const answered = (status: number): SentCall => ({
  ...sent,
  kind: 'answered',
  status,
  headers: [],
  body: Buffer.alloc(0),
  bytes: 0,
  ms: 5,
});
const failed = (code: 'timeout' | 'connection_reset', reason: string): SentCall => ({
  ...sent,
  kind: 'failed',
  code,
  reason,
  ms: 5,
});

describe('a burst', () => {
  test('counts the calls that a slow answer held up, from when they were due', () => {
    const measured = createHistogram();
    measured.add(10, 99);
    measured.add(1000);
    const latency = countFromDue(measured, 10);
    // 990, 980, … 20 ms: as if one had been sent every 10 ms.
    const added = latency.filled().reduce((sum, { count }) => sum + count, 0) - 100;
    expect(added).toBeGreaterThanOrEqual(97);
    expect(added).toBeLessThanOrEqual(99);
    expect(latency.percentile(75)).toBeGreaterThan(400);
    expect(measured.percentile(95)).toBeLessThan(11);
  });

  test('leaves steady answers as they were measured', () => {
    const measured = createHistogram();
    measured.add(10, 1000);
    expect(countFromDue(measured, 10).filled()).toEqual(measured.filled());
  });

  test.each<[string, SentCall, string, string]>([
    ['another status', answered(503), 'load_not_200', 'received 503'],
    ['a rate limit', answered(429), 'load_not_200', 'received 429'],
    ['no answer in time', failed('timeout', 'late'), 'load_too_late', 'within 10 s'],
    ['a lost connection', failed('connection_reset', 'It broke.'), 'load_no_answer', 'It broke.'],
  ])('finds %s, with how many and when the first was', async (_what, attempt, code, says) => {
    const { describeFinding } = await import('../../src/readiness/findings.js');
    const tally = tallyLoad({ concurrency: 2, durationMs: 5000 });
    tally.add(answered(200), 0, 5);
    tally.add(attempt, 2300, 5);
    tally.add(attempt, 1200, 5);
    const [found, ...more] = judgeLoad(tally.figures(5000), 10_000).map(describeFinding);
    expect(more).toEqual([]);
    expect(found?.code).toBe(code);
    expect(found?.message).toContain(says);
    expect(found?.message).toContain('2 of 3 calls');
    expect(found?.message).toContain('the first after 1.2 s');
  });

  test('warns when one call in a hundred takes more than a second', () => {
    const tally = tallyLoad({ concurrency: 4, durationMs: 5000 });
    for (let call = 0; call < 20; call += 1) tally.add(answered(200), call, 1500);
    expect(judgeLoad(tally.figures(5000), 10_000).map(({ code }) => code)).toEqual(['load_slow']);
  });

  test('sends so many at a time, tells the figures, and finds what fails under load', async () => {
    let busy = 0;
    let most = 0;
    const url = await serve((request, response) => {
      request.resume().on('end', () => {
        busy += 1;
        most = Math.max(most, busy);
        setTimeout(() => {
          response.writeHead(busy > 4 ? 503 : 200).end();
          busy -= 1;
        }, 5);
      });
    });
    const words = ['test-endpoint', url.href, '--burst', '5x300ms', '--json'];
    const { exit, out } = await run(words);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(exit).toBe(1);
    expect(most).toBe(5);
    const load = lines.find(({ type }) => type === 'load');
    expect(load.calls).toBeGreaterThan(20);
    expect(load.statuses['200'] + load.statuses['503']).toBe(load.calls);
    const total = load.timeLine.reduce(
      (sum: number, slice: { calls: number }) => sum + slice.calls,
      0,
    );
    expect(total).toBe(load.calls);
    expect(lines.find(({ id }) => id === 'burst').findings[0].code).toBe('load_not_200');
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('interrupted by %s ends with %i, without a verdict', async (signal, code) => {
    let calls = 0;
    const url = await serve((request, response) => {
      request.resume().on('end', () => {
        calls += 1;
        if (calls === 100) running.signal(signal);
        response.end();
      });
    });
    const running = start(['test-endpoint', url.href, '--burst', '4x60s', '--json']);
    const { exit, out } = await running.finished;
    expect(exit).toBe(code);
    expect(out).not.toContain('"verdict"');
  });

  test('asks for a yes beyond this machine, though the suite needs none', async () => {
    const words = ['test-endpoint', 'https://shop.invalid/hook', '--burst', '20x5s'];
    const { exit, err } = await run(words);
    expect(exit).toBe(2);
    expect(err).toContain('explain burst_needs_yes');
    expect((await run([...words, '--yes'])).exit).toBe(1);
  });

  test.each(['20', '0x5s', '5xsoon', '9999x1s'])('--burst %s is a usage problem', async (value) => {
    const { exit, err } = await run(['test-endpoint', ':3000', '--burst', value]);
    expect(exit).toBe(2);
    expect(err).toContain('explain invalid_value');
  });
});

describe('the finding of a burst', () => {
  test.each([
    { calls: 1, of: 1, says: 'The only call received 500' },
    { calls: 1, of: 7, says: '1 of 7 calls received 500' },
    { calls: 7, of: 7, says: 'All 7 calls received 500' },
  ])('with $calls of $of calls failed begins "$says"', ({ calls, of, says }) => {
    const found = finding('load_not_200', { calls, of, first: 0, status: 500 });
    expect(describeFinding(found).message).toContain(says);
  });
});
