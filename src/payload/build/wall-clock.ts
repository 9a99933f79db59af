import { nearest } from '../../problems/nearest.js';
import { problem } from '../../problems/problem.js';

/** A local time in the two forms of a payload. */
export interface WallClock {
  /** YYMMDDHHMMSS */
  readonly ts: string;
  /** YYYY-MM-DDTHH:MM:SS */
  readonly timestamp: string;
}

/** In minutes. Zones without summer time need no tables, which take a while to load. */
const fixedOffsets: Readonly<Record<string, number>> = { 'Asia/Kolkata': 330, UTC: 0 };

/**
 * Formats moments (milliseconds since 1970) in an IANA zone. Throws a problem for an unknown zone.
 */
export function wallClockOf(option: string, zone: string): (moment: number) => WallClock {
  const inZone = formatIn(option, zone);
  let last: { readonly second: number; readonly clock: WallClock } | undefined;
  return (moment) => {
    const second = Math.floor(moment / 1000);
    if (last?.second !== second) last = { second, clock: inZone(moment) };
    return last.clock;
  };
}

function formatIn(option: string, zone: string): (moment: number) => WallClock {
  const offset = Object.hasOwn(fixedOffsets, zone) ? fixedOffsets[zone] : undefined;
  if (offset !== undefined) {
    return (moment) => clockFrom(new Date(moment + offset * 60_000).toISOString().slice(0, 19));
  }
  const format = formatFor(option, zone);
  return (moment) => {
    const part: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
    for (const { type, value } of format.formatToParts(moment)) part[type] = value;
    const { year, month, day, hour, minute, second } = part;
    return clockFrom(`${year}-${month}-${day}T${hour}:${minute}:${second}`);
  };
}

function clockFrom(timestamp: string): WallClock {
  return { timestamp, ts: timestamp.slice(2).replace(/\D/g, '') };
}

function formatFor(option: string, zone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  } catch (error) {
    const suggestion = nearest(zone, [
      ...Object.keys(fixedOffsets),
      ...Intl.supportedValuesOf('timeZone'),
    ]);
    throw problem(
      'invalid_value',
      {
        what: option,
        value: zone,
        reason: 'the time zone is unknown',
        hint: suggestion ? `Did you mean "${suggestion}"?` : 'Write it like Asia/Kolkata or UTC.',
      },
      error,
    );
  }
}
