import { expect, test } from 'vitest';
import { createAgeClock, type JudgedTime, type LastTime } from '../../src/store/age-clock.js';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.UTC(2026, 10, 23, 12);

/** How a clock behaves that was last read at `last`, and is set while time passes. */
function ageClock(last: LastTime | undefined, { ageMs = 30 * day, offset = 0 } = {}) {
  let passed = 0;
  let ahead = offset;
  const reading = () => ({ wall: start + passed + ahead, uptime: 1000 + passed });
  const clock = createAgeClock(last, reading(), ageMs);
  const read = (): JudgedTime => clock.read(reading());
  return {
    read,
    jump: (ms: number) => {
      ahead += ms;
    },
    /** Lets time pass, as a process that reads the clock each minute. */
    pass(ms: number): JudgedTime {
      for (const end = passed + ms; passed < end; ) {
        passed = Math.min(end, passed + minute);
        read();
      }
      return read();
    },
    /** How far the time is ahead of what has passed. */
    ahead: () => read().now - start - passed,
  };
}

const trusted = (time: number): LastTime => ({ time, doubt: undefined });

test.each([
  ['by 40 days ahead', 40 * day],
  ['by 8 hours ahead', 8 * hour],
])('a clock that jumps %s is not believed, and time goes on as before', (_, jump) => {
  const clock = ageClock(trusted(start));
  clock.pass(hour);
  clock.jump(jump);
  expect(clock.read().doubt).toEqual({ kind: 'jump', aheadMs: jump, ranMs: 0 });
  expect(clock.ahead()).toBe(0);
  expect(clock.pass(23 * hour).doubt).toMatchObject({ ranMs: 23 * hour });
  expect(clock.ahead()).toBe(0);
});

test('a clock that jumps back makes captures no older', () => {
  const clock = ageClock(trusted(start));
  clock.jump(-40 * day);
  expect(clock.read().doubt).toMatchObject({ kind: 'jump', aheadMs: -40 * day });
  expect(clock.ahead()).toBe(-40 * day);
});

test.each([
  ['by seven hours in 30 days', 30 * day, 7 * hour],
  ['by five minutes', hour, 5 * minute],
])('a clock that is corrected %s is believed', (_, ageMs, jump) => {
  const clock = ageClock(trusted(start), { ageMs });
  clock.jump(jump);
  expect(clock.read().doubt).toBeUndefined();
  expect(clock.ahead()).toBe(jump);
});

test('a clock is believed again as soon as it agrees', () => {
  const clock = ageClock(trusted(start));
  clock.jump(40 * day);
  clock.pass(hour);
  clock.jump(-40 * day + minute);
  expect(clock.read().doubt).toBeUndefined();
  expect(clock.ahead()).toBe(minute);
});

test('a clock that has run evenly for a day is believed', () => {
  const clock = ageClock(trusted(start));
  clock.jump(40 * day);
  clock.read();
  expect(clock.pass(day).doubt).toBeUndefined();
  expect(clock.ahead()).toBe(40 * day);
});

test('another jump begins the day anew', () => {
  const clock = ageClock(trusted(start));
  clock.jump(40 * day);
  clock.pass(20 * hour);
  clock.jump(10 * day);
  expect(clock.pass(20 * hour).doubt).toMatchObject({ aheadMs: 50 * day });
});

test.each([
  ['for a weekend', 30 * day, 2.9 * day, undefined],
  ['for 40 days', 30 * day, 40 * day, 'gap'],
  ['for an hour', hour, hour, undefined],
  ['for a day, when captures are kept for two', 2 * day, day, 'gap'],
  ['until a time that has yet to come', 30 * day, -40 * day, 'gap'],
])('a store that was out of use %s', (_, ageMs, gap, kind) => {
  const clock = ageClock(trusted(start - gap), { ageMs });
  expect(clock.read().doubt?.kind).toBe(kind);
  expect(clock.ahead()).toBe(kind && gap > 0 ? -gap : 0);
});

test('after a restart, the day goes on, and the clock may agree again', () => {
  const first = ageClock(trusted(start));
  first.jump(40 * day);
  first.read();
  const left = first.pass(20 * hour);
  const later = () => ageClock(left, { offset: 40 * day + 20 * hour });
  expect(later().read().doubt).toMatchObject({ kind: 'jump', ranMs: 20 * hour });
  expect(later().pass(4 * hour).doubt).toBeUndefined();
  expect(ageClock(left, { offset: 21 * hour }).read().doubt).toBeUndefined();
});

test('a store that was never in use believes its clock', () => {
  expect(ageClock(undefined, { offset: 40 * day }).read().doubt).toBeUndefined();
});
