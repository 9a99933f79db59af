import { describe, expect, test } from 'vitest';
import {
  agoText,
  clockText,
  eventTimeText,
  localMinute,
  momentText,
} from '../../../src/inspector/page/times.js';
import { sizeText } from '../../../src/inspector/page/words.js';

// Written without a zone, these are the reader's own times, wherever the test runs.
const now = new Date('2026-11-24T14:03:22').getTime();
const iso = (local: string) => new Date(local).toISOString();

describe('a time', () => {
  test('of today is that of the clock, of another day the day, too', () => {
    expect(clockText(iso('2026-11-24T09:05:07'), now)).toBe('09:05:07');
    expect(clockText(iso('2026-11-23T09:05:07'), now)).toMatch(/23.* 09:05$/);
    expect(clockText(iso('2025-11-23T09:05:07'), now)).toContain('2025');
    expect(clockText('no time', now)).toBe('no time');
  });

  test.each([
    [0, 'now'],
    [12, '12 s ago'],
    [60, '1 min ago'],
    [3 * 3600, '3 h ago'],
    [49 * 3600, '2 d ago'],
    [-30, 'now'],
  ])('%i seconds ago is %j', (seconds, text) => {
    expect(agoText(new Date(now - seconds * 1000).toISOString(), now)).toBe(text);
  });

  test('of an event is told as it stands in the payload: it has no zone', () => {
    expect(eventTimeText('2026-11-24T23:59:01', iso('2026-11-24T14:03:22'))).toBe('23:59:01');
    expect(eventTimeText('2022-12-02T15:48:05', iso('2026-11-24T14:03:22'))).toBe('2022-12-02');
    expect(eventTimeText('1669974485', iso('2026-11-24T14:03:22'))).toBe('1669974485');
  });

  test('of a filter is told in the reader’s zone', () => {
    expect(momentText('15m', now)).toBe('15m');
    expect(momentText(iso('2026-11-24T08:30'), now)).toBe('08:30');
    expect(momentText(iso('2026-11-20T08:30'), now)).toMatch(/20.* 08:30$/);
  });

  test('goes into a field of the browser', () => {
    expect(localMinute(new Date('2026-01-02T03:04:59'))).toBe('2026-01-02T03:04');
  });
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [999_949, '999.9 kB'],
  [999_950, '1.0 MB'],
  [5_242_880, '5.2 MB'],
])('%i bytes are %j', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});
