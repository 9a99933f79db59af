import type { WallClock } from '../payload/build/wall-clock.js';

/** Offsets change at quarters of an hour at most. */
const cachedMs = 900_000;
const maxCached = 100_000;

/** From the wall clock of a zone, as if it were UTC, to the moment; both in milliseconds since 1970. */
export type ZoneReader = (wallMs: number) => number;

export function zoneReader(clockAt: (moment: number) => WallClock): ZoneReader {
  const offsets = new Map<number, number>();
  const offsetAt = (moment: number) =>
    Date.parse(`${clockAt(moment).timestamp}Z`) - Math.floor(moment / 1000) * 1000;
  return (wallMs) => {
    const quarter = Math.floor(wallMs / cachedMs);
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      // The first guess is wrong by an offset, which matters only near a change of the clocks.
      offset = offsetAt(wallMs - offsetAt(wallMs));
      if (offsets.size >= maxCached) offsets.clear();
      offsets.set(quarter, offset);
    }
    return wallMs - offset;
  };
}

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

const isoForm =
  /^(\d{4})[-/](\d\d?)[-/](\d\d?)(?:[T ,]+(\d\d?):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*([ap]m)?)?\s*(z|utc|gmt|[+-]\d\d(?::?\d\d)?)?$/i;
const namedMonthForms = [
  /^(?<day>\d\d?)[- ](?<month>[a-z]{3,9})[- ,]+(?<year>\d{4})(?<rest>.*)$/i,
  /^(?<month>[a-z]{3,9})[- ](?<day>\d\d?)[- ,]+(?<year>\d{4})(?<rest>.*)$/i,
];

/**
 * The moment of a written time, in seconds since 1970; undefined: it cannot be read. Reads ISO 8601,
 * `ts` (YYMMDDHHMMSS), named months, and Unix times in seconds or milliseconds. Dates like 01/12/2026
 * could name two days, so they are not read. `readZone` applies to times without a zone.
 */
export function readTime(text: string, readZone: ZoneReader): number | undefined {
  const typed = text.trim();
  if (/^\d+$/.test(typed)) return readDigits(typed, readZone);
  const iso = isoForm.exec(typed) ?? isoForm.exec(withNumberedMonth(typed));
  if (!iso) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', half, zone] = iso;
  if (half !== undefined && (Number(hour) < 1 || Number(hour) > 12)) return undefined;
  const hours =
    half === undefined ? Number(hour) : (Number(hour) % 12) + (/p/i.test(half) ? 12 : 0);
  const wallMs = wallMsOf([year, month, day, hours, minute, second].map(Number));
  if (wallMs === undefined) return undefined;
  return Math.floor((zone === undefined ? readZone(wallMs) : wallMs - offsetMs(zone)) / 1000);
}

function readDigits(digits: string, readZone: ZoneReader): number | undefined {
  switch (digits.length) {
    case 10:
      return Number(digits);
    case 13:
      return Math.floor(Number(digits) / 1000);
    case 12:
    case 14: {
      const [year = '', ...parts] = `${digits.length === 12 ? '20' : ''}${digits}`.match(
        /^\d{4}|\d\d/g,
      ) ?? [''];
      const wallMs = wallMsOf([year, ...parts].map(Number));
      return wallMs === undefined ? undefined : Math.floor(readZone(wallMs) / 1000);
    }
    default:
      return undefined;
  }
}

/** Undefined: there is no such day or time of day. */
function wallMsOf(parts: readonly number[]): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(ms);
  const isReal =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60;
  return isReal && second <= 60 ? ms : undefined;
}

function offsetMs(zone: string): number {
  const [, sign, hours, minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

function withNumberedMonth(typed: string): string {
  for (const form of namedMonthForms) {
    const { day, month = '', year, rest } = form.exec(typed)?.groups ?? {};
    const number = months.indexOf(month.slice(0, 3).toLowerCase()) + 1;
    if (number > 0) return `${year}-${number}-${day}${rest}`;
  }
  return '';
}
