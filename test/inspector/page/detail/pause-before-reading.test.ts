import { expect, test } from 'vitest';
import type { DeliveryState } from '../../../../src/call/delivery.js';
import { pauseBeforeReading } from '../../../../src/inspector/page/detail/pause-before-reading.js';

const now = Date.parse('2026-11-24T08:00:00.000Z');
const after = (seconds: number) => new Date(now + seconds * 1000).toISOString();

test.each<[DeliveryState, number, string | null, number | null]>([
  ['waiting', 1000, null, 2000],
  ['active', 1000, null, 2000],
  ['delayed', 1000, after(10), 10_500],
  ['delayed', 1000, after(3600), 30_000],
  ['delayed', 1000, after(-5), 2000],
  ['waiting', 5_000_000, null, 10_000],
  ['delivered', 1000, null, null],
  ['dead', 1000, null, null],
  ['skipped', 1000, null, null],
  ['handed over', 1000, null, null],
])(
  'a call that is %s, of %d bytes, due %s, is read again after %s ms',
  (state, bytes, due, pause) => {
    const delivery = {
      name: null,
      target: 'http://127.0.0.1:3000/',
      queue: null,
      state,
      queued: after(-60),
      due,
      skipped: null,
      tries: 1,
    };
    expect(pauseBeforeReading({ delivery, bytes }, now)).toBe(pause);
  },
);

test('a call that was never to be forwarded is read once', () => {
  expect(pauseBeforeReading({ delivery: null, bytes: 10 }, now)).toBeNull();
});
