import { describe, expect, test } from 'vitest';
import type { Minute } from '../../../src/inspector/api.js';
import {
  minuteBars,
  minutesUntil,
  spanOf,
  summarizeMinutes,
} from '../../../src/inspector/page/minute-bars.js';

const minutes: readonly Minute[] = [
  { time: '2026-11-24T14:00:00.000Z', calls: 0, events: {} },
  { time: '2026-11-24T14:01:00.000Z', calls: 3, events: { sms: 1, email: 3 } },
  { time: '2026-11-24T14:02:00.000Z', calls: 2, events: { telegram: 2 } },
  { time: '2026-11-24T14:03:00.000Z', calls: 1, events: {} },
];

describe('the bars of the time line', () => {
  test('stand on each other in the order of the channels, unknown ones on top', () => {
    const { bars, channels, max } = minuteBars(minutes);
    expect(channels).toEqual(['email', 'sms', 'telegram']);
    expect(max).toBe(4);
    expect(bars[1]?.parts).toEqual([
      { channel: 'email', count: 3, bottom: 0, height: 0.75 },
      { channel: 'sms', count: 1, bottom: 0.75, height: 0.25 },
    ]);
    expect(bars[2]?.parts).toEqual([{ channel: 'telegram', count: 2, bottom: 0, height: 0.5 }]);
  });

  test('show calls in which no event was found', () => {
    expect(minuteBars(minutes).bars[3]?.parts).toEqual([
      { channel: null, count: 1, bottom: 0, height: 0.25 },
    ]);
  });

  test('join the unknown channels that are many, but for the most frequent', () => {
    const events = { sms: 1, kite: 9, telex: 8, pager: 7, drum: 2, smoke: 1 };
    const { channels, bars } = minuteBars([{ ...minutes[1]!, events }]);
    expect(channels).toEqual(['sms', 'kite', 'telex', 'pager', 'other channels']);
    expect(bars[0]?.parts.at(-1)).toMatchObject({ channel: 'other channels', count: 3 });
  });

  test('are nothing when nothing came', () => {
    expect(minuteBars([]).bars).toEqual([]);
    expect(minuteBars(minutes.slice(0, 1))).toMatchObject({ max: 0, channels: [] });
  });
});

test('the time line goes on when nothing comes', () => {
  const later = minutesUntil(minutes, Date.parse('2026-11-24T14:05:30Z'));
  expect(later.map(({ time, calls }) => `${time.slice(14, 16)} ${calls}`)).toEqual([
    '02 2',
    '03 1',
    '04 0',
    '05 0',
  ]);
  expect(minutesUntil(minutes, Date.parse('2026-11-24T14:03:59Z'))).toBe(minutes);
  expect(minutesUntil(minutes, Date.parse('2026-11-25T14:00:00Z'))).toHaveLength(4);
});

describe('a span of bars', () => {
  test.each([
    [1, 2],
    [2, 1],
  ])('from %i to %i includes both', (from, to) => {
    expect(spanOf(minutes, from, to)).toEqual({
      since: '2026-11-24T14:01:00.000Z',
      until: '2026-11-24T14:03:00.000Z',
    });
  });

  test('outside of the time line is none', () => {
    expect(spanOf(minutes, 2, 9)).toBeUndefined();
  });
});

test.each([
  [minutes, '6 calls in the last 4 minutes, at most 3 in one. Events: 3 email, 2 telegram, 1 sms.'],
  [minutes.slice(3), '1 call in the last 1 minute, at most 1 in one.'],
  [minutes.slice(0, 1), 'No calls in the last 1 minute.'],
])('the time line is told in a sentence', (told, sentence) => {
  expect(summarizeMinutes(told)).toBe(sentence);
});
