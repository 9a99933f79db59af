import { describe, expect, test } from 'vitest';
import {
  afterAttempt,
  type Breaker,
  closedBreaker,
  mayPass,
  passing,
} from '../../src/queue/breaker.js';
import type { FailureCause, Verdict } from '../../src/queue/judge-attempt.js';

const delivered: Verdict = { kind: 'delivered' };
const refused: Verdict = { kind: 'refused', mostTries: 3, retryAfter: undefined };
const failed = (cause: FailureCause = 'failing', retryAfter?: number): Verdict => ({
  kind: 'failed',
  cause,
  retryAfter,
});

const evenly = () => 0.5;

/** A failure of a call that had failed before. */
type Outcome = Verdict | 'failed again';

function breakerAfter(...outcomes: readonly Outcome[]): Breaker {
  return outcomes.reduce<Breaker>((breaker, outcome) => {
    const again = outcome === 'failed again';
    const judged = { call: 'a', tells: !again, verdict: again ? failed() : outcome };
    return afterAttempt(breaker, judged, 0, evenly);
  }, closedBreaker);
}

describe('a closed breaker', () => {
  test.each<[string, readonly Outcome[], Breaker['kind']]>([
    ['stays so while calls are taken', [delivered, delivered], 'closed'],
    ['opens at once when nothing answers', [failed('unreachable')], 'open'],
    ['opens when the handler asks to be left alone', [failed('busy', 60_000)], 'open'],
    ['stays so after two failures', [failed(), failed()], 'closed'],
    ['opens after three', [failed(), failed(), failed()], 'open'],
    [
      'counts from the start after a success',
      [failed(), failed(), delivered, failed(), failed()],
      'closed',
    ],
    [
      'takes a call that is refused by itself for the sign of a handler that works',
      [failed(), failed(), refused, failed()],
      'closed',
    ],
    [
      'is not opened by calls that failed before',
      [failed(), 'failed again', 'failed again', failed(), 'failed again'],
      'closed',
    ],
    [
      'forgets nothing because of calls that failed before',
      [failed(), 'failed again', failed(), 'failed again', failed()],
      'open',
    ],
  ])('%s', (_name, outcomes, expected) => {
    expect(breakerAfter(...outcomes).kind).toBe(expected);
  });

  test('lets everything pass', () => {
    expect(mayPass(closedBreaker, 0)).toBe(true);
    expect(passing(closedBreaker, 'a')).toBe(closedBreaker);
  });
});

describe('an open breaker', () => {
  const open = breakerAfter(failed('unreachable'));

  test('lets one call pass, when its time has come', () => {
    expect(mayPass(open, 999)).toBe(false);
    expect(mayPass(open, 1_000)).toBe(true);
    expect(mayPass(passing(open, 'b'), 5_000)).toBe(false);
  });

  test.each([
    ['is taken closes', delivered, 'closed'],
    ['is refused by itself closes', refused, 'closed'],
    ['fails stays open', failed(), 'open'],
    ['finds nothing stays open', failed('unreachable'), 'open'],
  ])('whose probe %s', (_name, verdict, expected) => {
    const next = afterAttempt(
      passing(open, 'b'),
      { call: 'b', tells: true, verdict },
      1_000,
      evenly,
    );
    expect(next.kind).toBe(expected);
  });

  test('waits 1 s, 2 s, 4 s … 20 s between probes', () => {
    let breaker = open;
    const waits: number[] = [];
    let now = 0;
    for (let probe = 0; probe < 8 && breaker.kind === 'open'; probe += 1) {
      waits.push(breaker.probeAt - now);
      now = breaker.probeAt;
      const judged = { call: 'b', tells: true, verdict: failed('unreachable') };
      breaker = afterAttempt(passing(breaker, 'b'), judged, now, evenly);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000, 20_000]);
  });

  test.each([
    [0, 900],
    [1, 1_100],
  ])('a random %i makes the first probe due after %i ms', (value, expected) => {
    const judged = { call: 'a', tells: true, verdict: failed('unreachable') };
    expect(afterAttempt(closedBreaker, judged, 0, () => value)).toMatchObject({
      probeAt: expected,
    });
  });

  test('waits as long as the handler asks, also when a call on its way says so', () => {
    const busy = breakerAfter(failed('busy', 60_000));
    expect(busy).toMatchObject({ probeAt: 60_000 });
    const later = { call: 'b', tells: true, verdict: failed('busy', 90_000) };
    expect(afterAttempt(busy, later, 1_000, evenly)).toMatchObject({ probeAt: 91_000 });
    const sooner = { call: 'c', tells: true, verdict: failed('busy', 5_000) };
    expect(afterAttempt(busy, sooner, 1_000, evenly)).toBe(busy);
  });

  test.each([
    ['succeeds', delivered],
    ['fails', failed()],
    ['is refused', refused],
  ])('stays as it is when a call that was on its way before %s', (_name, verdict) => {
    const probing = passing(open, 'b');
    expect(afterAttempt(probing, { call: 'a', tells: true, verdict }, 1_500, evenly)).toBe(probing);
  });

  test('makes some 180 probes in an hour', () => {
    let random = 7;
    const chance = () => {
      random = (random * 16_807) % 2_147_483_647;
      return random / 2_147_483_647;
    };
    let breaker = open;
    let probes = 0;
    while (breaker.kind === 'open' && breaker.probeAt < 3_600_000) {
      const judged = { call: 'b', tells: true, verdict: failed('unreachable') };
      breaker = afterAttempt(passing(breaker, 'b'), judged, breaker.probeAt, chance);
      probes += 1;
    }
    expect(probes).toBeGreaterThan(170);
    expect(probes).toBeLessThanOrEqual(195);
  });
});
