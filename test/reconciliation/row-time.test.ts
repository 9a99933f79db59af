import { expect, test } from 'vitest';
import { wallClockOf } from '../../src/payload/build/wall-clock.js';
import { readTime, zoneReader } from '../../src/reconciliation/row-time.js';

const inZone = (zone: string) => zoneReader(wallClockOf('--tz', zone));
const utc = inZone('UTC');

test.each([
  ['2026-11-24T10:00:12Z', '2026-11-24T10:00:12'],
  ['2026-11-24 10:00:12.999', '2026-11-24T10:00:12'],
  ['2026-11-24 10:00:12,5 UTC', '2026-11-24T10:00:12'],
  ['2026-11-24 10:00:12+05:30', '2026-11-24T04:30:12'],
  ['2026-11-24 10:00:12+00', '2026-11-24T10:00:12'],
  ['2026-11-24T10:00-0330', '2026-11-24T13:30:00'],
  ['2026/11/4 9:05', '2026-11-04T09:05:00'],
  ['2026-11-24', '2026-11-24T00:00:00'],
  ['24-Nov-2026 12:05:00 AM', '2026-11-24T00:05:00'],
  ['Nov 24, 2026 1:05:00 pm', '2026-11-24T13:05:00'],
  ['4 December 2026, 13:05', '2026-12-04T13:05:00'],
  ['261124100012', '2026-11-24T10:00:12'],
  ['20261124100012', '2026-11-24T10:00:12'],
  ['1795514412', '2026-11-24T10:00:12'],
  ['1795514412345', '2026-11-24T10:00:12'],
])('%s is %s', (text, time) => {
  expect(new Date((readTime(text, utc) ?? 0) * 1000).toISOString().slice(0, 19)).toBe(time);
});

test.each([
  '',
  'yesterday',
  '24/11/2026 10:00',
  '2026-13-01 10:00',
  '2026-02-30 10:00',
  '2026-11-24 25:00',
  '2026-11-24 13:00 pm',
  '2026-11-24 0:30 am',
  '261324100012',
  '20261124',
  '12',
  '24 Foo 2026 10:00',
])('"%s" cannot be read', (text) => {
  expect(readTime(text, utc)).toBeUndefined();
});

test.each([
  ['Asia/Kolkata', '2026-06-01 05:30', '2026-06-01T00:00:00'],
  ['Europe/Berlin', '2026-06-01 02:00', '2026-06-01T00:00:00'],
  ['Europe/Berlin', '2026-12-01 01:00', '2026-12-01T00:00:00'],
  // Summer time ends at 01:00 UTC.
  ['Europe/Berlin', '2026-10-25 01:59:59', '2026-10-24T23:59:59'],
  ['Europe/Berlin', '2026-10-25 03:00', '2026-10-25T02:00:00'],
  ['Australia/Lord_Howe', '2026-12-01 11:00', '2026-12-01T00:00:00'],
])('in %s, %s is %s in UTC', (zone, text, time) => {
  const found = readTime(text, inZone(zone)) ?? 0;
  expect(new Date(found * 1000).toISOString().slice(0, 19)).toBe(time);
});
