import { describe, expect, test } from 'vitest';
import { type AttemptContext, decideFate, type Verdict } from '../../src/queue/fate.js';

const hour = 3_600_000;
const now = Date.UTC(2026, 10, 23, 12);
const calm: AttemptContext = {
  now,
  nextProbe: undefined,
  triesCount: true,
  refusals: 0,
  random: () => 1,
};
const patient = { attempts: undefined, giveUpAfter: 24 * hour };

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
    expect(decideFate(call(tries), failed(), patient, calm)).toEqual({
      kind: 'delayed',
      due: now + delay,
    });
  });

  test('is due when the handler asks for it, if that is later', () => {
    expect(decideFate(call(0), failed(60_000), patient, calm)).toMatchObject({ due: now + 60_000 });
    expect(decideFate(call(4), failed(5_000), patient, calm)).toMatchObject({ due: now + 32_000 });
  });

  test('is due at the next probe while the breaker is open, however often it was tried', () => {
    const spared = { ...calm, nextProbe: now + 30_000 };
    expect(decideFate(call(40), failed(), patient, spared)).toMatchObject({ due: now + 30_000 });
  });

  test('gets its last try at the end of its time, and dies after it', () => {
    expect(decideFate(call(50, 24 * hour - 5_000), failed(), patient, calm)).toEqual({
      kind: 'delayed',
      due: now + 5_000,
    });
    expect(decideFate(call(51, 24 * hour), failed(), patient, calm)).toEqual({
      kind: 'dead',
      why: 'age',
    });
  });

  test('dies after as many tries as were allowed', () => {
    const impatient = { ...patient, attempts: 4 };
    expect(decideFate(call(2), failed(), impatient, calm).kind).toBe('delayed');
    expect(decideFate(call(3), failed(), impatient, calm)).toEqual({ kind: 'dead', why: 'tries' });
  });

  test('does not die of its tries when the breaker opened while it was on its way', () => {
    const spared = { ...calm, nextProbe: now + 1_000, triesCount: false };
    expect(decideFate(call(9), failed(), { ...patient, attempts: 1 }, spared).kind).toBe('delayed');
  });
});

describe('a call that the handler refused', () => {
  const refusedTimes = (refusals: number): AttemptContext => ({ ...calm, refusals });

  test('dies when it was refused often enough, or after fewer tries when fewer are allowed', () => {
    expect(decideFate(call(0), refused(), patient, refusedTimes(1))).toEqual({
      kind: 'delayed',
      due: now + 2_000,
    });
    expect(decideFate(call(1), refused(), patient, refusedTimes(2)).kind).toBe('delayed');
    expect(decideFate(call(2), refused(), patient, refusedTimes(3))).toEqual({
      kind: 'dead',
      why: 'refused',
    });
    expect(decideFate(call(0), refused(1), patient, refusedTimes(1))).toEqual({
      kind: 'dead',
      why: 'refused',
    });
    expect(decideFate(call(0), refused(), { ...patient, attempts: 1 }, refusedTimes(1))).toEqual({
      kind: 'dead',
      why: 'tries',
    });
  });

  test('lives on while the handler refuses every call, until its time is over', () => {
    const spared = { ...refusedTimes(0), nextProbe: now + 5_000 };
    expect(decideFate(call(40), refused(), patient, spared).kind).toBe('delayed');
    expect(decideFate(call(40), refused(1), patient, spared).kind).toBe('delayed');
    expect(decideFate(call(40, 24 * hour), refused(), patient, spared)).toEqual({
      kind: 'dead',
      why: 'age',
    });
  });

  test('waits as long as the handler asks', () => {
    expect(decideFate(call(0), refused(3, 90_000), patient, calm)).toMatchObject({
      due: now + 90_000,
    });
  });
});
