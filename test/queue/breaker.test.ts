import { describe, expect, test } from 'vitest';
import {
  afterAttempt,
  type Breaker,
  closedBreaker,
  isRefusing,
  mayPass,
  passing,
} from '../../src/queue/breaker.js';
import type { FailureCause, Verdict } from '../../src/queue/fate.js';

const delivered: Verdict = { kind: 'delivered' };
const refused: Verdict = { kind: 'refused', maxTries: 3, retryAfter: undefined };
const failed = (cause: FailureCause = 'failing', retryAfter?: number): Verdict => ({
  kind: 'failed',
  cause,
  retryAfter,
});
const unreachable = failed('unreachable');

const evenly = () => 0.5;

/** What an attempt comes to; a failure of a call that had failed before; seconds that pass. */
type Step = Verdict | 'failed again' | number;

/** A breaker after all that, and the time then. Each attempt is one at another call. */
function run(steps: readonly Step[], from: Breaker = closedBreaker, start = 0) {
  let breaker = from;
  let now = start;
  let calls = 0;
  for (const step of steps) {
    if (typeof step === 'number') {
      now += step * 1_000;
      continue;
    }
    calls += 1;
    const again = step === 'failed again';
    const judged = { call: `${calls}`, counts: !again, verdict: again ? failed() : step };
    breaker = afterAttempt(breaker, judged, now, evenly);
  }
  return { breaker, now };
}

const times = (count: number, ...steps: readonly Step[]): readonly Step[] =>
  Array.from({ length: count }, () => steps).flat();

describe('a closed breaker', () => {
  test.each<[string, readonly Step[], Breaker['kind']]>([
    ['stays so while calls are taken', [delivered, delivered], 'closed'],
    ['opens at once when nothing answers', [unreachable], 'open'],
    ['opens at once when nothing answers any more', [delivered, 3, unreachable], 'open'],
    ['stays so when a call gets no answer and another does', [delivered, unreachable], 'closed'],
    ['opens when the handler asks for a pause', [failed('busy', 60_000)], 'open'],
    [
      'stays so when the handler asks for a pause and takes another call',
      [delivered, 1, failed('busy', 60_000)],
      'closed',
    ],
    ['stays so after two failures', times(2, failed()), 'closed'],
    ['opens after three when nothing was ever taken', times(3, failed()), 'open'],
    [
      'opens after three when nothing was taken for a while',
      [delivered, 11, ...times(3, failed())],
      'open',
    ],
    [
      'stays so after nine when a call was just taken',
      [delivered, ...times(9, failed())],
      'closed',
    ],
    ['opens after ten', [delivered, ...times(10, failed())], 'open'],
    [
      'opens when four calls of five fail',
      [delivered, ...times(4, failed(), failed(), failed(), failed(), delivered)],
      'open',
    ],
    [
      'stays so when two of three fail',
      [delivered, ...times(50, failed(), failed(), delivered)],
      'closed',
    ],
    [
      'takes a call that is refused by itself for an answer',
      times(9, failed(), failed(), refused),
      'closed',
    ],
    ['stays so after nine calls that are refused', times(9, refused), 'closed'],
    ['opens when ten calls in a row are refused', times(10, refused), 'open'],
    [
      'stays so when calls are refused and others taken',
      times(9, ...times(9, refused), delivered),
      'closed',
    ],
    ['opens for refusals though some calls failed', times(5, refused, refused, failed()), 'open'],
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
  ])('%s', (_name, steps, expected) => {
    expect(run(steps).breaker.kind).toBe(expected);
  });

  test('lets everything pass', () => {
    expect(mayPass(closedBreaker, 0)).toBe(true);
    expect(passing(closedBreaker, 'a')).toBe(closedBreaker);
  });
});

describe('an open breaker', () => {
  const open = run([unreachable]).breaker;

  test('lets one call pass when the pause is over', () => {
    expect(mayPass(open, 999)).toBe(false);
    expect(mayPass(open, 1_000)).toBe(true);
    expect(mayPass(passing(open, 'b'), 5_000)).toBe(false);
  });

  test.each([
    ['is taken closes', delivered, 'closed'],
    ['is refused by itself closes', refused, 'closed'],
    ['fails stays open', failed(), 'open'],
    ['finds nothing stays open', unreachable, 'open'],
  ])('whose probe %s', (_name, verdict, expected) => {
    const judged = { call: 'b', counts: true, verdict };
    expect(afterAttempt(passing(open, 'b'), judged, 1_000, evenly).kind).toBe(expected);
  });

  /** The pauses before each of the next probes, all of which fail. */
  function pauses(start: Breaker, at: number, count: number, verdict: Verdict = unreachable) {
    let breaker = start;
    let now = at;
    const found: number[] = [];
    while (found.length < count && breaker.kind === 'open') {
      found.push(breaker.probeAt - now);
      now = breaker.probeAt;
      const judged = { call: 'b', counts: true, verdict };
      breaker = afterAttempt(passing(breaker, 'b'), judged, now, evenly);
    }
    return found;
  }

  test('pauses 1 s, 2 s, 4 s … 20 s between probes', () => {
    expect(pauses(open, 0, 8)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000, 20_000,
    ]);
  });

  test('first pauses a tenth as long when a call was accepted in the last ten seconds', () => {
    const { breaker, now } = run([delivered, 5, unreachable]);
    expect(pauses(breaker, now, 9)).toEqual([
      100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 20_000,
    ]);
  });

  test('starts with the short pause again when it opens soon after it closed', () => {
    const probed = passing(open, 'b');
    const closed = afterAttempt(
      probed,
      { call: 'b', counts: true, verdict: delivered },
      9_000,
      evenly,
    );
    const { breaker, now } = run(times(10, failed()), closed, 9_500);
    expect(pauses(breaker, now, 1)).toEqual([100]);
  });

  test.each([
    [0, 900],
    [1, 1_100],
  ])('a random %i makes the first probe due after %i ms', (value, expected) => {
    const judged = { call: 'a', counts: true, verdict: unreachable };
    expect(afterAttempt(closedBreaker, judged, 0, () => value)).toMatchObject({
      probeAt: expected,
    });
  });

  test('waits as long as the handler requires, also when the answer to a call in flight does', () => {
    const busy = run([failed('busy', 60_000)]).breaker;
    expect(busy).toMatchObject({ probeAt: 60_000 });
    const later = { call: 'b', counts: true, verdict: failed('busy', 90_000) };
    expect(afterAttempt(busy, later, 1_000, evenly)).toMatchObject({ probeAt: 91_000 });
    const sooner = { call: 'c', counts: true, verdict: failed('busy', 5_000) };
    expect(afterAttempt(busy, sooner, 1_000, evenly)).toBe(busy);
  });

  test.each([
    ['succeeds', delivered],
    ['fails', failed()],
    ['is refused', refused],
  ])('stays as it is when a call that was on its way before %s', (_name, verdict) => {
    const probing = passing(open, 'b');
    const judged = { call: 'a', counts: true, verdict };
    expect(afterAttempt(probing, judged, 1_500, evenly)).toBe(probing);
  });

  test.each([
    ['is refused', refused, true],
    ['fails', failed(), true],
    ['is taken', delivered, false],
  ])(
    'that opened for refusals, and whose probe %s, goes on refusing: %s',
    (_name, verdict, stays) => {
      const { breaker, now } = run(times(10, refused));
      expect(isRefusing(breaker)).toBe(true);
      const judged = { call: 'b', counts: true, verdict };
      const next = afterAttempt(passing(breaker, 'b'), judged, now + 1_000, evenly);
      expect(isRefusing(next)).toBe(stays);
    },
  );

  test('pauses at most five seconds when the handler answers and refuses', () => {
    const { breaker, now } = run(times(10, refused));
    expect(pauses(breaker, now, 5, refused)).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
  });

  test('opens for no call that is refused again and again', () => {
    let breaker = closedBreaker;
    for (let attempt = 0; attempt < 30; attempt += 1) {
      breaker = afterAttempt(breaker, { call: 'a', counts: true, verdict: refused }, 0, evenly);
    }
    expect(breaker.kind).toBe('closed');
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
      const judged = { call: 'b', counts: true, verdict: unreachable };
      breaker = afterAttempt(passing(breaker, 'b'), judged, breaker.probeAt, chance);
      probes += 1;
    }
    expect(probes).toBeGreaterThan(170);
    expect(probes).toBeLessThanOrEqual(195);
  });
});
